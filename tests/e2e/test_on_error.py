# SPDX-License-Identifier: MIT
"""How many failures a run puts up with: all of them, or so many."""

import pytest

import pages
import pictures
from runner import codes, write_list


def good(faults, count, **how):
    return [
        faults.add(f"/{i}.png", pages.good(pictures.png(seed=i), **how)) for i in range(count)
    ]


def test_continue_is_the_default(edgefetch, faults):
    """Goal: every URL is tried, whatever becomes of the others."""
    urls = [faults.url(f"/missing{i}") for i in range(30)] + good(faults, 3)
    result = edgefetch("-l", "2", *urls)
    assert result.code == 1
    assert result.sums == {"ok": 3, "failed": 30, "skipped": 0, "cancelled": 0}


@pytest.mark.parametrize("mode", ("async", "threads", "sync"))
def test_abort(edgefetch, faults, out, tmp_path, mode):
    """Goal: the first failure cancels what is in flight and what waits, exit 3, and every URL is
    accounted for, in every mode."""
    before, bad = good(faults, 2), faults.url("/missing")
    slow = [faults.add(f"/slow{i}", pages.never) for i in range(20)]
    path = write_list(tmp_path / "list", [*before, bad, *slow])
    result = edgefetch("-l", "3", "--mode", mode, "--on-error", "abort", path)
    assert result.code == 3, result
    found = codes(out)
    assert len(found) == 23 and found[bad] == "http_4xx"
    assert {found[url] for url in slow} == {"cancelled"}
    assert result.sums["failed"] == 1 and sum(result.sums.values()) == 23
    assert bad in result.err and "stopping" in result.err


def test_abort_with_a_long_list(edgefetch, out, refused_port, tmp_path):
    """Goal: what was not read ahead when the run stopped is accounted for, too."""
    urls = [f"http://127.0.0.1:{refused_port}/{i:05}-{'x' * 60}.png" for i in range(8000)]
    result = edgefetch("--on-error", "abort", write_list(tmp_path / "list", urls))
    assert result.code == 3, result
    assert sum(result.sums.values()) == 8000
    assert set(codes(out)) == set(urls)


def test_again_after_abort(edgefetch, faults):
    """Goal: what was cancelled is done by the next run."""
    urls = [faults.url("/missing"), *good(faults, 8)]
    assert edgefetch("-l", "1", "--on-error", "abort", *urls).sums["cancelled"] == 8
    faults.add("/missing", pages.good(pictures.png(seed=77)))
    result = edgefetch("--on-error", "abort", *urls)
    assert result.code == 0 and result.sums["ok"] == 9


@pytest.mark.parametrize("most, code, failed", ((4, 3, 5), (5, 1, 5)))
def test_max_failures(edgefetch, faults, most, code, failed):
    """Goal: --max-failures N puts up with N and stops at one more."""
    urls = [faults.url(f"/missing{i}") for i in range(5)] + good(faults, 4, delay=0.5)
    result = edgefetch("-l", "1", "--max-failures", str(most), *urls)
    assert result.code == code and result.sums["failed"] == failed
    assert sum(result.sums.values()) == 9


@pytest.mark.parametrize("most, code", (("20%", 3), ("100%", 1)))
def test_max_failures_share(edgefetch, faults, tmp_path, most, code):
    """Goal: --max-failures P% is judged by what is finished, but not by the first few."""
    urls = good(faults, 40)
    for i in range(0, 120, 3):  # every third URL is not there, and the very first
        urls.insert(i, faults.url(f"/missing{i}"))
    result = edgefetch("-l", "1", "--max-failures", most, write_list(tmp_path / "list", urls))
    assert result.code == code, result
    assert (result.sums["cancelled"] > 0) == (code == 3)
    assert result.sums["ok"] + result.sums["failed"] >= 20


@pytest.mark.parametrize("option", ("--on-error maybe", "--max-failures -1", "--max-failures 101%"))
def test_mistakes(edgefetch, out, option):
    """Goal: other words are exit 2."""
    assert edgefetch(*option.split(), "http://127.0.0.1/").code == 2
    assert not out.exists()
