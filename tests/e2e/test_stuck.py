# SPDX-License-Identifier: MIT
"""Outputs that nobody reads, and signals in the last moments of a run."""

import contextlib
import os
import random
import signal
import subprocess
import threading

import pytest

import pages
import pictures
from processes import Process
from runner import PATIENCE, SLOW, codes, manifest_lines, wait_until

PARTS = {"original", "edges", "manifest.jsonl"}


@pytest.fixture
def full_pipe():
    """The writing end of a pipe that is full, and that nobody reads."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, bytes(4096))
    os.set_blocking(writer, True)
    yield writer
    os.close(reader)
    os.close(writer)


def interrupt_until_it_ends(background):
    """Sends SIGINT again and again, each when the one before has been taken; returns how often."""
    main = Process(background.pid)
    sent = 0
    while background.process.poll() is None and sent < 4:
        background.signal(signal.SIGINT)
        sent += 1
        with contextlib.suppress(OSError):
            wait_until(lambda: not main.alive() or not main.status("ShdPnd", 16), "it is taken")
        with contextlib.suppress(subprocess.TimeoutExpired):
            background.process.wait(PATIENCE)
    return sent


def test_standard_error_that_nobody_reads(start, faults, out, full_pipe):
    """Goal: with a full pipe as standard error the run goes on, whatever it has to tell."""
    urls = [faults.url(f"/missing{i}") for i in range(50)]
    background = start("-v", *urls, stderr=full_pipe)
    assert background.wait().code == 1
    assert set(codes(out)) == set(urls)


def test_interrupted_while_nobody_reads_standard_error(start, faults, out, full_pipe):
    """Goal: signals are obeyed all the same."""
    urls = [faults.add(f"/never{i}", pages.never) for i in range(3)]
    background = start("-v", faults.url("/missing"), *urls, stderr=full_pipe)
    wait_until(lambda: faults.in_flight() == 3, "the downloads have begun")
    assert interrupt_until_it_ends(background) <= 2
    assert background.wait().code == 130
    assert len(codes(out)) == 4
    assert {path.name for path in out.iterdir()} == PARTS


def test_messages_that_were_dropped_are_counted(start, faults):
    """Goal: who reads again is told that something is missing, and then how the run ends."""
    gate = threading.Event()
    last = faults.add("/last.png", pages.good(pictures.png(), gate=gate))
    urls = [faults.url(f"/missing{i}") for i in range(50)]
    reader, writer = os.pipe()
    with open(reader, "rb") as told, open(writer, "wb", buffering=0) as pipe:
        os.set_blocking(writer, False)
        with contextlib.suppress(BlockingIOError):
            while pipe.write(bytes(4096)):
                pass
        os.set_blocking(writer, True)
        background = start("-v", "--progress", "none", last, *urls, stderr=pipe)
        wait_until(lambda: faults.count("/missing49") == 1, "all else is asked for")
        pipe.close()
        threading.Timer(0.5, gate.set).start()  # after messages that nobody has read
        text = told.read().replace(b"\0", b"").decode()
    assert background.wait().code == 1
    assert "messages were dropped" in text and "ok         " in text


def test_interrupted_while_nobody_reads_json(start, faults, out, full_pipe):
    """Goal: a run whose lines nobody takes ends at the third signal, with 130, a whole manifest and
    nothing half-written."""
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(5)]
    background = start("--json", *urls, stdout=full_pipe)
    wait_until((out / "manifest.jsonl").exists, "there is a manifest")
    wait_until(lambda: len(manifest_lines(out)) == 5, "everything is done")
    assert interrupt_until_it_ends(background) <= 3
    assert background.wait().code == 130
    assert set(codes(out).values()) == {"ok"}
    assert {path.name for path in out.iterdir()} == PARTS


def test_interrupted_while_nobody_reads_the_summary(start, faults, out, full_pipe):
    """Goal: the second signal ends a run that can only not print its summary."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    background = start(url, stdout=full_pipe)
    wait_until((out / "edges").is_dir, "the run has begun")
    wait_until(lambda: {path.name for path in out.iterdir()} == PARTS, "the run is over")
    assert interrupt_until_it_ends(background) <= 2
    assert background.wait().code == 130


@pytest.mark.skipif(SLOW, reason="valgrind catches every signal before the program does")
@pytest.mark.parametrize("number", (signal.SIGINT, signal.SIGHUP))
def test_a_signal_at_any_time(start, faults, tmp_path, number):
    """Goal: from the moment a run has begun, no signal kills it: it ends with its own exit code, and
    nothing half-written is left."""
    chance = random.Random(7)
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(6)]
    for i in range(30):
        out = tmp_path / f"out{i}"
        background = start("-o", out, *urls)
        main = Process(background.pid)
        with contextlib.suppress(OSError):
            wait_until(lambda: main.catches(number) or not main.alive(), "the run has begun")
        threading.Event().wait(chance.uniform(0, 0.06))
        if main.alive():
            background.signal(number)
        assert background.wait().code in (0, 130), i
        assert not list(out.glob(".*"))
