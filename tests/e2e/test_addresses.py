# SPDX-License-Identifier: MIT
"""Addresses that lead inside are refused unless --allow-private is given."""

import pytest

import pages
import pictures
import runner
from runner import manifest

PNG = pictures.png()

# However the address is written, the check is made when the socket is opened.
INSIDE = (
    "127.0.0.1", "127.8.9.10", "localhost", "a.localhost", "2130706433", "0x7f.1",
    "0177.0.0.1", "0.0.0.0", "0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "169.254.169.254", "[::ffff:a9fe:a9fe]", "10.0.0.1",
    "172.16.0.1", "192.168.1.1", "100.64.0.1", "224.0.0.1", "255.255.255.255", "[fe80::1]",
    "[fd00::1]", "[ff02::1]",
)  # fmt: skip


def without_allow_private(out, *args, **how):
    return runner.run("-o", out, "--connect-timeout", "2", *args, **how)


@pytest.mark.parametrize("host", INSIDE)
def test_refused(faults, out, host):
    """Goal: the address is refused, nothing is sent to it, and the message names the way out."""
    faults.add("/a.png", pages.good(PNG))
    url = faults.url("/a.png", host=host)
    assert without_allow_private(out, url).code == 1
    error = manifest(out)[url]["error"]
    assert error["code"] == "address_refused", error
    assert "--allow-private" in error["message"]
    assert faults.connections == 0


def test_refused_without_a_port(out):
    """Goal: the usual form of a metadata URL is refused."""
    url = "http://169.254.169.254/latest/meta-data/"
    assert without_allow_private(out, url).code == 1
    assert manifest(out)[url]["error"]["code"] == "address_refused"


@pytest.mark.parametrize("host", ("127.0.0.1", "127.0.0.2", "localhost", "2130706433"))
def test_allowed(edgefetch, faults, out, host):
    """Goal: --allow-private permits what would be refused."""
    url = faults.add("/a.png", pages.good(PNG), host=host)
    assert edgefetch(url).code == 0
    assert manifest(out)[url]["http"]["address"].startswith("127.0.0.")


def through_proxy(faults):
    """Options and environment that reach any name through the server, but loopback directly: the
    only way here to have a public host that answers."""
    return ("--proxy", f"http://127.0.0.1:{faults.port}"), {"no_proxy": "127.0.0.2"}


def test_a_proxy_may_be_inside(faults, out):
    """Goal: the proxy that the user names may be at a private address."""
    faults.add("/a.png", pages.good(PNG))
    options, env = through_proxy(faults)
    assert without_allow_private(out, *options, "http://pictures.test/a.png", env=env).code == 0


def test_redirect_inside_is_refused(faults, out):
    """Goal: a public host cannot redirect to an address inside."""
    inside = faults.add("/inside.png", pages.good(PNG), host="127.0.0.2")
    faults.add("/a.png", pages.redirect(inside))
    options, env = through_proxy(faults)
    url = "http://pictures.test/a.png"
    assert without_allow_private(out, *options, url, env=env).code == 1
    assert manifest(out)[url]["error"]["code"] == "address_refused"
    assert faults.count("/inside.png") == 0


def test_the_proxy_is_not_an_open_door(faults, out):
    """Goal: that the proxy's address may be used does not open other ports at it."""
    options = ("--proxy", "http://127.0.0.1:9")
    url = faults.add("/a.png", pages.good(PNG))
    env = {"no_proxy": "127.0.0.1"}
    assert without_allow_private(out, *options, url, env=env).code == 1
    assert manifest(out)[url]["error"]["code"] == "address_refused"
    assert faults.connections == 0
