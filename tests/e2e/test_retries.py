# SPDX-License-Identifier: MIT
"""What fails for a moment is tried again; what a server asks for is heeded."""

import signal
import time

import pytest

import pages
import pictures
from runner import SOME_MODES, codes, manifest, wait_until

PNG = pictures.png(60, 40)
LARGE = pictures.save(pictures.noise(300, 200), "PNG")  # 180 KB
BEGUN = b"HTTP/1.1 200 -\r\nContent-Length: 9000\r\n\r\n" + PNG[:50]  # and the rest is missing
SOON = ("--retries", 3, "--retry-wait", 0.02)

TRANSIENT = {
    "408": (pages.status(408), "http_4xx"),
    "425": (pages.status(425), "http_4xx"),
    "429": (pages.status(429), "http_4xx"),
    "500": (pages.status(500), "http_5xx"),
    "502": (pages.status(502), "http_5xx"),
    "503": (pages.status(503), "http_5xx"),
    "504": (pages.status(504), "http_5xx"),
    "reset before the answer": (pages.reset_before_answer, "connection_reset"),
    "reset in the body": (pages.breaks(BEGUN), "connection_reset"),
    "no answer": (pages.close_without_answer, "empty_reply"),
    "cut short": (pages.shorter_than_announced(PNG[:50], 9000), "transfer_truncated"),
    "stall": (pages.stalls(BEGUN), "stall_timeout"),
}  # fmt: skip


@pytest.mark.parametrize("mode", SOME_MODES)
def test_transient(edgefetch, faults, out, mode):
    """Goal: each failure of the moment is tried again, and the manifest tells of both attempts."""
    urls = {name: faults.add(f"/{i}.png", pages.in_turn(page, pages.good(PNG)))
            for i, (name, (page, _)) in enumerate(TRANSIENT.items())}  # fmt: skip
    result = edgefetch(*SOON, "--mode", mode, "--stall-timeout", 0.5, "-l", 12, *urls.values())
    assert result.code == 0, result
    lines = manifest(out)
    for name, (_, code) in TRANSIENT.items():
        line = lines[urls[name]]
        assert line["status"] == "ok", name
        if code in ("connection_reset", "empty_reply") and line["attempts"] == 1:
            continue  # on a connection that was kept: libcurl has asked again by itself
        assert line["attempts"] == 2, name
        assert [entry["code"] for entry in line["tries"]] == [code], name
        first, last_at = line["tries"][0], line["ms"]["at"] + line["ms"]["queued"]
        assert first["ms"] > 0 and first["wait"] >= 0
        assert line["ms"]["at"] <= first["at"] and first["at"] + first["ms"] <= last_at


def test_in_vain(edgefetch, faults, out):
    """Goal: after the last attempt the failure is final, and each attempt was one request."""
    url = faults.add("/a.png", pages.status(503))
    assert edgefetch(*SOON, url).code == 1
    line = manifest(out)[url]
    assert line["error"]["code"] == "http_5xx" and line["attempts"] == 4
    assert [entry["http"] for entry in line["tries"]] == [503] * 3
    assert faults.count("/a.png") == 4


@pytest.mark.parametrize("page", (pages.status(404), pages.status(403), pages.good(b"<html>"), pages.garbage))
def test_not_again(edgefetch, faults, out, page):
    """Goal: what will not get better is asked for once."""
    url = faults.add("/a.png", page)
    assert edgefetch(*SOON, url).code == 1
    assert faults.count("/a.png") == 1 and manifest(out)[url]["attempts"] == 1


def ranges(faults, path="/a.png"):
    return [request.headers.get("range") for request in faults.requests if request.path == path]


@pytest.mark.parametrize("stage", ("both", "download"))
@pytest.mark.parametrize("mode", SOME_MODES)
def test_goes_on_where_it_was(edgefetch, faults, out, mode, stage):
    """Goal: only the rest of a body is asked for, as often as it takes; the file is whole."""
    url = faults.add("/a.png", pages.resumable(LARGE, (50_000, 30_000)))
    result = edgefetch(*SOON, "--mode", mode, "--stage", stage, url)
    assert result.code == 0, result
    assert ranges(faults) == [None, "bytes=50000-", "bytes=80000-"]
    line = manifest(out)[url]
    assert (out / line["original"]["path"]).read_bytes() == LARGE
    assert line["attempts"] == 3 and line["http"]["status"] == 206


