# SPDX-License-Identifier: MIT
"""How far a run is: the status block on a terminal, frame by frame; lines; JSON."""

import json
import os
import re
import signal
import subprocess
import threading

import numpy
import pytest

import pages
import pictures
import runner
from processes import Process, workers_of
from runner import wait_until
from terminal import COUNTS, SLOT, Terminal

SIZES = ((80, 24), (40, 10), (20, 5), (200, 50))

# Of a block; none of it may be left when the run has ended.
REMAINS = re.compile(r"pictures/s|\d/s|\bheld$|^(download|worker|read) \d|^[dwr]\d? |\d+/\d+ |\u2588|\u2591|left  ", re.MULTILINE)
COLOUR = re.compile(rb"\x1b\[[0-9;]*m")

# Path segments, percent-encoded: a Chinese one, a joined one, an emoji, and what a terminal might obey.
NAMES = ("plain", "%E7%8C%AB%E3%81%AE%E5%86%99%E7%9C%9F", "te%CC%81te%CC%81", "%F0%9F%98%80%F0%9F%98%80",
         "%1b%5b31m%1b%5b2J%07", "%E2%80%AEgnp.exe%E2%81%A6", "%ff%fe%9b1A", "n" * 300)  # fmt: skip


@pytest.fixture
def terminal(out):
    """terminal(*args, columns=, rows=, env=, ...): a Terminal with a run into `out`; loopback is allowed."""
    terminals = []

    def begin(*args, **how):
        options = ("-o", out, "--allow-private", "--retries", 0)
        terminals.append(Terminal(*args, *options, **how))
        return terminals[-1]

    yield begin
    for one in terminals:
        one.kill()


def gates(faults, names=NAMES):
    """A picture for each name, and the events that let each of them be answered."""
    events = [threading.Event() for _ in names]
    urls = [
        faults.add(f"/{name}.png", pages.good(pictures.png(seed=i), gate=gate))
        for i, (name, gate) in enumerate(zip(names, events))
    ]
    return urls, events


def check(run, limit, workers):
    """Every frame, and what is left behind."""
    assert any(frame.block for frame in run.frames)
    for frame in run.frames:
        frame.check(limit, workers)
    text = run.text()
    assert not REMAINS.search(re.split(r"\bcount\b", text)[0]), text  # with which the summary begins
    assert run.raw.count(b"\x1b[?") == 0  # no mode is set that would have to be set back


# ---- the block ----


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
def test_every_frame(terminal, faults, size):
    """Goal: at every size each frame is whole: counts add up, no more in flight than allowed, no line reaches the last
    column, nothing of earlier frames; failures stand above, and at the end only they and the summary do."""
    urls, events = gates(faults)
    missing = [faults.url(f"/missing{i}") for i in range(3)]
    run = terminal("-l", 3, "-w", 2, *urls[:4], *missing, *urls[4:], columns=size[0], rows=size[1])
    for i, event in enumerate(events):
        most = min(3, len(events) - i)
        run.wait(lambda frame: frame.busy(SLOT, "d")[0] == most, f"{most} are in flight")
        event.set()
    assert run.end() == 1
    check(run, 3, 2)
    text = run.text().replace("\n", "")
    for url in missing:
        assert f"failed     {url}: " in text
    assert "8 ok, 3 failed, 0 skipped, 0 cancelled" in text


