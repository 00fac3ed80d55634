# SPDX-License-Identifier: MIT
"""--no-dedupe: nothing is remembered of a URL, for lists that are known to have each once."""

import pytest

import pages
import pictures
from runner import manifest_lines, run, write_list


def test_each_row_is_done(edgefetch, faults, out, tmp_path):
    """Goal: a URL that stands twice, or that an earlier run has done, is done again; its files are
    the same, and verify agrees."""
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(3)]
    path = write_list(tmp_path / "list", [*urls, urls[0]])
    for times in (1, 2):
        result = edgefetch("--no-dedupe", path)
        assert result.code == 0 and result.sums == {"ok": 4, "failed": 0, "skipped": 0, "cancelled": 0}
        assert faults.count("/0.png") == 2 * times
    lines = manifest_lines(out)
    assert sorted(line["index"] for line in lines) == [1, 1, 2, 2, 3, 3, 4, 4]
    assert len({line["edges"][0]["path"] for line in lines}) == 3
    assert len(list((out / "edges").iterdir())) == 3
    assert run("verify", "--strict", out).code == 0


def test_names_differ(edgefetch, faults, out, tmp_path):
    """Goal: names of a list or a template are told apart by the hash, as nobody looks for others."""
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(4)]
    path = write_list(tmp_path / "list", [f"{url}\tsame" for url in urls])
    assert edgefetch("--no-dedupe", path).code == 0
    assert len(list((out / "edges").glob("same-*.png"))) == 4


@pytest.mark.parametrize("other", (("--refresh",), ("--package", "tar"), ("--stage", "process")))
def test_needs_a_memory(edgefetch, out, tmp_path, other):
    """Goal: what rests on remembering is refused, before anything is touched."""
    result = edgefetch("--no-dedupe", *other, write_list(tmp_path / "list", ["http://h.example/"]))
    assert result.code == 2
    assert "--no-dedupe does not go with " + other[0] in result.err
    assert not out.exists()