def test_goes_on_by_date(edgefetch, faults, out):
    """Goal: without an ETag the date of the last change does, if it was long ago when it was told."""
    headers = (("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Date", "Sun, 06 Nov 1994 08:51:37 GMT"))
    url = faults.add("/a.png", pages.resumable(LARGE, (50_000,), headers=headers))
    assert edgefetch(*SOON, url).code == 0
    assert ranges(faults) == [None, "bytes=50000-"]
    assert (out / manifest(out)[url]["original"]["path"]).read_bytes() == LARGE


@pytest.mark.parametrize("stage", ("both", "download"))
def test_starts_again_without_ranges(edgefetch, faults, out, stage):
    """Goal: a server that sends all of it again is taken at its word."""
    url = faults.add("/a.png", pages.resumable(LARGE, (50_000, 30_000), whole=True))
    assert edgefetch(*SOON, "--stage", stage, url).code == 0
    line = manifest(out)[url]
    assert (out / line["original"]["path"]).read_bytes() == LARGE
    assert line["original"]["bytes"] == len(LARGE)


MODIFIED = ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")


@pytest.mark.parametrize("headers", (
    (), (("ETag", 'W/"1"'),), (MODIFIED,), (MODIFIED, ("Date", "Sun, 06 Nov 1994 08:49:40 GMT"))
))  # fmt: skip
def test_no_rest_of_something_else(edgefetch, faults, out, headers):
    """Goal: without a validator that is strong enough the body is asked for from its beginning."""
    url = faults.add("/a.png", pages.resumable(LARGE, (50_000,), headers=headers))
    assert edgefetch(*SOON, url).code == 0
    assert ranges(faults) == [None, None]
    assert (out / manifest(out)[url]["original"]["path"]).read_bytes() == LARGE


def test_another_picture_meanwhile(edgefetch, faults, out):
    """Goal: the rest of a picture that has changed is not put behind the beginning of the old one."""
    old = pages.resumable(bytes(len(LARGE)), (50_000,), headers=(("ETag", '"old"'),))
    url = faults.add("/a.png", pages.in_turn(old, pages.resumable(LARGE, (), headers=(("ETag", '"new"'),))))
    assert edgefetch(*SOON, url).code == 0
    assert ranges(faults) == [None, "bytes=50000-"]
    assert (out / manifest(out)[url]["original"]["path"]).read_bytes() == LARGE


def test_ranges_that_are_not_there(edgefetch, faults, out):
    """Goal: 416 for the rest leads back to the beginning; a range that was not asked for is an error."""
    cut = pages.resumable(LARGE, (50_000,))
    gone = faults.add("/gone.png", pages.in_turn(cut, pages.status(416), pages.good(LARGE)))
    wrong = pages.raw(b"HTTP/1.1 206 -\r\nContent-Range: bytes 7-99/100\r\nContent-Length: 93\r\n\r\n" + bytes(93))
    lies = faults.add("/lies.png", pages.in_turn(pages.resumable(LARGE, (50_000,)), wrong))
    edgefetch(*SOON, gone, lies)
    assert codes(out) == {gone: "ok", lies: "protocol_error"}


@pytest.mark.parametrize("mode", ("async", "threads"))
def test_patience(edgefetch, faults, out, mode):
    """Goal: a host that says "in 2 seconds" is not asked anything before; another one meanwhile is."""
    busy = pages.in_turn(
        lambda exchange: exchange.answer(429, b"", [("Retry-After", "2")]), pages.good(PNG)
    )
    first = faults.add("/0.png", busy)
    others = [faults.add(f"/{i}.png", pages.good(PNG, delay=0.05)) for i in range(1, 5)]
    fine = [faults.add(f"/x{i}.png", pages.good(PNG), host="127.0.0.2") for i in range(8)]
    result = edgefetch(*SOON, "--mode", mode, "--per-host", 1, "-l", 2, first, *others, *fine)
    assert result.code == 0, result
    asked = [request.time for request in faults.requests if request.host.startswith("127.0.0.1")]
    assert asked[1] - asked[0] >= 2
    assert all(faults.count(f"/x{i}.png") == 1 for i in range(8))
    elsewhere = [request.time for request in faults.requests if request.host.startswith("127.0.0.2")]
    assert max(elsewhere) < asked[1]


