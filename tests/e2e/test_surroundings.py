# SPDX-License-Identifier: MIT
"""Where the results cannot be written: exit 4, and nothing half-written."""

import os
import shutil
import subprocess
import threading

import pytest

import pages
import pictures
from runner import codes, manifest, wait_until


def some(faults, count=3):
    return [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(count)]


def test_output_that_cannot_be_made(edgefetch, faults):
    """Goal: an output directory that cannot be made is exit 4, with its name and the reason."""
    result = edgefetch("-o", "/proc/no/such", *some(faults))
    assert result.code == 4, result
    assert "/proc/no/such" in result.err and os.strerror(2) in result.err
    assert not faults.requests


@pytest.mark.parametrize("part", ("", "edges", "original"))
def test_file_in_place_of_a_directory(edgefetch, faults, out, part):
    """Goal: a file where a directory has to be is exit 4, and the file is left alone."""
    path = out / part if part else out
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    result = edgefetch(*some(faults))
    assert result.code == 4, result
    assert path.read_text() == "mine"
    assert not faults.requests


def test_deep_output_directory(edgefetch, faults, out):
    """Goal: missing parents of the output directory are made."""
    deep = out / "a" / "b" / "c"
    assert edgefetch("-o", deep, *some(faults)).code == 0
    assert len(list((deep / "edges").iterdir())) == 3


def test_link_as_output_file(edgefetch, faults, out, tmp_path):
    """Goal: a link under a final name is replaced, not followed."""
    (url,) = some(faults, 1)
    edgefetch(url)
    path = out / manifest(out)[url]["edges"][0]["path"]
    victim = tmp_path / "victim"
    victim.write_text("mine")
    path.unlink()
    path.symlink_to(victim)
    assert edgefetch("--force", url).code == 0
    assert victim.read_text() == "mine" and not path.is_symlink()


def fill(disk):
    """Leaves no room at all."""
    with open(disk / "ballast", "wb", buffering=0) as file, pytest.raises(OSError):
        while True:
            file.write(bytes(4096))


def test_disk_full(edgefetch, faults, small_disk):
    """Goal: a full disk stops the run with exit 4; every file that has its name is whole; with room
    again the same command does the rest."""
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(700 << 10))
    out = small_disk / "out"
    bodies = [pictures.png(200, 150, seed=i) for i in range(8)]  # 90 KB each
    urls = [faults.add(f"/{i}.png", pages.good(body)) for i, body in enumerate(bodies)]
    result = edgefetch("-o", out, *urls)
    assert result.code == 4, result
    assert os.strerror(28) in result.err and "stopping" in result.err
    assert sum(result.sums.values()) == 8 and result.sums["ok"] < 8
    assert all(path.read_bytes() in bodies for path in (out / "original").iterdir())
    assert all(pictures.gray(path).shape == (150, 200) for path in (out / "edges").iterdir())
    ballast.unlink()
    bodies_that_fit = urls[:6]
    assert edgefetch("-o", out, *bodies_that_fit).code == 0
    assert {codes(out)[url] for url in bodies_that_fit} == {"ok"}


def test_disk_full_before_the_first_byte(edgefetch, faults, small_disk):
    """Goal: the same where there is no room for even a manifest."""
    fill(small_disk)
    result = edgefetch("-o", small_disk / "out", *some(faults))
    assert result.code == 4, result
    assert os.strerror(28) in result.err


def test_no_room_to_begin_a_shard(edgefetch, faults, small_disk):
    """Goal: a shard that meets a full disk asks to be tried again, and then does it all."""
    fill(small_disk)
    command = ("-o", small_disk / "out", "--shard", "1/1", *some(faults))
    full = edgefetch(*command)
    assert full.code == 75 and os.strerror(28) in full.err, full
    assert not faults.requests
    (small_disk / "ballast").unlink()
    assert edgefetch(*command).code == 0


def test_output_directory_that_goes_away(start, faults, out):
    """Goal: when somebody removes the output directory under a run, the run ends with exit 4."""
    gate = threading.Event()
    url = faults.add("/a.png", pages.good(pictures.png(), gate=gate))
    background = start(url)
    wait_until(lambda: faults.count("/a.png") == 1, "the picture is asked for")
    shutil.rmtree(out)
    gate.set()
    result = background.wait()
    assert result.code == 4, result
    assert result.sums["failed"] == 1
