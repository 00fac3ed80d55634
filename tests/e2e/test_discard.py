# SPDX-License-Identifier: MIT
"""`--discard`: everything is done, and nothing is written."""

import json

import pytest

import pages
import pictures
from runner import run


@pytest.fixture
def urls(faults):
    """Three pictures, and one that is not there."""
    good = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(3)]
    return [*good, faults.url("/missing")]


SUMS = {"ok": 3, "failed": 1, "skipped": 0, "cancelled": 0}


@pytest.mark.parametrize("mode", ("async", "threads", "sync"))
def test_nothing_is_written(edgefetch, out, urls, mode):
    """Goal: no directory, no manifest; summary and exit code are those of any run."""
    result = edgefetch("--discard", "-v", "--mode", mode, *urls)
    assert result.code == 1 and result.sums == SUMS, result
    assert not out.exists()
    assert "MiB out" in result.out and "discarded" in result.err


def test_json(edgefetch, out, urls):
    """Goal: the lines still come; of a file they tell the size, and no path."""
    result = edgefetch("--discard", "--json", "-d", "canny,sobel", *urls)
    lines = {line["url"]: line for line in map(json.loads, result.out.splitlines())}
    assert set(lines) == set(urls)
    line = lines[urls[0]]
    assert line["status"] == "ok" and "original" not in line
    assert [edges["detector"] for edges in line["edges"]] == ["canny", "sobel"]
    for edges in line["edges"]:
        assert edges["bytes"] > 0 and 0 <= edges["density"] <= 1
        assert "path" not in edges and "sha256" not in edges
    assert not out.exists()


def test_resized(edgefetch, urls):
    """Goal: the same goes for the resized picture."""
    options = ("--discard", "--json", "--resize", "8x8", "--save-resized")
    line = json.loads(edgefetch(*options, urls[0]).out)
    assert line["resized"]["bytes"] > 0 and "path" not in line["resized"]


def test_sizes_are_those_of_the_files(edgefetch, urls):
    """Goal: what is discarded is what would have been written."""
    kept = json.loads(edgefetch("--json", urls[0]).out)["edges"][0]
    discarded = json.loads(edgefetch("--json", "--discard", urls[0]).out)["edges"][0]
    assert {**discarded, "path": kept["path"], "sha256": kept["sha256"]} == kept


def test_earlier_results_do_not_count(edgefetch, out, urls):
    """Goal: nothing is done from before, and what is there stays as it is."""
    edgefetch(*urls)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert edgefetch("--discard", *urls).sums == SUMS
    assert before == {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert edgefetch(*urls).sums == {"ok": 0, "failed": 1, "skipped": 3, "cancelled": 0}


def test_a_directory_that_cannot_be(edgefetch, out, urls):
    """Goal: the output directory is not even looked at."""
    out.write_text("a file")
    assert edgefetch("--discard", *urls).sums == SUMS
    assert out.read_text() == "a file"


def test_damaged_picture(edgefetch, faults):
    """Goal: pictures are decoded to their end all the same."""
    cut = faults.add("/cut.png", pages.good(pictures.png()[:-30]))
    assert edgefetch("--discard", cut).sums["failed"] == 1


def test_edges_and_demo(out, tmp_path):
    """Goal: it is there for local pictures and for the demo."""
    (tmp_path / "a.png").write_bytes(pictures.png())
    assert run("edges", "--discard", "-o", out, tmp_path / "a.png").sums["ok"] == 1
    assert run("demo", "--discard", "--latency", "0", "-o", out).sums["ok"] == 12
    assert not out.exists()
