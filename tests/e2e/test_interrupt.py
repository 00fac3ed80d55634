# SPDX-License-Identifier: MIT
"""Interrupted: what is in hand is finished, the rest is cancelled, everything is told."""

import os
import signal
import subprocess
import threading

import pytest

import pages
import pictures
from processes import Process
from runner import SLOW, codes, manifest, wait_until, write_list


def gated(faults, gate, count):
    """Good URLs that are answered when the gate is open."""
    return [
        faults.add(f"/{i}.png", pages.good(pictures.png(seed=i), gate=gate)) for i in range(count)
    ]


def interrupt(background, number=signal.SIGINT):
    """Sends the signal and waits until it has been understood."""
    background.signal(number)
    wait_until(lambda: "stopping" in background.err, "the signal has been seen")


@pytest.mark.parametrize("number", (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
def test_what_is_in_hand_is_finished(start, faults, out, tmp_path, number):
    """Goal: after a signal the downloads in flight are finished and processed, what waits is
    cancelled, the manifest has a line for every URL, the sums add up, exit 130."""
    gate = threading.Event()
    urls = gated(faults, gate, 20)
    background = start("-l", "3", write_list(tmp_path / "list", urls))
    wait_until(lambda: faults.in_flight() == 3, "three downloads are in flight")
    interrupt(background, number)
    gate.set()
    result = background.wait()
    assert result.code == 130, result
    assert result.sums == {"ok": 3, "failed": 0, "skipped": 0, "cancelled": 17}
    found = codes(out)
    assert [found[url] for url in urls] == ["ok"] * 3 + ["cancelled"] * 17
    assert len(list((out / "edges").iterdir())) == 3
    assert len(faults.requests) == 3


def test_ctrl_c_in_a_terminal(start, faults, out):
    """Goal: a signal to the whole process group, as a terminal sends it, is one to main alone: the
    workers live to finish what is in hand."""
    gate = threading.Event()
    urls = gated(faults, gate, 6)
    background = start("-l", "3", *urls)
    wait_until(lambda: faults.in_flight() == 3, "three downloads are in flight")
    os.killpg(background.pid, signal.SIGINT)
    wait_until(lambda: "stopping" in background.err, "the signal has been seen")
    gate.set()
    result = background.wait()
    assert result.code == 130
    assert result.sums == {"ok": 3, "failed": 0, "skipped": 0, "cancelled": 3}


def test_then_the_same_command_goes_on(start, edgefetch, faults, out, tmp_path):
    """Goal: what was cancelled is done by the next run, and only that."""
    gate = threading.Event()
    options = ("-l", "2", write_list(tmp_path / "list", gated(faults, gate, 6)))
    background = start(*options)
    wait_until(lambda: faults.in_flight() == 2, "two downloads are in flight")
    interrupt(background)
    gate.set()
    background.wait()
    assert edgefetch(*options).sums == {"ok": 4, "failed": 0, "skipped": 2, "cancelled": 0}
    assert set(codes(out).values()) == {"ok"}


def test_a_second_signal_ends_at_once(start, faults, out, tmp_path):
    """Goal: a second signal breaks off what is in hand, tidily: sums, manifest, exit 130."""
    stuck = [faults.add(f"/never{i}", pages.never) for i in range(5)]
    background = start("-l", "2", write_list(tmp_path / "list", stuck))
    wait_until(lambda: faults.in_flight() == 2, "two downloads are in flight")
    interrupt(background)
    background.signal(signal.SIGINT)
    result = background.wait()
    assert result.code == 130, result
    assert result.sums == {"ok": 0, "failed": 0, "skipped": 0, "cancelled": 5}
    assert codes(out) == dict.fromkeys(stuck, "cancelled")
    assert {path.name for path in out.iterdir()} == {"original", "edges", "manifest.jsonl"}


def test_a_second_signal_while_a_worker_is_busy(start, faults, out):
    """Goal: a picture in a worker is given up too."""
    url = faults.add("/heavy.png", pages.good(pictures.heavy()))
    background = start("-w", "1", url)
    wait_until(lambda: faults.count("/heavy.png") == 1, "the picture is asked for")
    wait_until(lambda: faults.in_flight() == 0, "the picture is sent")
    interrupt(background)
    background.signal(signal.SIGINT)
    result = background.wait()
    assert result.code == 130, result
    assert sum(result.sums.values()) == 1
    assert manifest(out)[url]["status"] in ("cancelled", "ok")


def test_a_list_that_is_still_being_written(start, faults, out):
    """Goal: a run that waits for its standard input ends at a signal, although the pipe stays
    open."""
    gate = threading.Event()
    gate.set()
    urls = gated(faults, gate, 2)
    background = start("-", stdin=subprocess.PIPE)
    with background.process.stdin as pipe:
        pipe.write("\n".join([*urls, ""]).encode())
        pipe.flush()
        wait_until(lambda: len(list((out / "edges").glob("*"))) == 2, "both are done")
        interrupt(background)
        result = background.wait()
    assert result.code == 130, result
    assert result.sums == {"ok": 2, "failed": 0, "skipped": 0, "cancelled": 0}


@pytest.mark.skipif(SLOW, reason="valgrind catches every signal before the program does")
def test_signal_before_the_first_line_of_a_pipe(start):
    """Goal: the same when nothing has come through the pipe yet."""
    background = start("-", stdin=subprocess.PIPE)
    with background.process.stdin:
        main = Process(background.pid)
        wait_until(lambda: main.catches(signal.SIGINT), "the run has begun")
        background.signal(signal.SIGINT)
        result = background.wait()
    assert result.code == 130, result


def test_while_the_manifest_is_read(start, faults, out):
    """Goal: a run that still reads what earlier ones have done ends at once, with nothing begun."""
    out.mkdir()
    manifest_file = out / "manifest.jsonl"
    manifest_file.write_bytes(b"\n" * (100 << 20))  # takes much longer to read than to write
    background = start(faults.url("/missing"))
    main = Process(background.pid)
    wait_until(lambda: main.catches(signal.SIGINT), "the run has begun")
    background.signal(signal.SIGINT)
    result = background.wait()
    assert result.code == 130, result
    assert "cancelled" not in result.out and not faults.requests
    assert {path.name for path in out.iterdir()} == {"original", "edges", "manifest.jsonl"}


def test_failures_are_kept(start, faults, out):
    """Goal: a failure before the signal stays one; it is not called cancelled."""
    missing = faults.url("/missing")
    stuck = faults.add("/never", pages.never)
    background = start("-v", missing, stuck)
    wait_until(lambda: "http_4xx" in background.err, "the failure is told")
    interrupt(background)
    background.signal(signal.SIGINT)
    result = background.wait()
    assert (result.code, result.sums["failed"], result.sums["cancelled"]) == (130, 1, 1)
    assert codes(out) == {missing: "http_4xx", stuck: "cancelled"}
