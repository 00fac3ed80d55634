# SPDX-License-Identifier: MIT
"""`--stats`: what the run has used is the run's alone."""

import json
import sys

import pytest

import pages
import pictures
from runner import SLOW

# Uses CPU time, itself and in a child, and much memory, and becomes the program.
BUSY_PARENT = """
import os, resource, subprocess, sys
burn = "while sum(os.times()[:2]) < 0.5: pass"
subprocess.run([sys.executable, "-c", "import os\\n" + burn])
exec(burn)
held = b"x" * (400 << 20)
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.skipif(SLOW, reason="a sanitizer's own time and memory exceed those of the parent")
def test_started_by_a_busy_parent(edgefetch, faults, tmp_path):
    """Bad input: whoever starts us by exec leaves us its figures. Goal: they are not the run's."""
    stats = tmp_path / "stats.json"
    url = faults.add("/a.png", pages.good(pictures.png()))
    before = (sys.executable, "-c", BUSY_PARENT)
    assert edgefetch("--stats", stats, url, before=before).code == 0
    figures = json.loads(stats.read_text())
    assert 0 < figures["main_cpu_s"] < 0.5 and 0 < figures["worker_cpu_s"] < 0.5
    assert 1 << 20 < figures["main_peak_bytes"] < 300 << 20
    assert 1 << 20 < figures["worker_peak_bytes"] < 300 << 20
