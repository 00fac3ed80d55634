# SPDX-License-Identifier: MIT
"""A network of its own, in which every address of IPv4 and IPv6 leads to the loopback device: so
one server is at all of them, public and special ones, and counts who comes.

The namespace belongs to one thread: what that thread starts lives in it, and sockets that it makes
stay in it whoever uses them.
"""

import collections
import concurrent.futures
import contextlib
import ctypes
import os
import shutil
import socket
import subprocess

import pytest

import runner
from faultserver import FaultServer
from nameserver import NameServer

CLONE_NEWNET = 0x40000000
PUBLIC, PUBLIC6 = "93.184.216.34", "2606:2800:220:1::1"  # as good as any


class EveryAddress(FaultServer):
    """A fault server at port 80 of every address, of both families; `reached` counts connections by
    the address that was called."""

    def __init__(self):
        self.reached = collections.Counter()
        super().__init__()

    def listen(self):
        listener = socket.create_server(("::", 80), family=socket.AF_INET6, dualstack_ipv6=True)
        listener.listen(512)
        return [listener]

    def accepted(self, connection):
        super().accepted(connection)
        self.reached[connection.getsockname()[0].removeprefix("::ffff:")] += 1

    def add(self, path, page, host=PUBLIC):
        return super().add(path, page, host)

    def url(self, path, host=PUBLIC):
        return f"http://{host}{path}"

    def inside(self):
        """The addresses that were reached and are not the public ones."""
        return set(self.reached) - {PUBLIC, PUBLIC6}


class Internet:
    """`server` is an EveryAddress, `names` a NameServer; run() runs the program."""

    def __init__(self, home):
        self.threads = concurrent.futures.ThreadPoolExecutor(1)
        self.open = contextlib.ExitStack()
        self.open.callback(self.threads.shutdown)
        try:
            self.do(self._begin, home)
        except BaseException:
            self.stop()
            raise

    def do(self, function, *args, **how):
        """Calls a function in the network, and returns its value."""
        return self.threads.submit(function, *args, **how).result()

    def run(self, *args, **how):
        mount = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
        before = ("unshare", "-m", "sh", "-c", mount, self.names.resolv_conf)
        return self.do(runner.run, *args, before=before, **how)

    def stop(self):
        self.open.close()

    def _begin(self, home):
        if shutil.which("ip") is None:
            pytest.skip("there is no ip command")
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
            pytest.skip(f"no network of its own: {os.strerror(ctypes.get_errno())}")
        for command in ("link set lo up", "route add local default dev lo", "-6 route add local default dev lo"):
            subprocess.run(["ip", *command.split()], check=True)
        self.server = EveryAddress()
        self.open.callback(self.server.stop)
        self.names = NameServer(home)
        self.names.start()
        self.open.callback(self.names.stop)
