# SPDX-License-Identifier: MIT
"""The fixtures: the program, and the servers it talks to."""

import contextlib
import signal
import socket
import subprocess
import time

import pytest

import runner
from built import require
from faultserver import FaultServer
from internet import Internet
from nameserver import NameServer
from nginx import Nginx

# A shell that runs the tests in the background has them ignore SIGINT, and nohup SIGHUP, which what
# they start would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


ONCE = ("--allow-private", "--retries", 0, "--host-failures", 0)


@pytest.fixture(scope="session", autouse=True)
def program_is_built():
    assert runner.PROGRAM.exists(), f"{runner.PROGRAM} is not built; EDGEFETCH names another"


@pytest.fixture
def out(tmp_path):
    """The output directory; the program has to make it."""
    return tmp_path / "out"


@pytest.fixture
def edgefetch(out):
    """edgefetch(*args, input=None, env=None, timeout=60, before=()): runs it into `out`, to its end. Loopback
    is allowed; what fails is not tried again, unless the test says so."""

    def run(*args, **how):
        return runner.run("-o", out, *ONCE, *args, **how)

    return run


@pytest.fixture
def start(tmp_path, out):
    """start(*args, stdin=, env=, stdout=, stderr=): the same in the background; what still runs is killed."""
    running = []

    def begin(*args, **how):
        directory = tmp_path / f"background-{len(running)}"
        directory.mkdir()
        command = ["-o", out, *ONCE, *args]
        running.append(runner.Background(command, directory, **how))
        return running[-1]

    yield begin
    for background in running:
        background.stop()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("a small disk needs the right to mount: " + mounted.stderr.decode().strip())
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.fixture
def faults():
    """A fault server without pages; see faultserver.py and pages.py."""
    server = FaultServer()
    yield server
    server.stop()


@pytest.fixture
def resolver(tmp_path):
    """The name server of nameserver.py; `command` begins a command that asks it."""
    server = NameServer(tmp_path)
    server.start()
    mount = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
    server.command = ("unshare", "-m", "sh", "-c", mount, server.resolv_conf)
    yield server
    server.stop()


@pytest.fixture
def internet(tmp_path):
    """A network of its own; see internet.py."""
    made = Internet(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def refused_port():
    """A port of 127.0.0.1 at which nobody listens, and nobody else can."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@pytest.fixture
def deaf_port():
    """A port of 127.0.0.1 that does not answer a connection: its queue is full and nobody empties
    it."""
    with contextlib.ExitStack() as sockets:
        listener = sockets.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            client = sockets.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        time.sleep(0.05)
        yield listener.getsockname()[1]


@pytest.fixture(scope="session")
def nginx(tmp_path_factory):
    """A real nginx; see nginx.py."""
    server = Nginx(tmp_path_factory.mktemp("nginx"))
    yield server
    server.stop()


@pytest.fixture
def origin():
    """origin(directory, *options): starts `edgefetch serve` and returns its URL, without a slash at
    the end."""
    require("libmicrohttpd")
    servers = []

    def serve(directory, *options):
        command = [runner.PROGRAM, "serve", *map(str, options), directory]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        servers.append(server)
        return server.stdout.readline().strip().rstrip("/")

    yield serve
    for server in servers:
        server.terminate()
        server.wait(20 * runner.PATIENCE)
        server.stdout.close()
