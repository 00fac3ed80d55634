# SPDX-License-Identifier: MIT
"""`--trace`: the events are whole, fit into each other, and say what the manifest says."""

import collections
import json
import signal

import pytest

import pages
import pictures
from runner import manifest, run, wait_until

LOOP, DOWNLOADS, WORKERS, WRITES = 1, 2, 3, 4
STEPS = {"name lookup", "connect", "TLS", "wait", "body", "decode", "detect", "encode"}


class Trace:
    """The events of a trace by kind; what is asked of every trace is checked on reading."""

    def __init__(self, path):
        events = json.loads(path.read_text())
        self.epoch_us = next(e for e in events if e["name"] == "run")["args"]["epoch_us"]
        self.slices = [e for e in events if e["ph"] == "X"]
        self.counters = [e for e in events if e["ph"] == "C"]
        names = [e for e in events if e["name"] == "thread_name"]
        self.names = {(e["pid"], e["tid"]): e["args"]["name"] for e in names}
        assert {e["ph"] for e in events} <= {"X", "C", "M", "i"}
        assert all(e["dur"] >= 0 and e["ts"] >= 0 for e in self.slices)
        assert {(e["pid"], e["tid"]) for e in self.slices} <= set(self.names)
        self.check_nesting()

    def check_nesting(self):
        """In a lane two slices follow each other or one lies in the other."""
        lanes = collections.defaultdict(list)
        for e in self.slices:
            lanes[e["pid"], e["tid"]].append((e["ts"], -(e["ts"] + e["dur"]), e["name"]))
        for lane, slices in lanes.items():
            open_ends = []
            for start, end, name in sorted(slices):
                while open_ends and open_ends[-1] <= start:
                    open_ends.pop()
                assert not open_ends or -end <= open_ends[-1], (lane, name, start)
                open_ends.append(-end)

    def of(self, group):
        """The slices of a group that are not steps inside others."""
        return [e for e in self.slices if e["pid"] == group and e["name"] not in STEPS]

    def most_at_once(self, group):
        ends = [(e["ts"] + e["dur"], -1) for e in self.of(group)]
        now = most = 0
        for _, change in sorted(ends + [(e["ts"], 1) for e in self.of(group)]):
            now += change
            most = max(most, now)
        return most

    def counted(self, name):
        return [e["args"]["value"] for e in self.counters if e["name"] == name]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "trace.json"


def good(faults, count):
    return [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(count)]


@pytest.mark.parametrize("mode", ("async", "threads", "sync"))
def test_trace(edgefetch, faults, out, file, mode):
    """Goal: every picture has its download, its worker and its writing, at the manifest's times, in
    no more lanes than there may be; the counters begin and end at none."""
    urls = good(faults, 12)
    assert edgefetch("--trace", file, "-l", 3, "-w", 2, "--mode", mode, *urls).code == 0
    trace, lines = Trace(file), manifest(out)
    downloads = {e["args"]["url"]: e for e in trace.of(DOWNLOADS)}
    workers = {e["args"]["index"]: e for e in trace.of(WORKERS)}
    writes = collections.Counter(e["name"] for e in trace.of(WRITES))
    assert set(downloads) == set(urls) and len(trace.of(DOWNLOADS)) == 12
    assert len(workers) == 12 and len(writes) == 12 and set(writes.values()) == {1}
    for url, line in lines.items():
        ms, download, worker = line["ms"], downloads[url], workers[line["index"]]
        at = ms["at"] * 1000 - trace.epoch_us  # both clocks are read when the run begins
        assert download["ts"] == pytest.approx(at + 1000 * ms["queued"], abs=2000)
        assert download["dur"] == pytest.approx(1000 * ms["download"], abs=0.6)
        assert worker["dur"] == pytest.approx(1000 * ms["process"], abs=0.6)
        held = worker["ts"] - download["ts"] - download["dur"]
        assert held == pytest.approx(1000 * ms["held"], abs=0.6)
        assert download["args"]["bytes"] == line["original"]["bytes"]
    assert trace.most_at_once(DOWNLOADS) <= (1 if mode == "sync" else 3)
    assert trace.most_at_once(WORKERS) <= 2
    for name in ("downloads in flight", "pictures held", "bytes held", "workers busy"):
        values = trace.counted(name)
        assert min(values) == 0 and values[-1] == 0 and max(values) > 0, name
    assert max(trace.counted("downloads in flight")) == trace.most_at_once(DOWNLOADS)
    assert max(trace.counted("workers busy")) == trace.most_at_once(WORKERS)


