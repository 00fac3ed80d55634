# SPDX-License-Identifier: MIT
"""How much at once: downloads, downloads from one host, bytes, pixels, memory."""

import threading

import pytest

import pages
import pictures
from runner import codes, manifest, manifest_lines, wait_until


def gated(faults, gate, hosts=("127.0.0.1",), count=12):
    """`count` URLs, of each host in turn, that are answered when the gate is open."""
    for i in range(count):
        faults.add(f"/{i}.png", pages.good(pictures.png(seed=i), gate=gate))
    return [faults.url(f"/{i}.png", host=hosts[i % len(hosts)]) for i in range(count)]


def run_gated(start, faults, gate, expected, *args):
    """Starts a run, opens the gate when `expected` requests are in flight, and returns the run's
    Result."""
    running = start(*args)
    wait_until(lambda: faults.in_flight() == expected, f"{expected} requests are in flight")
    gate.wait(0.1)  # one too many would come now
    gate.set()
    return running.wait()


@pytest.mark.parametrize("limit", (1, 3, 12))
def test_limit(start, faults, limit):
    """Goal: the server sees exactly as many requests at once as --limit says, and no more."""
    gate = threading.Event()
    urls = gated(faults, gate)
    assert run_gated(start, faults, gate, limit, "-l", limit, *urls).code == 0
    assert faults.peak() == limit


def test_default_limit_is_four(start, faults):
    """Goal: without an option four downloads are in flight."""
    gate = threading.Event()
    urls = gated(faults, gate)
    assert run_gated(start, faults, gate, 4, *urls).code == 0
    assert faults.peak() == 4


def test_limit_zero_is_no_limit(start, faults):
    """Goal: with --limit 0 a list of 60 is in flight as a whole."""
    gate = threading.Event()
    urls = gated(faults, gate, count=60)
    assert run_gated(start, faults, gate, 60, "-l", "0", *urls).code == 0


def test_per_host(start, faults):
    """Goal: no host sees more than --per-host at once, while the others fill the limit."""
    gate = threading.Event()
    hosts = ("127.0.0.1", "127.0.0.2", "localhost")
    urls = gated(faults, gate, hosts, count=18)
    result = run_gated(start, faults, gate, 6, "-l", "8", "--per-host", "2", *urls)
    assert result.code == 0
    assert [faults.peak(host) for host in hosts] == [2, 2, 2]


def test_a_busy_host_is_passed_by(start, faults):
    """Goal: a host's long queue at the head of the list does not keep another host waiting."""
    gate = threading.Event()
    slow = gated(faults, gate, count=8)
    quick = faults.add("/quick.png", pages.good(pictures.png(seed=99)), host="127.0.0.2")
    running = start("-l", "4", "--per-host", "2", *slow, quick)
    wait_until(lambda: faults.count("/quick.png") == 1, "the other host is asked")
    gate.set()
    assert running.wait().code == 0


def test_a_stalled_host_holds_one_slot(edgefetch, faults):
    """Goal: as long as other hosts have URLs left, a host that never answers holds one of four slots,
    not all of its own; then it gets those as well, and none of its URLs waits for another's end."""
    hosts = [f"h{i}.test" for i in range(8)]
    good = [
        faults.add(f"/{i}.png", pages.good(pictures.png(seed=i), delay=0.005), host)
        for i in range(8)
        for host in hosts
    ]
    stalled = [faults.add(f"/never{i}", pages.never, host="stalls.test") for i in range(4)]
    result = edgefetch("--connect-to", f"::127.0.0.1:{faults.port}", "-l", "4",
                       "--stall-timeout", "2", *stalled, *good)  # fmt: skip
    assert result.sums == {"ok": len(good), "failed": len(stalled), "skipped": 0, "cancelled": 0}
    asked = [request.path.startswith("/never") for request in faults.requests]
    last_good = len(asked) - 1 - asked[::-1].index(False)
    assert sum(asked[: last_good - 4]) == 1, asked  # the last four may be overtaken on their way
    assert faults.peak("stalls.test") == 4


