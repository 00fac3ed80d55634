# SPDX-License-Identifier: MIT
"""`edgefetch bench`: every way runs the whole list, and what is said of it is what happened."""

import csv
import json

import pytest

import pages
import pictures
from runner import run, write_list

SMALL = "size=320x200,latency=0"


@pytest.fixture
def bench(tmp_path):
    """bench(*args): runs a bench with its scratch folder below tmp_path; it has to be left empty."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def measure(*args):
        result = run("bench", "-q", *args, env={"TMPDIR": str(scratch)})
        assert not list(scratch.iterdir())
        return result

    return measure


def test_without_a_list(bench, tmp_path):
    """Goal: a bench needs neither list nor network; all ways do all pictures, as table, JSON, CSV."""
    files = tmp_path / "bench.json", tmp_path / "bench.csv"
    result = bench(
        "--runs", "2", "--limits", "1,5", "--workers", "1,2", "--simulate", SMALL + ",images=15",
        "--json", files[0], "--csv", files[1],
    )  # fmt: skip
    assert result.code == 0, result
    found = json.loads(files[0].read_text())
    ways = {(way["mode"], way["limit"], way["workers"]): way for way in found["ways"]}
    both = [(mode, n, w) for mode in ("threads", "async") for n in (1, 5) for w in (1, 2)]
    assert set(ways) == {("sync", 1, 1), *both}
    for (_, limit, _), way in ways.items():
        assert len(way["runs"]) == 2
        for sample in way["runs"]:
            assert (sample["ok"], sample["failed"]) == (15, 0)
            assert 1 <= sample["most_at_once"] <= limit
            assert 0 < sample["total_s"] and sample["cpu_s"] > 0 and sample["peak_mib"] > 1
    with open(files[1], newline="", encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 18 and {row["mode"] for row in rows} == {"sync", "threads", "async"}
    for word in ("download s", "process s", "total s", "pictures/s", "CPU s", "1.0x", "##"):
        assert word in result.out


def test_latency_is_network_bound(bench, tmp_path):
    """Goal: with latency the network is waited for, and that is said of the bench."""
    path = tmp_path / "bench.json"
    result = bench(
        "--runs", "1", "--limits", "12", "--modes", "sync,async",
        "--simulate", "size=320x200,latency=100ms", "--json", path,
    )  # fmt: skip
    found = json.loads(path.read_text())
    assert result.code == 0 and found["verdict"] == "network-bound", result
    assert "network-bound: the fastest was async" in result.out


def test_no_latency_is_cpu_bound(bench):
    """Goal: with pictures at hand one worker is the bottleneck."""
    result = bench("--runs", "1", "--limits", "8", "--workers", "1", "--modes", "async",
                   "--simulate", "latency=0,images=24")  # fmt: skip
    assert "CPU-bound: the fastest was async" in result.out, result


def test_simulated_failures(bench):
    """Goal: failures are the same in every run, and so no reason to complain."""
    result = bench("--runs", "2", "--limits", "4", "--simulate", SMALL + ",images=40,fail=30%")
    assert result.code == 0, result
    failed = {line.split()[-2] for line in result.out.splitlines() if line.endswith(("-bound", "balanced"))}
    assert len(failed) == 1 and 0 < int(failed.pop()) < 40


def test_failures_that_differ(bench, faults, tmp_path):
    """Goal: a URL that fails in some runs only is named, with exit 1: the runs cannot be compared."""
    answers = iter([pages.status(404)])
    good = pages.good(pictures.png())
    url = faults.add("/a.png", lambda exchange: next(answers, good)(exchange))
    path = write_list(tmp_path / "list", [url, faults.add("/b.png", good)])
    result = bench("--allow-private", "--runs", "2", "--modes", "async", "--limits", "1", path)
    assert result.code == 1 and f"{url} failed in 1 of 3 runs" in result.err, result


def test_a_list_and_its_options(bench, faults, tmp_path):
    """Goal: a list of one's own is measured with the options of its runs."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    path = write_list(tmp_path / "list", [url])
    result = bench("--allow-private", "--runs", "1", "-d", "canny", "-H", "X-Test: 1", path)
    assert result.code == 0, result
    assert {request.headers.get("x-test") for request in faults.requests} == {"1"}


@pytest.mark.parametrize(
    "arguments",
    (
        "--modes asink", "--modes sync,sync", "--limits 0", "--limits 1,,2", "--limits ",
        "--workers 1,2,3,4,5,6,7,8,9", "--runs 0", "--simulate images=0", "--simulate size=5",
        "--simulate latency=-1", "--simulate fail=101%", "--simulate colour=1", "-",
    ),
)  # fmt: skip
def test_mistakes(bench, arguments):
    """Goal: what cannot be understood is exit 2 with a message, and nothing is run."""
    result = bench(*arguments.split(" "))
    assert result.code == 2 and result.err.startswith("edgefetch: "), result


def test_a_run_that_cannot_be(bench, tmp_path):
    """Goal: a list that is not there ends the bench with the run's own exit code."""
    assert bench(tmp_path / "nothing.txt").code == 2