def test_what_it_shows(terminal, faults):
    """Goal: bar, share, counts, rates, and for each download and worker what it does, by name."""
    body = pictures.png(width=200, height=200)
    gate, rest = threading.Event(), threading.Event()

    def half(exchange):
        exchange.hold(event=gate)
        exchange.head(200, [("Content-Length", len(body))])
        exchange.send(body[: len(body) // 2])
        exchange.hold(event=rest)
        exchange.send(body[len(body) // 2 :])

    urls = [faults.add("/half.png", half), faults.add("/quick.png", pages.good(pictures.png()))]
    run = terminal("-l", 2, "-w", 1, *urls)
    frame = run.wait(lambda frame: frame.number("ok") == 1, "one is done")
    assert frame.block[0].startswith("\u2588" * 13 + "\u2591" * 13 + "   50 %  1 of 2  1 ok")
    assert re.match(r"\d+\.\d pictures/s  -:-- left  .* of 512 MiB held", frame.block[1])
    assert re.match(r"download 1  half.png +waiting$", frame.block[2])
    assert frame.block[3:] == ["download 2  -", "worker 1    -"]
    gate.set()
    frame = run.wait(lambda frame: "%" in frame.block[2], "half of it is there")
    assert re.match(r"download 1  half.png +\d+ (KiB|B)  (49|50) %$", frame.block[2])
    rest.set()
    assert run.end() == 0
    check(run, 2, 1)


def test_a_worker_at_work(terminal, faults):
    """Goal: a worker's row has the picture that it has, and for how long it has had it."""
    gate = threading.Event()
    run = terminal("-w", 1, faults.add("/a.png", pages.good(pictures.png(), gate=gate)))
    run.wait(lambda frame: frame.busy(SLOT, "d")[0] == 1, "it is in flight")
    worker = wait_until(lambda: workers_of(run), "there is a worker")[0]
    worker.signal(signal.SIGSTOP)
    gate.set()
    run.wait(lambda frame: re.match(r"worker 1    a.png +1 s$", frame.block[-1]), "it is named")
    worker.signal(signal.SIGCONT)
    assert run.end() == 0
    check(run, 4, 1)


def test_resized(terminal, faults):
    """Goal: a terminal that becomes smaller or larger gets the block that fits, and nothing of the old one stays."""
    urls, events = gates(faults)
    run = terminal("-l", 3, "-w", 2, *urls, rows=30)
    for i, (columns, event) in enumerate(zip((80, 120, 60, 30, 100, 40, 20, 80), events)):
        run.resize(columns, 30)
        most = min(3, len(events) - i)
        run.wait(
            lambda frame: frame.columns == columns and frame.busy(SLOT, "d")[0] == most, f"{columns} columns"
        )
        event.set()
    assert run.end() == 0
    check(run, 3, 2)


def test_becomes_low(terminal, faults):
    """Goal: the same for one with fewer lines: the block takes fewer."""
    urls, events = gates(faults, "abcd")
    run = terminal("-l", 4, *urls)
    run.wait(lambda frame: frame.busy(SLOT, "d")[0] == 4, "four are in flight")
    run.resize(80, 4)
    run.wait(lambda frame: frame.rows == 4 and 1 < len(frame.block) < 4, "the block is low")
    for event in events:
        event.set()
    assert run.end() == 0


@pytest.mark.parametrize("size", ((1, 1), (2, 2), (80, 1), (3, 40)), ids=str)
def test_hardly_a_terminal(terminal, faults, size):
    """Goal: a terminal without room is not written beyond."""
    run = terminal(faults.add("/a.png", pages.good(pictures.png(), delay=0.3)), columns=size[0], rows=size[1])
    assert run.end() == 0


def test_a_list_that_is_still_read(terminal, faults):
    """Goal: while the list may go on there is neither a share nor a bar."""
    urls, events = gates(faults, "ab")
    reader, writer = os.pipe()
    with open(writer, "wb", buffering=0) as pipe, open(reader, "rb") as theirs:
        run = terminal("-", stdin=theirs)
        pipe.write(f"{urls[0]}\n{urls[1]}\n".encode())
        events[0].set()
        frame = run.wait(lambda frame: frame.number("ok") == 1, "one is done")
        assert frame.block[0].startswith("1 of 2+  1 ok")
    frame = run.wait(lambda frame: "1 of 2  " in frame.block[0], "the list has ended")
    assert "50 %" in frame.block[0]
    events[1].set()
    assert run.end() == 0


@pytest.mark.parametrize("mode", ("async", "threads", "sync"))
def test_modes(terminal, faults, mode):
    """Goal: each mode has its block; in sync mode one transfer, shown before it is waited for."""
    urls, events = gates(faults, "abc")
    run = terminal("-m", mode, "-l", 2, "-w", 1, *urls)
    run.wait(lambda frame: frame.busy(SLOT, "d")[0] == (1 if mode == "sync" else 2), "downloads are shown")
    for event in events:
        event.set()
    assert run.end() == 0
    check(run, 1 if mode == "sync" else 2, 1)


def test_downloads_alone(terminal, faults):
    """Goal: --stage download has no workers, and shows none."""
    urls, events = gates(faults, "ab")
    run = terminal("--stage", "download", *urls)
    frame = run.wait(lambda frame: frame.busy(SLOT, "d")[0] == 2, "two are in flight")
    assert not any("worker" in line for line in frame.block)
    for event in events:
        event.set()
    assert run.end() == 0
    check(run, 4, 0)


def test_local_pictures(tmp_path):
    """Goal: edges reads instead of downloading, and says so."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    large = pictures.save(numpy.zeros((3000, 4000, 3), numpy.uint8), "PNG", compress_level=1)
    for i in range(8):
        (folder / f"{i}.png").write_bytes(large)
    run = Terminal("edges", "-w", 1, "-o", tmp_path / "out", folder)
    run.wait(lambda frame: any(line.startswith("read 1 ") for line in frame.block), "reads are shown")
    assert run.end() == 0
    check(run, 4, 1)


def test_again(terminal, faults, out):
    """Goal: so does retry; what was done is no part of it."""
    urls, events = gates(faults, "a")
    faults.pages["/a.png"], page = pages.status(404), faults.pages["/a.png"]
    assert terminal(*urls).end() == 1
    faults.pages["/a.png"] = page
    run = Terminal("retry", out, "--allow-private")
    run.wait(lambda frame: "0 of 1 " in frame.block[0], "the block is there")
    events[0].set()
    assert run.end() == 0
    check(run, 4, len(os.sched_getaffinity(0)))


def test_the_demo(out):
    """Goal: at 80 columns every frame of the demo is right, from nothing done to everything."""
    run = Terminal("demo", "-w", 2, "--latency", 0.2, "-o", out, "--report", out / "report.html")
    assert run.end() == 0
    check(run, 4, 2)
    done = [int(COUNTS.search(frame.block[0])["done"]) for frame in run.frames if frame.block]
    assert done == sorted(done) and done[0] == 0 and len(set(done)) > 2


# ---- signals ----


def test_interrupted(terminal, faults):
    """Goal: Ctrl-C: the block says that the run is stopping, the message stands above it, and at the end nothing of it
    is left."""
    urls, events = gates(faults)
    run = terminal("-l", 2, "-w", 2, *urls)
    run.wait(lambda frame: frame.busy(SLOT, "d")[0] == 2, "two are in flight")
    run.type(b"\x03")
    run.wait(lambda frame: "6 cancelled  stopping" in frame.block[0], "it is stopping")
    assert any(line.startswith("stopping: finishing") for line in run.frames[-1].lines)
    for event in events:
        event.set()
    assert run.end() == 130
    check(run, 2, 2)
    assert "2 ok, 0 failed, 0 skipped, 6 cancelled" in run.text()


def test_interrupted_twice(terminal, faults):
    """Goal: the same when all is broken off."""
    run = terminal("-l", 2, "-w", 2, *(faults.add(f"/{i}", pages.never) for i in range(5)))
    run.wait(lambda frame: frame.busy(SLOT, "d")[0] == 2, "two are in flight")
    run.type(b"\x03")
    run.wait(lambda frame: "stopping" in frame.block[0], "it is stopping")
    run.type(b"\x03")
    assert run.end() == 130
    check(run, 2, 2)


SHELL = 'set -m; "$@"; echo "the shell is back"; read line; fg >/dev/null; echo "its exit code is $?"'


@pytest.mark.skipif(runner.SLOW, reason="valgrind has its own ideas of SIGTSTP")
def test_suspended(terminal, faults):
    """Goal: Ctrl-Z takes the block away and stops the run; when it goes on the block stands below what the shell has
    printed, and that is not touched."""
    urls, events = gates(faults, "abc")
    run = terminal("-l", 2, "-w", 2, *urls, before=("bash", "-c", SHELL, "bash"))
    run.wait(lambda frame: frame.busy(SLOT, "d")[0] == 2, "two are in flight")
    run.type(b"\x1a")
    wait_until(lambda: b"the shell is back" in run.read().raw, "the run has stopped")
    frames = len(run.frames)
    assert not run.frames[-1].block
    run.type(b"\n")
    wait_until(lambda: len(run.read().frames) > frames and run.frames[-1].block, "the block is there again")
    assert any("the shell is back" in line for line in run.frames[-1].lines)
    for event in events:
        event.set()
    assert run.end() == 0
    check(run, 2, 2)
    assert "the shell is back" in run.text() and "its exit code is 0" in run.text()


# ---- terminals that can less, and none ----


def test_colours(terminal, faults):
    """Goal: a bar is green and failures are red, unless NO_COLOR or the kind of terminal forbids."""
    urls = [faults.url("/missing"), faults.add("/a.png", pages.good(pictures.png(), delay=0.5))]
    for env, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "vt100"}, False)):
        run = terminal("--force", *urls, env=env)
        assert run.end() == 1
        check(run, 4, len(os.sched_getaffinity(0)))
        assert bool(COLOUR.search(run.raw)) == coloured
        assert not coloured or b"\x1b[31m1 failed\x1b[0m" in run.raw


def test_without_unicode(terminal, faults):
    """Goal: in a locale without UTF-8 the block is ASCII, names included."""
    urls, events = gates(faults, NAMES[1:4])
    run = terminal(*urls, env={"LANG": "C"})
    frame = run.wait(lambda frame: frame.busy(SLOT, "d")[0] == 3, "three are in flight")
    assert frame.block[0].startswith("[-----")
    assert all(line.isascii() for line in frame.block) and "????" in "\n".join(frame.block)
    for event in events:
        event.set()
    assert run.end() == 0


@pytest.mark.parametrize("term", ("dumb", ""), ids=("dumb", "unset"))
def test_dumb_terminal(terminal, faults, term):
    """Goal: a terminal that cannot move its cursor gets lines, and not one escape."""
    gate = threading.Event()
    run = terminal(faults.add("/a.png", pages.good(pictures.png(), gate=gate)), env={"TERM": term})
    wait_until(lambda: b"0 of 1 done, 0 ok, 0 failed; 1 of 4 downloads" in run.read().raw, "there is a line")
    gate.set()
    assert run.end() == 0
    assert b"\x1b" not in run.raw


def test_plain_when_asked_for(terminal, faults):
    """Goal: --progress plain, for screen readers, moves no cursor either."""
    gate = threading.Event()
    run = terminal("--progress", "plain", faults.add("/a.png", pages.good(pictures.png(), gate=gate)))
    wait_until(lambda: b"0 of 1 done" in run.read().raw, "there is a line")
    gate.set()
    assert run.end() == 0
    assert b"\x1b" not in run.raw


def test_json_on_the_same_terminal(terminal, faults):
    """Goal: lines of --json on the same terminal are not garbled: there is no block beside them."""
    run = terminal("--json", faults.add("/a.png", pages.good(pictures.png(), delay=0.3)))
    assert run.end() == 0
    assert b"\x1b" not in run.raw


def test_no_terminal(start, faults):
    """Goal: a bar that is asked for where there is none is lines; without workers the line tells of none."""
    gate = threading.Event()
    url = faults.add("/a.png", pages.good(pictures.png(), gate=gate))
    run = start("--progress", "bar", "--stage", "download", url)
    line = wait_until(lambda: re.search(r"0 of 1 done.*", run.err), "there is a line")[0]
    gate.set()
    assert run.wait().code == 0
    assert "1 of 4 downloads, " in line and "worker" not in line and "\x1b" not in run.err


def test_a_terminal_that_nobody_reads(terminal, faults):
    """Goal: a terminal that takes nothing holds up nothing."""
    urls = [faults.url(f"/missing{i}") for i in range(40)]
    names = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i), delay=0.1)) for i in range(40)]
    run = terminal("-v", "-q", "--progress", "bar", *urls, *names, stdout=subprocess.DEVNULL)
    assert run.process.wait(30 * runner.PATIENCE) == 1
    run = terminal("-v", *urls, *names, stdout=subprocess.DEVNULL)
    assert run.process.wait(30 * runner.PATIENCE) == 1


# ---- for programs ----

FIELDS = {
    "done": int, "total": int, "total_known": bool, "ok": int, "failed": int, "skipped": int, "cancelled": int,
    "rate_per_s": float, "bytes_per_s": float, "eta_s": (float, type(None)), "downloads": int, "limit": int,
    "workers_busy": int, "workers": int, "bytes_held": int, "max_memory": int, "elapsed_s": float, "ended": bool,
}  # fmt: skip


def test_json_lines(edgefetch, faults):
    """Goal: --progress json: each line has every field, counts add up and never go back, the last one is the end; with
    -q there is nothing else, and standard output is --json's alone."""
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i), delay=0.15)) for i in range(6)]
    result = edgefetch("-q", "--json", "--progress", "json", "-l", 2, "-w", 1, *urls, faults.url("/missing"))
    lines = [json.loads(line) for line in result.err.splitlines()]
    assert len(lines) >= 3 and [line["ended"] for line in lines] == [False] * (len(lines) - 1) + [True]
    for line in lines:
        assert list(line) == list(FIELDS)
        assert all(isinstance(line[key], kind) for key, kind in FIELDS.items())
        assert line["ok"] + line["failed"] + line["skipped"] + line["cancelled"] == line["done"] <= line["total"]
        assert line["downloads"] <= line["limit"] == 2 and line["workers_busy"] <= line["workers"] == 1
        assert line["bytes_held"] <= line["max_memory"]
    assert [line["done"] for line in lines] == sorted(line["done"] for line in lines)
    last = lines[-1]
    assert (last["done"], last["ok"], last["failed"], last["downloads"], last["bytes_held"]) == (7, 6, 1, 0, 0)
    assert [json.loads(line)["status"] for line in result.out.splitlines()].count("ok") == 6


