# SPDX-License-Identifier: MIT
"""Three time-outs, each with its own status."""

import contextlib
import socket
import time

import pytest

import pages
from runner import PATIENCE, manifest


def failed_with(edgefetch, out, url, *options):
    """The status of a URL that has to fail."""
    result = edgefetch(*options, url)
    assert result.code == 1, result
    return manifest(out)[url]["error"]["code"]


@pytest.fixture
def deaf_port():
    """A port that does not answer a connection: its queue is full and nobody empties it."""
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


def test_connect_timeout(edgefetch, out, deaf_port):
    """Goal: a host that does not take the connection is connect_timeout."""
    url = f"http://127.0.0.1:{deaf_port}/a.png"
    assert failed_with(edgefetch, out, url, "--connect-timeout", "0.3") == "connect_timeout"


@pytest.mark.parametrize("page", (pages.stall_after_head, pages.never))
def test_stall_timeout(edgefetch, faults, out, page):
    """Goal: silence, before the answer or in the middle of it, is stall_timeout."""
    url = faults.add("/stall", page)
    assert failed_with(edgefetch, out, url, "--stall-timeout", "0.3") == "stall_timeout"


def test_timeout(edgefetch, faults, out):
    """Goal: a body that keeps coming but does not end is timeout, although nothing stalls."""
    url = faults.add("/drip", pages.drip)
    options = ("--timeout", "0.6", "--stall-timeout", 20 * PATIENCE)
    assert failed_with(edgefetch, out, url, *options) == "timeout"


def test_a_drip_is_no_stall(edgefetch, faults, out):
    """Goal: as long as a byte comes now and then, the stall time-out does not strike."""
    url = faults.add("/drip", pages.drip)
    options = ("--timeout", 1.2 * PATIENCE, "--stall-timeout", 0.6 * PATIENCE)
    assert failed_with(edgefetch, out, url, *options) == "timeout"


def test_timeouts_name_their_option(edgefetch, faults, out, deaf_port):
    """Goal: the message of each says which option sets it."""
    urls = {
        faults.add("/never", pages.never): "--stall-timeout",
        faults.add("/drip", pages.drip): "--timeout",
        f"http://127.0.0.1:{deaf_port}/a.png": "--connect-timeout",
    }
    edgefetch("--connect-timeout", "0.3", "--stall-timeout", "0.4", "--timeout", "0.9", *urls)
    for url, option in urls.items():
        assert option in manifest(out)[url]["error"]["message"]
