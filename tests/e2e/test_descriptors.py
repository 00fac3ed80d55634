# SPDX-License-Identifier: MIT
"""Few open files allowed: fewer downloads at a time, or a clear word, and never a failed URL."""

import pytest

import pages
import pictures
from runner import SLOW, write_list

pytestmark = pytest.mark.skipif(SLOW, reason="sanitizers and valgrind need descriptors of their own")


def limited(soft, hard):
    """A command that starts another with this limit on open files."""
    return ("sh", "-c", f'ulimit -Sn {soft} && ulimit -Hn {hard} && exec "$@"', "sh")


@pytest.fixture
def urls(faults):
    return [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(40)]


def test_too_few(edgefetch, faults, urls, out):
    """Goal: with fewer than any run needs nothing is begun, and the message says how many."""
    result = edgefetch("-w", "2", *urls, before=limited(24, 24))
    assert result.code == 4, result
    assert "24 open files are allowed" in result.err and "ulimit" in result.err
    assert not faults.requests


@pytest.mark.parametrize("allowed", (64, 80, 128, 256))
@pytest.mark.parametrize("detectors", ("neighbor", "neighbor,sobel,scharr,prewitt,canny"))
def test_few(edgefetch, urls, allowed, detectors):
    """Goal: with few of them a --limit is lowered, with a warning, and nothing fails for it."""
    options = ("-w", "2", "-l", "100", "-d", detectors)
    result = edgefetch(*options, *urls, before=limited(allowed, allowed))
    assert result.code == 0, result
    assert f"{allowed} open files" in result.err
    assert result.sums["ok"] == 40


def test_many_lists(edgefetch, urls, tmp_path):
    """Goal: lists count as well, and their number may be above the soft limit."""
    lists = [write_list(tmp_path / f"list{i}", [url]) for i, url in enumerate(urls)]
    result = edgefetch("-w", "2", "-l", "100", *lists, before=limited(32, 128))
    assert result.code == 0, result
    assert result.sums["ok"] == 40 and "128 open files" in result.err