def test_json_lines_of_an_interrupted_run(start, faults):
    """Goal: an interrupted run has its last line, too."""
    run = start("-q", "--progress", "json", *(faults.add(f"/{i}", pages.never) for i in range(6)))
    wait_until(lambda: '"downloads":4' in run.err, "four are in flight")
    for _ in range(2):
        main = Process(run.pid)
        run.signal(signal.SIGINT)
        wait_until(lambda: not main.alive() or not main.pending(signal.SIGINT), "it is taken")
    result = run.wait()
    last = json.loads([line for line in result.err.splitlines() if line.startswith("{")][-1])
    assert result.code == 130 and last["ended"] and last["cancelled"] == last["total"] == 6


def test_an_open_list_has_no_time_left(start, faults):
    """Goal: while the list is read there is no total, and no time left."""
    run = start("-q", "--progress", "json", "-", stdin=subprocess.PIPE)
    with run.process.stdin as pipe:
        urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(3)]
        pipe.write("\n".join([*urls, ""]).encode())
        pipe.flush()
        wait_until(lambda: '"done":3' in run.err, "all that are known are done")
    assert run.wait().code == 0
    lines = [json.loads(line) for line in run.err.splitlines()]
    assert all(line["eta_s"] is None for line in lines if not line["total_known"])
    assert not lines[0]["total_known"] and lines[-1]["total_known"]
