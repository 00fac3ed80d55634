# SPDX-License-Identifier: MIT
"""Credentials in a URL reach the server and nothing else: no file, no message, no name."""

import base64

import pytest

import pages
import pictures
from runner import manifest, write_list

SECRET = "s3cr3t-pw"
USER = "Al1ce"


def with_credentials(url):
    return url.replace("://", f"://{USER}:{SECRET}@")


def leaks(result, out):
    """Where the secret or the user's name can be read."""
    places = {"standard output": result.out_bytes, "standard error": result.err_bytes}
    for path in out.rglob("*"):
        places[f"name of {path.name}"] = str(path.relative_to(out)).encode()
        if path.is_file():
            places[path.name] = path.read_bytes()
    words = (SECRET.encode(), USER.encode(), base64.b64encode(f"{USER}:{SECRET}".encode()))
    return [place for place, data in places.items() if any(word in data for word in words)]


@pytest.mark.parametrize("options", ((), ("-v",), ("--json",), ("-v", "--json")), ids=" ".join)
def test_they_reach_the_server_only(edgefetch, faults, out, options):
    """Goal: a URL's user and password are sent to its server, and shown nowhere."""
    bare = faults.add("/a.png", pages.good(pictures.png()))
    result = edgefetch(*options, with_credentials(bare))
    assert result.code == 0
    expected = base64.b64encode(f"{USER}:{SECRET}".encode()).decode()
    assert faults.requests[0].headers["authorization"] == f"Basic {expected}"
    assert list(manifest(out)) == [bare]
    assert leaks(result, out) == []


FAILING = {
    "404": pages.status(404),
    "401": pages.status(401),
    "reset": pages.reset_before_answer,
    "no-answer": pages.close_without_answer,
    "html": pages.good(b"<html>"),
    "redirect-with-credentials": pages.redirect(f"http://{USER}:{SECRET}@127.0.0.1:1/x"),
    "redirect-to-ftp": pages.redirect(f"ftp://{USER}:{SECRET}@127.0.0.1/x"),
    "redirect-to-nonsense": pages.redirect(f"http://{USER}:{SECRET}@[::zz]/x"),
    "redirect-to-bad-port": pages.redirect(f"http://{USER}:{SECRET}@127.0.0.1:999999/x"),
    "redirect-to-space": pages.redirect(f"http://{USER}:{SECRET}@127.0.0.1 b/x"),
    "redirect-to-unresolvable": pages.redirect(f"http://{USER}:{SECRET}@no-host.invalid/x"),
}


@pytest.mark.parametrize("name", FAILING)
def test_failures_do_not_show_them(edgefetch, faults, out, name):
    """Goal: nor does a message about what went wrong, whatever the server answers."""
    url = faults.add(f"/{name}", FAILING[name])
    result = edgefetch("-v", "--json", with_credentials(url))
    assert result.code == 1
    assert leaks(result, out) == []


def test_a_redirect_that_brings_some(edgefetch, faults, out):
    """Goal: the final URL in the manifest is without them too."""
    target = faults.add("/b.png", pages.good(pictures.png()))
    url = faults.add("/a.png", pages.redirect(with_credentials(target)))
    result = edgefetch("-v", "--json", url)
    assert result.code == 0
    assert manifest(out)[url]["http"]["final_url"] == target
    assert leaks(result, out) == []


def test_they_are_not_sent_to_another_host(edgefetch, faults, out):
    """Goal: a redirect to another host does not carry them there."""
    target = faults.add("/b.png", pages.good(pictures.png()), host="127.0.0.2")
    url = faults.add("/a.png", pages.redirect(target))
    assert edgefetch(with_credentials(url)).code == 0
    assert ["authorization" in request.headers for request in faults.requests] == [True, False]


BAD_LINES = (
    f"http://{USER}:{SECRET}@",
    f"http://{USER}:{SECRET}@/a.png",
    f"http://{USER}:{SECRET}@127.0.0.1:99999/a.png",
    f"http://{USER}:{SECRET}@[::zz]/a.png",
    f"http://{USER}:{SECRET} x@127.0.0.1/a.png",
    f"http://{USER} x:{SECRET}@127.0.0.1/a.png",
    f"http://{USER}:{SECRET}@127.0.0.1/a b.png",
    f"http://{USER}:{SECRET}/@127.0.0.1/a b.png",
    f"{USER}:{SECRET}@127.0.0.1/a.png",
    f"ftp://{USER}:{SECRET}@127.0.0.1/a.png",
    f"https//{USER}:{SECRET}@127.0.0.1/a.png",
    f"http:/{USER}:{SECRET}@127.0.0.1/a.png",
    f"http://{USER}:{SECRET}\x01@127.0.0.1/a.png",
    f"http://{USER}:{SECRET}@127.0.0.1/" + "x" * 20000,
    f"http://{USER}:{SECRET}@127.0.0.1/" + "x" * 70000,
    f"http://127.0.0.1/a.png\thttp://{USER}:{SECRET}@127.0.0.1/",
)


@pytest.mark.parametrize("line", BAD_LINES, ids=range(len(BAD_LINES)))
def test_bad_lines_do_not_show_them(edgefetch, out, tmp_path, line):
    """Goal: a line that is no URL, or has a bad name, does not show what looks like a password."""
    result = edgefetch("-v", "--json", write_list(tmp_path / "list", [line]))
    assert result.code == 1
    assert leaks(result, out) == []


def test_two_users_of_one_url(edgefetch, faults, out):
    """Goal: URLs that differ in their credentials only are one URL."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    result = edgefetch(with_credentials(url), url)
    assert result.sums["ok"] == 1
    assert faults.count("/a.png") == 1


def test_a_proxys_credentials(edgefetch, faults, out):
    """Goal: nor are those of a proxy shown, whether it helps or not."""
    faults.add("/a.png", pages.good(pictures.png()))
    proxy = f"http://{USER}:{SECRET}@127.0.0.1:{faults.port}"
    result = edgefetch("-v", "--json", "--proxy", proxy, "http://x.test/a.png", "https://x.test/b")
    assert result.code == 1
    assert "proxy-authorization" in faults.requests[0].headers
    assert leaks(result, out) == []
