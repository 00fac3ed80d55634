# SPDX-License-Identifier: MIT
"""--fsync: the same results, and nothing is told of before it is on the disk."""

import re
import shutil

import pytest

import pages
import pictures
from runner import SOME_MODES, manifest, run
from conftest import ONCE



def files(directory):
    """Every file but the manifest, with its bytes."""
    found = (path for path in directory.rglob("*") if path.is_file() and path.name != "manifest.jsonl")
    return {str(path.relative_to(directory)): path.read_bytes() for path in found}


@pytest.mark.parametrize("mode", SOME_MODES)
@pytest.mark.parametrize("stage", ("both", "download"))
def test_same_results(edgefetch, faults, out, tmp_path, mode, stage):
    """Goal: with --fsync the files are the same as without it, nothing else is left, and all is done."""
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(5)]
    args = ("--stage", stage, "--mode", mode, "--resize", "20x20", "--save-resized", *urls)
    assert edgefetch("--fsync", *args).code == 0
    assert run("-o", tmp_path / "plain", *ONCE, *args).code == 0
    assert files(out) == files(tmp_path / "plain")
    assert sum(path.startswith("original/") for path in files(out)) == 5
    assert set(manifest(out)) == set(urls)
    assert edgefetch(*args).sums["skipped"] == 5


def test_process_later(edgefetch, faults, out):
    """Goal: originals and maps may come from two runs."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    assert edgefetch("--fsync", "--stage", "download", url).code == 0
    assert edgefetch("--fsync", "--stage", "process", url).code == 0
    assert manifest(out)[url]["edges"]


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("stage", ("both", "download"))
def test_order(edgefetch, faults, out, tmp_path, stage):
    """Goal: a line is written behind the fsync of its files' directories, and is on the disk before the end."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    trace = tmp_path / "trace"
    strace = ("strace", "-f", "-y", "-o", trace, "-e", "trace=fsync,renameat,renameat2,write,pwrite64,writev")
    result = edgefetch("--fsync", "--stage", stage, url, before=strace)
    if "ptrace" in result.err:
        pytest.skip("strace may not trace here")
    assert result.code == 0, result
    steps = []
    for line in trace.read_text("utf-8", "replace").splitlines():
        call = re.match(r"\d+ +(\w+)\(\d+<[^>]*?(/out[^>]*)>", line)
        if call:
            name = re.sub(r"/\.partial-\w+(/\d+)?", "/partial", call[2])
            steps.append((call[1], name.replace("(deleted)", "").strip()))
    written = [i for i, step in enumerate(steps) if step[1] == "/out/manifest.jsonl" and step[0] != "fsync"]
    header, line = written[0], written[-1]
    assert header < line
    assert {("fsync", "/out/manifest.jsonl"), ("fsync", "/out")} <= set(steps[header:line])
    folders = ("original", "edges") if stage == "both" else ("original",)
    for folder in folders:
        last_name = max(i for i, step in enumerate(steps) if step[0].startswith("renameat"))
        assert ("fsync", f"/out/{folder}") in steps[last_name:line]
    assert steps[line + 1 :].count(("fsync", "/out/manifest.jsonl")) == 1
