# SPDX-License-Identifier: MIT
"""The server's side of HTTP/2, as much as faults need: whoever asks for a path with MARK in it
meets the fault, everybody else gets the body.

Paths come compressed, and are not decompressed: MARK is longer when it is compressed, so that a
client leaves a path with it as it is.
"""

import contextlib
import select
import socket
import struct
import threading

MARK = b"~~~~~~~~"

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, GOAWAY, CONTINUATION = 0, 1, 2, 3, 4, 6, 7, 9
END_STREAM, ACK, END_HEADERS = 1, 1, 4
NO_ERROR, INTERNAL_ERROR, REFUSED_STREAM, CANCEL, ENHANCE_YOUR_CALM = 0, 2, 7, 8, 11
FRAME_BYTES = 16384  # at most
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def _literal(name, value):
    """A header that is neither compressed nor remembered."""
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


class Stream:
    """A request, and the frames to answer it with."""

    def __init__(self, server, connection, number):
        self.server = server
        self.connection = connection
        self.number = number
        self.open = True  # the connection can take another request

    def frame(self, kind, payload=b"", flags=0, number=None):
        where = self.number if number is None else number
        head = struct.pack(">IBI", len(payload) << 8 | kind, flags, where)
        self.connection.sendall(head + payload)

    def fields(self, *pairs):
        self.frame(HEADERS, b"".join(_literal(*pair) for pair in pairs), END_HEADERS)

    def head(self, length):
        self.fields((b":status", b"200"), (b"content-length", b"%d" % length))

    def data(self, body, last=False):
        for at in range(0, len(body), FRAME_BYTES):
            end = last and at + FRAME_BYTES >= len(body)
            self.frame(DATA, body[at : at + FRAME_BYTES], END_STREAM if end else 0)

    def flood(self, kind, payload=b"", flags=0, number=None):
        """The same frame over and over, many at a time, as fast as they are taken."""
        where = self.number if number is None else number
        frame = struct.pack(">IBI", len(payload) << 8 | kind, flags, where) + payload
        frames = frame * max(1, FRAME_BYTES // len(frame))
        while not self.server.stopping:
            self.connection.sendall(frames)

    def rst(self, why):
        self.frame(RST_STREAM, struct.pack(">I", why))

    def goaway(self, last, why):
        self.frame(GOAWAY, struct.pack(">II", last, why), number=0)
        self.close()

    def close(self):
        self.open = False

    def hold(self):
        """Waits until the client goes, or sends something that nobody reads any more."""
        while not self.server.stopping and not self.connection.pending():
            if select.select([self.connection], [], [], 0.01)[0]:
                return


class H2Server:
    """Listens on 127.0.0.1 with `context`, a server's TLS; `fault` is a function of a Stream."""

    def __init__(self, context, fault, body):
        context.set_alpn_protocols(["h2"])
        self.context, self.fault, self.body = context, fault, body
        self.stopping = False
        self.requests = 0  # that met the fault
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def url(self, path):
        return f"https://127.0.0.1:{self.port}{path}"

    def faulty_url(self):
        return self.url("/" + MARK.decode())

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join()
        self.listener.close()

    def _accept(self):
        while not self.stopping:
            if select.select([self.listener], [], [], 0.02)[0]:
                connection = self.listener.accept()[0]
                connection.settimeout(30)
                self.threads.append(threading.Thread(target=self._serve, args=(connection,)))
                self.threads[-1].start()

    def _serve(self, connection):
        with connection, contextlib.suppress(OSError, EOFError):
            with self.context.wrap_socket(connection, server_side=True) as secure:
                self._read(secure, len(PREFACE))
                stream = Stream(self, secure, 0)
                stream.frame(SETTINGS)
                while stream.open:
                    stream = self._answer(secure, stream)
                self._end(secure)

    def _answer(self, connection, stream):
        """Reads a frame, and does what it asks for; returns the stream that was last answered."""
        size, kind, flags, number = struct.unpack(">IBBI", b"\0" + self._read(connection, 9))
        payload = self._read(connection, size)
        if kind in (SETTINGS, PING) and not flags & ACK:
            stream.frame(kind, payload if kind == PING else b"", ACK, number=0)
        elif kind == HEADERS:
            stream = Stream(self, connection, number)
            if MARK in payload:
                self.requests += 1
                self.fault(stream)
            else:
                stream.head(len(self.body))
                stream.data(self.body, last=True)
        return stream

    def _end(self, connection):
        """Ends the connection, and not with a RST: all that the client still sends is read."""
        connection.shutdown(socket.SHUT_WR)
        while not self.stopping:
            if select.select([connection], [], [], 0.02)[0] and not connection.recv(65536):
                return

    def _read(self, connection, size):
        data = b""
        while len(data) < size:
            while not connection.pending() and not select.select([connection], [], [], 0.05)[0]:
                if self.stopping:
                    raise EOFError
            piece = connection.recv(size - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data
