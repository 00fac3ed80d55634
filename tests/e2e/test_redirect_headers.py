# SPDX-License-Identifier: MIT
"""A redirect to another scheme, host or port takes neither credentials nor any header of -H there."""

import itertools

import pytest

import pages
import pictures
from certificates import Authority
from faultserver import FaultServer
from runner import codes, manifest, write_list

PNG = pictures.png()
SECRETS = {
    "authorization": "Bearer s3cr3t",
    "cookie": "session=s3cr3t",
    "x-api-key": "s3cr3t",
    "proxy-authorization": "Basic s3cr3t",
    "referer": "http://s3cr3t.test/",
}
OPTIONS = [part for name, value in SECRETS.items() for part in ("-H", f"{name}: {value}")]


@pytest.fixture
def other():
    server = FaultServer()
    yield server
    server.stop()


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "authority")


@pytest.fixture
def secure(authority):
    server = FaultServer(authority.context("good"))
    yield server
    server.stop()


def told(server, path):
    """Which of the secrets each request for a path brought, and any credentials."""
    return [set(r.headers) & set(SECRETS) for r in server.requests if r.path == path]


ALL = set(SECRETS)


def test_same_origin(edgefetch, faults, out):
    """Goal: the host that they are for gets them, by redirects of its own too, absolute or relative."""
    faults.add("/c.png", pages.good(PNG))
    faults.add("/b.png", pages.redirect("/c.png"))
    url = faults.add("/a.png", pages.redirect(faults.url("/b.png")))
    assert edgefetch(*OPTIONS, url).code == 0
    assert [told(faults, path) for path in ("/a.png", "/b.png", "/c.png")] == [[ALL]] * 3


@pytest.mark.parametrize("mode", ("async", "threads", "sync"))
def test_another_host(edgefetch, faults, out, mode):
    """Goal: another host at the same port gets none, and the next URL gets them again."""
    target = faults.add("/b.png", pages.good(PNG), "127.0.0.2")
    url = faults.add("/a.png", pages.redirect(target))
    later = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(3)]
    assert edgefetch("--mode", mode, "-l", 1, *OPTIONS, url, *later).code == 0
    assert told(faults, "/a.png") == [ALL] and told(faults, "/b.png") == [set()]
    assert [told(faults, f"/{i}.png") for i in range(3)] == [[ALL]] * 3


def test_another_port(edgefetch, faults, other, out):
    """Goal: another port of the same host gets none."""
    url = faults.add("/a.png", pages.redirect(other.add("/b.png", pages.good(PNG))))
    assert edgefetch(*OPTIONS, url.replace("://", "://user:pass@")).code == 0
    assert told(faults, "/a.png") == [ALL] and told(other, "/b.png") == [set()]


@pytest.mark.parametrize("upwards", (True, False))
def test_another_scheme(edgefetch, faults, secure, authority, out, upwards):
    """Goal: nor does https behind http, or http behind https."""
    first, last = (faults, secure) if upwards else (secure, faults)
    url = first.add("/a.png", pages.redirect(last.add("/b.png", pages.good(PNG))))
    result = edgefetch(*OPTIONS, "--cacert", authority.certificate, url.replace("://", "://user:pass@"))
    assert result.code == 0
    assert told(first, "/a.png") == [ALL] and told(last, "/b.png") == [set()]


def test_there_and_back(edgefetch, faults, out):
    """Goal: whoever was led elsewhere and back gets none: it is the other host who chose the path."""
    last = faults.add("/c.png", pages.good(PNG))
    there = faults.add("/b.png", pages.redirect(last), "127.0.0.2")
    url = faults.add("/a.png", pages.redirect(there))
    assert edgefetch(*OPTIONS, url).code == 0
    assert [told(faults, path) for path in ("/a.png", "/b.png", "/c.png")] == [[ALL], [set()], [set()]]


def test_names_that_differ_in_spelling(edgefetch, faults, out):
    """Goal: a host is the same in capitals."""
    faults.add("/b.png", pages.good(PNG))
    target = faults.url("/b.png", "LOCALHOST")
    url = faults.add("/a.png", pages.redirect(target), "localhost")
    assert edgefetch(*OPTIONS, url).code == 0
    assert told(faults, "/b.png") == [ALL]


def test_a_retry_begins_anew(edgefetch, faults, out):
    """Goal: a further attempt asks the first host with them, and the other one without."""
    answers = pages.in_turn(pages.status(503), pages.good(PNG))
    url = faults.add("/a.png", pages.redirect(faults.add("/b.png", answers, "127.0.0.2")))
    assert edgefetch(*OPTIONS, "--retries", 1, "--retry-wait", 0.01, url).code == 0
    assert told(faults, "/a.png") == [ALL, ALL] and told(faults, "/b.png") == [set(), set()]


def test_what_is_ours_goes_along(edgefetch, faults, out):
    """Goal: --refresh and resuming still work behind such a redirect: their headers are no secrets."""
    versions = pages.versioned(PNG)
    url = faults.add("/a.png", pages.redirect(faults.add("/b.png", versions, "127.0.0.2")))
    assert edgefetch(*OPTIONS, url).code == 0
    assert edgefetch(*OPTIONS, "--refresh", url).code == 0
    again = [r for r in faults.requests if r.path == "/b.png"][-1]
    assert again.headers["if-none-match"] == '"1"'
    assert told(faults, "/b.png") == [set(), set()]


def test_resuming_behind_a_redirect(edgefetch, faults, out):
    """Goal: a body that was cut off is gone on with, and the header that asks for the rest is there."""
    target = faults.add("/b.png", pages.resumable(PNG, [len(PNG) // 2]), "127.0.0.2")
    url = faults.add("/a.png", pages.redirect(target))
    assert edgefetch(*OPTIONS, "--retries", 1, "--retry-wait", 0.01, url).code == 0
    assert [r.headers.get("if-range") for r in faults.requests if r.path == "/b.png"] == [None, '"1"']
    assert told(faults, "/b.png") == [set(), set()]


def test_many_urls_share_a_connection(edgefetch, faults, out, tmp_path):
    """Goal: which headers a request brings does not depend on who used its connection before."""
    hosts = itertools.cycle(("127.0.0.1", "127.0.0.2"))
    urls, ends = [], []
    for i, host in zip(range(20), hosts):
        ends.append(faults.add(f"/end{i}.png", pages.good(pictures.png(seed=i)), host))
        urls.append(faults.add(f"/{i}.png", pages.redirect(ends[-1])))
    edgefetch(*OPTIONS, "-l", 2, write_list(tmp_path / "list", urls))
    assert codes(out) == dict.fromkeys(urls, "ok")
    assert [told(faults, f"/end{i}.png") for i in range(20)] == [[ALL], [set()]] * 10
    assert all(line["http"]["final_url"] in ends for line in manifest(out).values())
