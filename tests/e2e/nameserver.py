# SPDX-License-Identifier: MIT
"""A name server on loopback, which a program asks that runs with a resolv.conf of its own."""

import errno
import select
import socket
import struct
import threading
import time

import pytest

ADDRESS = ("127.0.0.9", 53)  # a resolver asks at no other port

# What becomes of a name, by its first label up to a dash: the answer's code, or None for no answer at all.
ANSWERS = {"silent": None, "failing": 2, "missing": 3}


class NameServer:
    """Every name is at 127.0.0.1, but for those whose first label begins with one of ANSWERS, and for those that
    `addresses` has a list for, by their first label."""

    def __init__(self, home):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.resolv_conf = home / "resolv.conf"
        self.resolv_conf.write_text(f"nameserver {ADDRESS[0]}\noptions timeout:20 attempts:5\n")
        self.addresses = {}
        self.names = []  # that were asked for, for an A record
        self.delay = 0  # seconds before every answer
        self.peak = 0  # names that were being asked for at once
        self.stopping = False
        self.thread = threading.Thread(target=self._serve)

    def start(self):
        try:
            self._bind()
        except OSError as error:
            self.socket.close()
            pytest.skip(f"nobody can be a name server here: {error}")
        self.thread.start()

    def _bind(self):
        """There is one such address, and tests run side by side: waits for its turn."""
        end = time.monotonic() + 60
        while True:
            try:
                self.socket.bind(ADDRESS)
                return
            except OSError as error:
                if error.errno != errno.EADDRINUSE or time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def stop(self):
        self.stopping = True
        self.thread.join()
        self.socket.close()

    def _serve(self):
        waiting = []  # when, which name, the answer, for whom
        while not self.stopping:
            if select.select([self.socket], [], [], 0.02)[0]:
                question, client = self.socket.recvfrom(512)
                answer = self._answer(question)
                if answer is not None:
                    name = question[13 : 13 + question[12]]
                    waiting.append((time.monotonic() + self.delay, name, answer, client))
            self.peak = max(self.peak, len({name for _, name, _, _ in waiting}))
            for one in [one for one in waiting if one[0] <= time.monotonic()]:
                waiting.remove(one)
                self.socket.sendto(one[2], one[3])

    def _answer(self, message):
        """What to say to a message that asks one question."""
        label = message[13 : 13 + message[12]].decode("latin-1").lower()
        end = message.index(b"\0", 12) + 5
        (kind,) = struct.unpack(">H", message[end - 4 : end - 2])
        if kind == 1:
            self.names.append(label)
        code = ANSWERS.get(label.partition("-")[0], 0)
        if code is None:
            return None
        found = self._records(label, kind) if code == 0 else []
        head = message[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(found), 0, 0)
        return head + message[12:end] + b"".join(found)

    def _records(self, label, kind):
        """What there is of this kind, A or AAAA."""
        family = {1: socket.AF_INET, 28: socket.AF_INET6}.get(kind)
        records = []
        for address in self.addresses.get(label, ["127.0.0.1"]):
            if family == (socket.AF_INET6 if ":" in address else socket.AF_INET):
                packed = socket.inet_pton(family, address)
                records.append(struct.pack(">HHHIH", 0xC00C, kind, 1, 60, len(packed)) + packed)
        return records