def test_attempts(edgefetch, faults, file):
    """Goal: each attempt is a slice with its failure, and so is a final failure."""
    again = faults.add("/again", pages.in_turn(pages.status(503), pages.good(pictures.png())))
    broken = faults.add("/broken", pages.good(b"\x89PNG\r\n\x1a\nno picture"))
    missing = faults.url("/missing")
    edgefetch("--trace", file, "--retries", 1, "--retry-wait", 0, again, broken, missing)
    trace = Trace(file)
    statuses = collections.defaultdict(list)
    for args in (e["args"] for e in trace.of(DOWNLOADS)):
        statuses[args["url"]].append(args.get("failed") or args["status"])
    assert sorted(statuses) == sorted([again, broken, missing])
    assert statuses[again] == ["http_5xx", "ok"]
    assert statuses[missing] == ["http_4xx"]
    assert len(trace.of(WORKERS)) == 2 and len(trace.of(WRITES)) == 1


def test_sample(edgefetch, faults, file):
    """Goal: one of five pictures is traced."""
    urls = good(faults, 11)
    assert edgefetch("--trace", file, "--trace-sample", 5, *urls).code == 0
    assert {e["args"]["url"] for e in Trace(file).of(DOWNLOADS)} == {urls[0], urls[5], urls[10]}


def test_hostile_url(edgefetch, faults, file):
    """Bad input: quotes, markup, controls and bytes that are no text. Goal: valid JSON."""
    path = '/"><script>\x7f\u202e%00\\'
    edgefetch("--trace", file, faults.url(path), "http://\x01\"")
    assert len(Trace(file).of(DOWNLOADS)) <= 2


def test_local(tmp_path, out, file):
    """Goal: local pictures have a trace, too."""
    (tmp_path / "a.png").write_bytes(pictures.png())
    assert run("edges", "--trace", file, tmp_path / "a.png", "-o", out).code == 0
    trace = Trace(file)
    assert len(trace.of(WORKERS)) == 1 and len(trace.of(WRITES)) == 1


def test_not_writable(edgefetch, faults, tmp_path):
    """Bad input: a trace in no directory. Goal: an error before anything is fetched."""
    result = edgefetch("--trace", tmp_path / "nowhere/trace.json", *good(faults, 1))
    assert result.code == 4 and "nowhere/trace.json cannot be written" in result.err
    assert faults.requests == []


def test_full_disk(edgefetch, faults):
    """Bad input: no room for the trace. Goal: the run is done without it, and says so."""
    result = edgefetch("--trace", "/dev/full", *good(faults, 3))
    assert result.code == 4 and result.sums["ok"] == 3
    assert "the trace cannot be written: no space left on device" in result.err


def test_killed(start, faults, file):
    """Bad input: SIGKILL. Goal: what has been written is an array without its end."""
    urls = [*good(faults, 3), faults.add("/never", pages.never)]
    running = start("--trace", file, "-l", 1, *urls)
    wait_until(lambda: faults.count("/never") == 1, "the last one is asked for")
    written = '"ph":"X","pid":4'
    wait_until(lambda: file.read_text().count(written) == 3, "three writes are in the trace")
    running.signal(signal.SIGKILL)
    running.wait()
    text = file.read_text()
    whole = text[: text.rindex("}\n") + 1] + "]"
    assert len([e for e in json.loads(whole) if e["ph"] == "X" and e["pid"] == WRITES]) == 3
