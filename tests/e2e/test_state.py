# SPDX-License-Identifier: MIT
"""Nothing that a server says, and nothing that lies about in the user's home, changes what another
URL meets: no cookies, no HSTS, no alternative services, no .netrc, no .curlrc."""

import pytest

import pages
import pictures
from certificates import Authority
from faultserver import FaultServer
from runner import codes, manifest, write_list

PNG = pictures.png()


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "authority")


@pytest.fixture
def secure(authority):
    """A server by https, as localhost."""
    server = FaultServer(authority.context("localhost", "DNS:localhost,IP:127.0.0.1"))
    yield server
    server.stop()


@pytest.mark.parametrize("mode", ("async", "threads", "sync"))
def test_what_a_server_says(edgefetch, faults, secure, authority, out, tmp_path, mode):
    """Goal: Strict-Transport-Security does not turn http into https, Alt-Svc sends nobody elsewhere,
    Set-Cookie is not sent back: neither to the next URL, nor by a redirect, nor in the next run."""
    elsewhere = FaultServer()
    said = [
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
        ("Alt-Svc", f'h2="127.0.0.2:{elsewhere.port}", http/1.1="127.0.0.2:{elsewhere.port}"; ma=99999; persist=1'),
        ("Set-Cookie", "a=1; Path=/"),
        ("Set-Cookie", "b=2; Domain=localhost; Path=/; Max-Age=9999"),
    ]
    plain = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i)), "localhost") for i in range(3)]
    urls = [secure.add(f"/{i}.png", pages.good(pictures.png(seed=9 + i), headers=said), "localhost") for i in range(3)]
    there = faults.add("/there.png", pages.good(pictures.png(seed=20)), "localhost")
    hop = pages.status(302, b"", [("Location", there), *said])
    lines = [*urls, secure.add("/hop.png", hop, "localhost"), *plain]
    home = tmp_path / "home"
    home.mkdir()
    try:
        for _ in range(2):
            edgefetch("-l", 1, "--mode", mode, "--force", "--cacert", authority.certificate,
                      write_list(tmp_path / "list", lines), env={"HOME": str(home)})  # fmt: skip
            assert codes(out) == dict.fromkeys(lines, "ok")
        assert elsewhere.connections == 0
    finally:
        elsewhere.stop()
    assert faults.count("/there.png") == 2 and all(faults.count(f"/{i}.png") == 2 for i in range(3))
    requests = [*faults.requests, *secure.requests]
    assert not any("cookie" in request.headers for request in requests)
    assert manifest(out)[lines[3]]["http"]["final_url"] == there
    assert list(home.iterdir()) == []


def test_what_lies_in_the_home(edgefetch, faults, out, tmp_path):
    """Goal: neither a .netrc nor a .curlrc is read."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    (home / ".curlrc").write_text('header = "X-From: curlrc"\nuser = "me:secret"\ncookie = "a=1"\n')
    url = faults.add("/a.png", pages.good(PNG))
    env = {"HOME": str(home), "CURL_HOME": str(home), "NETRC": str(home / ".netrc")}
    assert edgefetch(url, env=env).code == 0
    assert not {"authorization", "x-from", "cookie"} & set(faults.requests[0].headers)
