# SPDX-License-Identifier: MIT
"""SIGKILL of main, at any moment: nothing half-done is left, and the same command goes on."""

import random
import signal
import threading
import time

import pytest

import pages
import pictures
import reference
from processes import processes_of
from runner import FULL, PATIENCE, codes, manifest, wait_until, write_list

THRESHOLD = 90
COUNT = 14
KILLS, URLS = (200, 400) if FULL else (8, 60)


def sizes_and_seeds():
    return [(120 + 7 * i, 90 + 5 * i, i) for i in range(COUNT)]


def picture_list(faults, directory, gate):
    """A list of good pictures and one that waits for the gate, so that the run cannot end."""
    urls = []
    for i, args in enumerate(sizes_and_seeds()):
        page = pages.good(pictures.png(*args), delay=0.02)
        urls.append(faults.add(f"/{i}.png", page))
    urls.append(faults.add("/gate.png", pages.good(pictures.png(), gate=gate)))
    return write_list(directory / "list", urls)


def assert_whole(out):
    """Every file under a final name is one of the pictures, or the edge map of one, whole."""
    bodies = {pictures.png(*args) for args in sizes_and_seeds()} | {pictures.png()}
    maps = {
        reference.neighbor(pixels, THRESHOLD).tobytes()
        for pixels in map(pictures.rgb, bodies)
    }
    for path in (out / "original").glob("*"):
        assert path.read_bytes() in bodies, path
    for path in (out / "edges").glob("*"):
        assert pictures.gray(path).tobytes() in maps, path


def assert_complete(out):
    """Every picture is there and no trace of the kills."""
    assert_whole(out)
    assert set(codes(out).values()) == {"ok"} and len(codes(out)) == COUNT + 1
    for line in manifest(out).values():
        for file in (line["original"], *line["edges"]):
            assert (out / file["path"]).stat().st_size == file["bytes"]
    assert {path.name for path in out.iterdir()} == {"original", "edges", "manifest.jsonl"}


def kill_main(background):
    """Kills main; within a second none of its processes may be left."""
    family = processes_of(background)
    background.signal(signal.SIGKILL)
    assert background.wait().code == -signal.SIGKILL
    wait_until(lambda: not any(p.alive() for p in family), f"all of {family} ended", seconds=1)


@pytest.mark.parametrize("seed", range(8))
def test_killed_at_a_random_moment(start, edgefetch, faults, out, tmp_path, seed):
    """Goal: after a SIGKILL no process is left and no partial file has a final name; the same
    command then ends with exit 0, every picture there and nothing temporary left."""
    gate = threading.Event()
    options = ("-w", "2", "-t", THRESHOLD, picture_list(faults, tmp_path, gate))
    chance = random.Random(seed)
    background = start(*options)
    asked = chance.randrange(COUNT)
    wait_until(lambda: len(faults.requests) > asked, f"{asked + 1} requests have come")
    time.sleep(chance.random() * 0.03)
    kill_main(background)
    assert_whole(out)
    gate.set()
    result = edgefetch(*options)
    assert result.code == 0, result
    assert_complete(out)


def test_killed_before_anything_happened(start, edgefetch, faults, out, tmp_path):
    """Goal: the same for a kill in the first moments of a process."""
    gate = threading.Event()
    gate.set()
    options = ("-w", "2", "-t", THRESHOLD, picture_list(faults, tmp_path, gate))
    for pause in (0, 0.001, 0.002, 0.004, 0.008):
        background = start(*options)
        time.sleep(pause * PATIENCE)
        background.signal(signal.SIGKILL)
        background.wait()
        assert_whole(out)
    assert edgefetch(*options).code == 0
    assert_complete(out)


def test_killed_again_and_again(start, edgefetch, faults, out, tmp_path):
    """Goal: a job that is killed every time still gets on, and is complete in the end."""
    gate = threading.Event()
    options = ("-w", "2", "-l", "2", "-t", THRESHOLD, picture_list(faults, tmp_path, gate))
    for done in (4, 8, 12):
        background = start(*options)
        wait_until(lambda: len(list((out / "edges").glob("*"))) >= done, f"{done} are done")
        kill_main(background)
    gate.set()
    result = edgefetch(*options)
    assert result.code == 0 and result.sums["skipped"] >= 10, result
    assert_complete(out)


def without_times(line):
    """What two runs over the same list must agree on."""
    kept = {key: value for key, value in line.items() if key not in ("ms", "attempts", "tries", "http")}
    return {**kept, "http": line["http"]["status"]}


def files_below(out):
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*.*") if path.parent != out}


def test_killed_as_if_never(start, edgefetch, faults, out, tmp_path):
    """Goal: however often a run is killed, in the end files and manifest are those of an undisturbed run, and nothing that
    was done was asked for again."""
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(50 + i, 40, i), delay=0.002)) for i in range(URLS)]
    options = ("-w", "2", write_list(tmp_path / "list", urls))
    chance = random.Random(7)
    asked = {}  # requests for each URL when it was found done
    kills = 0
    while kills < KILLS:
        background = start(*options)
        time.sleep(chance.random() * 0.5 * PATIENCE)
        background.signal(signal.SIGKILL)
        if background.wait().code == 0:  # it was too late
            for path in list(files_below(out))[: URLS // 2]:
                (out / path).unlink()
            asked = {}
        kills += 1
        if (out / "manifest.jsonl").exists():
            for url, line in manifest(out).items():
                path = "/" + url.rpartition("/")[2]
                if line["status"] == "ok" and url not in asked and stands(out, line):
                    asked[url] = (path, faults.count(path))
    assert edgefetch(*options).code == 0
    assert edgefetch("-o", tmp_path / "once", *options).code == 0
    assert files_below(out) == files_below(tmp_path / "once")
    calm = manifest(tmp_path / "once")
    assert {url: without_times(line) for url, line in manifest(out).items()} == {
        url: without_times(line) for url, line in calm.items()
    }
    for path, count in asked.values():
        assert faults.count(path) == count + 1  # the undisturbed run's


def stands(out, line):
    return all((out / file["path"]).exists() for file in (line["original"], *line["edges"]))


def test_another_run_in_the_same_directory(start, edgefetch, faults, out):
    """Goal: two runs cannot be at work on one directory: the second refuses, names the first, and harms nothing."""
    gate = threading.Event()
    slow = faults.add("/slow.png", pages.good(pictures.png(seed=1), gate=gate))
    quick = faults.add("/quick.png", pages.good(pictures.png(seed=2)))
    background = start(slow)
    wait_until(lambda: faults.count("/slow.png") == 1, "the first run has begun")
    result = edgefetch(quick)
    assert result.code == 4 and f"process {background.pid}" in result.err, result
    gate.set()
    assert background.wait().code == 0
    assert codes(out) == {slow: "ok"} and faults.count("/quick.png") == 0
    assert edgefetch(quick).code == 0
    assert codes(out) == {slow: "ok", quick: "ok"}
