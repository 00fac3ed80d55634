# SPDX-License-Identifier: MIT
"""An HTTP/1.1 server on plain sockets, so that every fault is exact, and that counts.

A page is a function that is given an Exchange: the request, and the means to answer it well, badly
or not at all. The pages are in pages.py. A request in absolute form, as a proxy gets it, is
answered by the page of its path.
"""

import collections
import contextlib
import select
import socket
import struct
import threading
import time
import urllib.parse

Request = collections.namedtuple("Request", "method target path host headers connection time")


class Gauge:
    """How many there are now and how many there were at most, by key."""

    def __init__(self):
        self.now = collections.Counter()
        self.peak = collections.Counter()

    def enter(self, keys):
        for key in keys:
            self.now[key] += 1
            self.peak[key] = max(self.peak[key], self.now[key])

    def leave(self, keys):
        for key in keys:
            self.now[key] -= 1


class Exchange:
    """One request and its answer."""

    def __init__(self, server, connection, request):
        self.server = server
        self.socket = connection
        self.request = request
        self.keys = ("all", request.path, request.host)  # of the gauge
        self.open = True  # the connection can take another request

    def head(self, status=200, headers=()):
        """Sends the first lines of an answer, through the empty line."""
        lines = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in headers)]
        self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")

    def answer(self, status=200, body=b"", headers=()):
        """A whole answer, after which the connection stays open. The request has left the count
        when the client can have all of it."""
        self.server.left(self)
        self.head(status, [("Content-Length", len(body)), *headers])
        self.send(body)

    def send(self, data):
        self.socket.sendall(data)

    def close(self):
        self.open = False

    def reset(self):
        """Ends the connection with a RST."""
        self.open = False
        end_with_rst(self.socket)

    def hold(self, seconds=None, event=None):
        """Waits: for so long, for the event, until the client goes or until the server ends."""
        end = None if seconds is None else time.monotonic() + seconds
        while not self.server.stopping and not (event is not None and event.is_set()):
            if end is not None and time.monotonic() >= end:
                return
            if select.select([self.socket], [], [], 0.01)[0]:
                self.open = False  # nothing is sent before the answer: the client has gone
                return


class FaultServer:
    """Listens on 127.0.0.1 and 127.0.0.2, on one port that the system chooses; with `context`, a
    server's TLS, by https."""

    def __init__(self, context=None):
        self.context = context
        self.stopping = False
        self.pages = {}
        self.requests = []  # every Request, oldest first
        self.connections = 0
        self.gauge = Gauge()  # requests in flight: "all", by path and by host name
        self.lock = threading.Lock()
        self.listeners = self.listen()
        self.port = self.listeners[0].getsockname()[1]
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def listen(self):
        """Its listening sockets."""
        return _listen(("127.0.0.1", "127.0.0.2"))

    def accepted(self, connection):
        """Somebody has come."""
        self.connections += 1

    def add(self, path, page, host="127.0.0.1"):
        """Puts a page at a path (no query); returns its URL."""
        self.pages[path] = page
        return self.url(path, host)

    def url(self, path, host="127.0.0.1"):
        return f"{'https' if self.context else 'http'}://{host}:{self.port}{path}"

    def count(self, path):
        """Requests for a path."""
        with self.lock:
            return sum(request.path == path for request in self.requests)

    def in_flight(self, key="all"):
        with self.lock:
            return self.gauge.now[key]

    def peak(self, key="all"):
        with self.lock:
            return self.gauge.peak[key]

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join()
        for listener in self.listeners:
            listener.close()

    def left(self, exchange):
        """Takes an exchange out of the count, once."""
        with self.lock:
            keys, exchange.keys = exchange.keys, ()
            self.gauge.leave(keys)

    def _accept(self):
        while not self.stopping:
            for listener in select.select(self.listeners, [], [], 0.02)[0]:
                connection = listener.accept()[0]
                connection.settimeout(30)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.accepted(connection)
                thread = threading.Thread(target=self._serve, args=(connection, self.connections))
                self.threads.append(thread)
                thread.start()

    def _serve(self, connection, number):
        with contextlib.suppress(OSError), connection:
            if self.context is None:
                self._converse(connection, number)
                return
            with self.context.wrap_socket(connection, server_side=True) as secure:
                self._converse(secure, number)

    def _converse(self, connection, number):
        while (request := self._read(connection, number)) is not None:
            exchange = self._arrived(connection, request)
            try:
                self.pages.get(request.path, not_found)(exchange)
            finally:
                self.left(exchange)
            if not exchange.open:
                return

    def _arrived(self, connection, request):
        exchange = Exchange(self, connection, request)
        with self.lock:
            self.requests.append(request)
            self.gauge.enter(exchange.keys)
        return exchange

    def _read(self, connection, number):
        """The next Request of a connection; None at its end."""
        data = b""
        while not data.endswith(b"\r\n\r\n"):
            while not select.select([connection], [], [], 0.05)[0]:
                if self.stopping:
                    return None
            piece = connection.recv(65536)
            if not piece:
                return None
            data += piece
        return _parse(data.decode("latin-1"), number)


def end_with_rst(connection):
    """What a close() is to send."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def not_found(exchange):
    exchange.answer(404, b"no such page")


def _listen(addresses):
    """Listening sockets on all addresses, with the same port."""
    for _ in range(20):
        with contextlib.ExitStack() as opened:
            listeners = []
            with contextlib.suppress(OSError):
                port = 0
                for address in addresses:
                    listener = opened.enter_context(socket.create_server((address, port)))
                    listener.listen(512)
                    port = listener.getsockname()[1]
                    listeners.append(listener)
                opened.pop_all()
                return listeners
    raise OSError("no port is free on all addresses")


def _parse(text, number):
    first, *lines = text.split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {}
    for line in filter(None, lines):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    path = urllib.parse.urlsplit(target).path if "://" in target else target.partition("?")[0]
    host = headers.get("host", "").rpartition(":")[0]
    return Request(method, target, path, host, headers, number, time.monotonic())
