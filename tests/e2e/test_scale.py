# SPDX-License-Identifier: MIT
"""Long lists: memory and descriptors do not follow the number of URLs."""

import os
import time

import pytest

from processes import Process
from runner import FULL, SLOW, manifest_lines

LINES = 200_000 if FULL else 10_000

pytestmark = pytest.mark.skipif(SLOW, reason="a sanitizer's memory is not the program's")


class Watch:
    """Samples of a process until it ends."""

    def __init__(self, background):
        self.peak_kib = 0
        self.descriptors = []
        process = Process(background.pid)
        while background.process.poll() is None:
            self._sample(process)
            time.sleep(0.005)

    def _sample(self, process):
        try:
            self.peak_kib = max(self.peak_kib, process.status("VmHWM"))
            self.descriptors.append(process.descriptors())
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            pass  # it has just ended

    def assert_flat(self):
        """Descriptors do not grow: after the start-up, the ends are as the middle."""
        steady = self.descriptors[len(self.descriptors) // 4 :]
        half = len(steady) // 2
        assert len(steady) >= 10, "too few samples"
        assert max(steady[half:]) <= max(steady[:half]) + 4, self.descriptors


def long_list(path, base):
    with open(path, "w", encoding="ascii") as file:
        for i in range(LINES):
            file.write(f"{base}{i}.png\n")
    return path


def run_and_watch(start, *args):
    background = start("--progress", "none", *args)
    watch = Watch(background)
    result = background.wait(600)
    assert result.sums == {"ok": 0, "failed": LINES, "skipped": 0, "cancelled": 0}
    assert watch.peak_kib < 64 * 1024
    watch.assert_flat()
    return result


def test_a_refused_port(start, tmp_path, out, refused_port):
    """Goal: a long list of URLs at which nobody listens ends, with a line for each, under 64 MB
    and with a steady number of descriptors."""
    result = run_and_watch(start, long_list(tmp_path / "list", f"http://127.0.0.1:{refused_port}/"))
    assert result.code == 1
    assert len(manifest_lines(out)) == LINES
    assert len(result.err.splitlines()) < 100  # not a line for each


def test_answers_of_404(start, tmp_path, out, nginx):
    """Goal: the same for URLs that a server does not know, over a few connections."""
    prefix = f"none-{os.urandom(4).hex()}/"
    run_and_watch(start, "-l", "16", long_list(tmp_path / "list", nginx.url(prefix)))
    assert len(manifest_lines(out)) == LINES
    connections = {connection for connection, _, _ in nginx.accesses("/" + prefix)}
    assert len(connections) <= LINES / 50  # nginx closes one after 1000 requests


def test_a_long_list_read_again(start, tmp_path, out, refused_port):
    """Goal: reading a long manifest back costs no more memory than writing it."""
    list_file = long_list(tmp_path / "list", f"http://127.0.0.1:{refused_port}/")
    for times in (1, 2):
        run_and_watch(start, "-l", "64", list_file)
        assert len(manifest_lines(out)) == times * LINES