def test_a_slow_url_holds_up_nobody(start, faults, out):
    """Goal: everything else is done while one URL has not even begun to answer."""
    gate = threading.Event()
    slow = faults.add("/slow.png", pages.good(pictures.png(), gate=gate))
    others = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(10)]
    running = start("-l", "2", slow, *others)
    wait_until(lambda: (out / "manifest.jsonl").exists(), "there is a manifest")
    wait_until(lambda: len(manifest_lines(out)) == 10, "the others are done")
    gate.set()
    assert running.wait().sums["ok"] == 11


def test_per_host_is_never_above_the_limit(start, faults):
    """Goal: --per-host above --limit changes nothing."""
    gate = threading.Event()
    urls = gated(faults, gate)
    result = run_gated(start, faults, gate, 2, "-l", "2", "--per-host", "9", *urls)
    assert result.code == 0
    assert faults.peak() == 2


@pytest.mark.parametrize("page", (pages.good, lambda body: pages.chunked([body[:99], body[99:]])))
def test_max_bytes(edgefetch, faults, out, page):
    """Goal: a body of exactly --max-bytes is taken and one byte more is not, announced or not."""
    body = pictures.png()
    url = faults.add("/a.png", page(body))
    assert edgefetch("--max-bytes", len(body) - 1, url).code == 1
    error = manifest(out)[url]["error"]
    assert error["code"] == "too_large" and "--max-bytes" in error["message"]
    assert edgefetch("--max-bytes", len(body), url).code == 0


def test_max_bytes_stops_the_transfer(edgefetch, faults, out):
    """Goal: a body that is too large is cut off while it streams, and an announced one before."""
    endless = faults.add("/endless", pages.endless_chunks)
    announced = faults.add("/announced", pages.announced_only(2**40))
    assert edgefetch("--max-bytes", "1M", endless, announced).code == 1
    assert codes(out) == {endless: "too_large", announced: "too_large"}


def test_max_bytes_is_for_pictures(edgefetch, faults, out):
    """Goal: the length of an error page or a redirect's own body is not taken for the picture's."""
    missing = faults.add("/404", pages.status(404, b"x" * 5000))
    assert edgefetch("--max-bytes", "1000", missing).code == 1
    assert codes(out) == {missing: "http_4xx"}


def test_max_pixels(edgefetch, faults, out):
    """Goal: a picture of exactly --max-pixels is done, and one pixel more is not."""
    exact = faults.add("/exact.png", pages.good(pictures.png(40, 25)))
    above = faults.add("/above.png", pages.good(pictures.png(1001, 1)))
    assert edgefetch("--max-pixels", "1000", exact, above).code == 1
    assert codes(out) == {exact: "ok", above: "image_too_large"}


@pytest.mark.parametrize("memory", ("256K", "300K", "1M"))
def test_max_memory(edgefetch, faults, memory):
    """Goal: with room for hardly more than one body, every picture is still done."""
    urls = [
        faults.add(f"/{i}.png", pages.good(pictures.png(280, 280, seed=i))) for i in range(12)
    ]
    result = edgefetch("-l", "8", "--max-memory", memory, "--max-bytes", "256K", *urls)
    assert result.sums == {"ok": 12, "failed": 0, "skipped": 0, "cancelled": 0}


def test_body_above_max_memory(edgefetch, faults, out):
    """Goal: a body that can never be held is an error, not a run that waits for ever."""
    url = faults.add("/a.png", pages.good(pictures.png(280, 280)))
    assert edgefetch("--max-memory", "100K", url).code == 1
    error = manifest(out)[url]["error"]
    assert error["code"] == "too_large" and "--max-memory" in error["message"]


def test_more_workers_than_pictures(edgefetch, faults):
    """Goal: the number of workers does not have to fit the list."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    assert edgefetch("-w", "16", url).code == 0