def test_patience_has_a_limit(edgefetch, faults, out):
    """Goal: --max-retry-after is the longest that a server can make us wait."""
    busy = lambda exchange: exchange.answer(503, b"", [("Retry-After", "100000")])  # noqa: E731
    url = faults.add("/a.png", pages.in_turn(busy, pages.good(PNG)))
    assert edgefetch(*SOON, "--max-retry-after", 0.1, url).code == 0
    assert manifest(out)[url]["tries"][0]["wait"] == 100


@pytest.mark.parametrize("mode", SOME_MODES)
def test_host_given_up(edgefetch, faults, out, refused_port, mode):
    """Goal: a host that nobody is at is asked so many times in a row and no more; others are done."""
    dead = [f"http://127.0.0.1:{refused_port}/{i}" for i in range(30)]
    fine = [faults.add(f"/{i}.png", pages.good(PNG)) for i in range(3)]
    result = edgefetch("--retries", 2, "--retry-wait", 0.01, "--host-failures", 6, "--mode", mode, *dead, *fine)
    assert result.code == 1 and result.sums["ok"] == 3, result
    lines = manifest(out)
    found = [lines[url]["error"]["code"] for url in dead]
    assert set(found) == {"connect_failed", "host_given_up"}
    assert found.count("host_given_up") >= 20
    asked = sum(lines[url]["attempts"] for url in dead)
    assert 6 <= asked <= 6 + 4  # those that were under way together


def test_opt_out(edgefetch, faults, out):
    """Goal: X-Robots-Tag is heeded unless the user says otherwise, and nothing is kept."""
    url = faults.add("/a.png", pages.good(PNG, headers=(("X-Robots-Tag", "noai"),)))
    other = faults.add("/b.png", pages.good(PNG, headers=(("X-Robots-Tag", "googlebot: noai"),)))
    edgefetch(*SOON, url, other)
    assert codes(out) == {url: "opted_out", other: "ok"}
    assert faults.count("/a.png") == 1
    assert edgefetch("--ignore-opt-out", url, other).sums == {"ok": 1, "failed": 0, "skipped": 1, "cancelled": 0}


@pytest.mark.parametrize("option", ("--rate", "--host-rate"))
def test_rate(edgefetch, faults, out, option):
    """Goal: the last of a list begins no sooner than the rate allows."""
    urls = [faults.add(f"/{i}.png", pages.good(PNG)) for i in range(9)]
    begun = time.monotonic()
    assert edgefetch(option, "10/s", "-l", 9, *urls).code == 0
    assert max(request.time for request in faults.requests) - begun >= (len(urls) - 1) / 10


@pytest.mark.parametrize("value", ("0", "-1", "ten", "5/day", "", "1e-300/h", "0.003/h", "1000001", "nan", "inf/h"))
def test_bad_rate(edgefetch, faults, value):
    """Goal: what is no rate is refused with what would be one."""
    result = edgefetch("--rate", value, faults.url("/"))
    assert result.code == 2 and "10/min" in result.err


@pytest.mark.parametrize("mode", SOME_MODES)
def test_interrupted_while_waiting(start, faults, out, mode):
    """Goal: a run whose last URL waits for its next attempt ends at once, with the failure that it has."""
    url = faults.add("/a.png", pages.status(503))
    background = start(*("--retries", 3, "--retry-wait", 3000, "--mode", mode), url)
    wait_until(lambda: faults.count("/a.png") == 1, "it is asked for")
    wait_until(lambda: faults.in_flight() == 0, "it is answered")
    background.signal(signal.SIGINT)
    assert background.wait().code == 130
    assert codes(out) == {url: "http_5xx"}


def test_bodies_that_wait_do_not_fill_the_memory(edgefetch, faults, out):
    """Goal: beginnings that wait for their rest leave room for everybody else, in every mode."""
    urls = [faults.add(f"/{i}.png", pages.resumable(LARGE, (90_000,) * 2)) for i in range(6)]
    size = len(LARGE) + 1000
    for number, mode in enumerate(SOME_MODES):
        result = edgefetch(*SOON, "--mode", mode, "-l", 6, "--max-bytes", size, "--max-memory", size + number, "--force",
                           *urls)  # fmt: skip
        assert result.code == 0, result
