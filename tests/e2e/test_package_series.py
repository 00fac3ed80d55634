# SPDX-License-Identifier: MIT
"""`--package tar`: samples on their way into their package: in series, where they come in order, or alone."""

import fcntl
import os
import pathlib
import re
import signal
import sys
import threading

import pytest

import pages
import pictures
from conftest import ONCE
from runner import SLOW, codes, manifest, run, wait_until
from test_package import indices, package, packages, raw_samples, served, unpack

WITHOUT = pathlib.Path(__file__).with_name("without.py")


def waiting(out, name="000000"):
    """What waits for a package: names without the number of the run."""
    folder = out / ".spool" / name
    return sorted(path.name.partition("-")[0] for path in folder.iterdir()) if folder.exists() else []


def done_in(out):
    """The URLs that the manifest tells of as done."""
    return {url for url, code in codes(out).items() if code == "ok"} if (out / "manifest.jsonl").exists() else set()


@pytest.mark.parametrize("slow", ((0,), (0, 3)))
def test_late(start, edgefetch, faults, out, tmp_path, slow):
    """Goal: a slow URL holds up nothing but itself; its sample comes to its place all the same."""
    gate = threading.Event()
    urls = served(faults, 6)
    for i in slow:
        urls[i] = faults.add(f"/slow{i}.png", pages.good(pictures.png(seed=i), gate=gate))
    background = start(*package(*urls))
    others = {url for i, url in enumerate(urls) if i not in slow}
    wait_until(lambda: done_in(out) == others, "the others are done")
    assert waiting(out) == ["series"] and run("verify", out).out.startswith(f"{2 * len(others)} files verified, 0 missing")
    gate.set()
    assert background.wait().code == 0
    assert edgefetch("-o", tmp_path / "once", *package(*urls)).code == 0
    assert packages(out) == packages(tmp_path / "once")
    assert run("verify", "--strict", out).code == 0 and not (out / ".spool").exists()


def test_late_and_killed(start, edgefetch, faults, out):
    """Goal: a sample that waits in a file of its own is done like those in a series."""
    gates = [threading.Event(), threading.Event()]
    urls = served(faults, 4)
    for i, gate in enumerate(gates):
        urls[i] = faults.add(f"/slow{i}.png", pages.good(pictures.png(seed=i), gate=gate))
    background = start(*package(*urls))
    wait_until(lambda: len(done_in(out)) == 2, "the fast ones are done")
    gates[1].set()
    wait_until(lambda: len(done_in(out)) == 3, "the first slow one is, too")
    assert waiting(out) == ["000000000002", "series"]
    background.signal(signal.SIGKILL)
    background.wait()
    gates[0].set()
    assert run("verify", out).out.startswith("6 files verified, 0 missing")
    assert edgefetch(*package(*urls)).sums["skipped"] == 3
    assert indices(out / "packages" / "000000.tar") == [1, 2, 3, 4]
    assert [faults.count(url[url.rindex("/") :]) for url in urls] == [2, 1, 1, 1]


def failing(faults, index):
    """A URL that is tried again, and then is there."""
    return faults.add(f"/again{index}.png", pages.in_turn(pages.status(503), pages.good(pictures.png(seed=index))))


def test_tried_again(edgefetch, faults, out, tmp_path):
    """Goal: packages with samples that came late because of a retry are those of a run without one."""
    urls = served(faults, 12)
    for i in (0, 4, 11):
        urls[i] = failing(faults, i)
    options = ("--retries", 2, "--retry-wait", 0.7, *package(*urls, per_package=4))
    assert edgefetch(*options).sums["ok"] == 12
    assert edgefetch("-o", tmp_path / "once", *options).sums["ok"] == 12
    assert packages(out) == packages(tmp_path / "once")


@pytest.mark.parametrize("options", (("--max-memory", "1M"), ("-w", "1", "-l", "1"), ("--samples-per-package", "1")))
def test_little_room(edgefetch, faults, out, options):
    """Goal: samples are packed whatever room there is for those that wait."""
    urls = [slow_after(faults, i) for i in range(30)]
    assert edgefetch(*package(*urls), *options).sums["ok"] == 30
    assert run("verify", "--strict", out).code == 0
    found = sorted((out / "packages").glob("*.tar"))
    assert [index for path in found for index in indices(path)] == list(range(1, 31))


def slow_after(faults, i):
    """Every third one takes its time, so that others overtake it."""
    return faults.add(f"/{i}.png", pages.good(pictures.png(200, 150, i), delay=0.3 if i % 3 == 0 else 0))


def test_few_descriptors(faults, out):
    """Goal: the same where there are hardly any descriptors to hold samples with."""
    urls = [slow_after(faults, i) for i in range(30)]
    result = run("-o", out, "--allow-private", *package(*urls), before=("sh", "-c", 'ulimit -n 64; exec "$@"', "sh"))
    assert result.sums["ok"] == 30, result
    assert run("verify", "--strict", out).code == 0


def done(edgefetch, faults, out, count=5):
    """A package of so many samples, unpacked again; the URLs, the samples, and the package."""
    urls = served(faults, count)
    assert edgefetch(*package(*urls)).code == 0
    return urls, raw_samples(out), packages(out)


def test_series_of_a_killed_run(edgefetch, faults, out):
    """Goal: a series is finished by the next run, byte for byte."""
    urls, parts, before = done(edgefetch, faults, out)
    unpack(out, parts)
    assert run("verify", "--strict", out).code == 0
    assert edgefetch(*package(*urls)).sums["skipped"] == 5
    assert packages(out) == before and not (out / ".spool").exists()


@pytest.mark.parametrize("kept", (0, 1, 512, 700, -1))
def test_torn_series(edgefetch, faults, out, kept):
    """Goal: of a series whose end was lost the whole samples are done, and the last one is done again."""
    urls, parts, before = done(edgefetch, faults, out)
    unpack(out, [*parts[:4], parts[4][:kept]])
    assert "\n8 files verified, 2 missing" in run("verify", out).out
    result = edgefetch(*package(*urls))
    assert (result.sums["skipped"], result.sums["ok"]) == (4, 1), result
    assert packages(out) == before


@pytest.mark.parametrize("kept", (0, 600, -1))
def test_torn_sample(edgefetch, faults, out, kept):
    """Goal: the same of one in a file of its own."""
    urls, parts, before = done(edgefetch, faults, out)
    key = parts[1].partition(b".")[0].decode()
    unpack(out, [parts[0], *parts[2:]])
    (out / ".spool" / "000000" / f"{2:012}-{key}").write_bytes(parts[1][:kept])
    assert "\n8 files verified, 2 missing" in run("verify", out).out
    result = edgefetch(*package(*urls))
    assert (result.sums["skipped"], result.sums["ok"]) == (4, 1), result
    assert packages(out) == before


@pytest.mark.parametrize("undone", ((4,), (2,), (0, 3), (0, 1, 2, 3, 4)))
def test_series_with_undone_samples(edgefetch, faults, out, undone):
    """Goal: samples that the manifest does not tell of are not packed: their URLs fail the next time."""
    urls, parts, _ = done(edgefetch, faults, out)
    unpack(out, parts)
    path = out / "manifest.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not any(f'"url":"{urls[i]}"' in line for i in undone)))
    for i in undone:
        faults.add(f"/{i}.png", pages.status(404))
    assert edgefetch(*package(*urls)).code == 1
    if len(undone) < 5:
        assert raw_samples(out) == [part for i, part in enumerate(parts) if i not in undone]
    else:
        assert packages(out) == {}
    assert run("verify", "--strict", out).code == 0


def test_doubles(edgefetch, faults, out):
    """Goal: a sample that two runs at once have both written is packed once."""
    urls, parts, before = done(edgefetch, faults, out)
    unpack(out, parts[1:], [parts[0], parts[3]], [], parts)
    assert edgefetch(*package(*urls)).sums["skipped"] == 5
    assert packages(out) == before


def test_series_of_another_run(edgefetch, faults, out):
    """Goal: what a run that lives has in the spool is neither packed, cleaned nor removed; once that run is dead it is
    like everything that waits."""
    urls, parts, before = done(edgefetch, faults, out)
    unpack(out, parts)
    (out / ".partial-000000").mkdir()
    lock = os.open(out / ".partial-000000", os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    assert edgefetch(*package(*urls)).sums["skipped"] == 5
    assert packages(out) == {} and (out / ".spool" / "000000" / "series-000000").read_bytes() == b"".join(parts)
    os.close(lock)
    assert edgefetch(*package(*urls)).sums["skipped"] == 5
    assert packages(out) == before


def test_killed_without_locks(edgefetch, faults, out):
    """Goal: where the file system has no locks, and so nobody can tell that a run is dead, what it left is packed too."""
    urls, parts, before = done(edgefetch, faults, out)
    unpack(out, parts)
    (out / ".partial-000000").mkdir()
    result = edgefetch(*package(*urls), before=(sys.executable, WITHOUT, "flock", "--"))
    assert result.sums["skipped"] == 5 and packages(out) == before, result
    assert edgefetch(*package(*urls)).sums["skipped"] == 5 and packages(out) == before


def test_refused_beside_another(start, edgefetch, faults, out):
    """Goal: a run that is refused the directory does not take the spool away from the one that has it."""
    gate = threading.Event()
    urls = [faults.add(f"/gated{i}.png", pages.good(pictures.png(seed=i), gate=gate)) for i in range(3)]
    background = start(*package(*urls))
    wait_until(lambda: faults.in_flight() == 3, "all wait for the gate")
    assert edgefetch(*package(*urls)).code == 4
    gate.set()
    result = background.wait()
    assert result.code == 0 and indices(out / "packages" / "000000.tar") == [1, 2, 3], result


def test_too_late_for_its_package(edgefetch, faults, out):
    """Bad input: a sample that waits for a package which was made without it. Goal: its URL is done again, the sample
    of the manifest's path being nowhere, and goes into a package of its own."""
    urls, parts, _ = done(edgefetch, faults, out)
    unpack(out, parts[:4])
    assert edgefetch(*package(*urls[:4])).sums["skipped"] == 4
    made = packages(out)
    (out / ".spool" / "000000").mkdir(parents=True)
    (out / ".spool" / "000000" / "series-000001").write_bytes(parts[4])
    assert "\n8 files verified, 2 missing" in run("verify", out).out
    result = edgefetch(*package(*urls))
    assert (result.sums["skipped"], result.sums["ok"]) == (4, 1), result
    assert made.items() < packages(out).items() and indices(out / "packages" / "000000-1.tar") == [5]
    assert run("verify", "--strict", out).code == 0 and not (out / ".spool").exists()


def versioned(faults, i, version):
    headers = (("ETag", f'"{version}"'),)
    return faults.add(f"/{i}.png", pages.versioned(pictures.png(40 + version, 30, i), headers))


@pytest.mark.parametrize("left", ("series-000000", "series-ffffff", "alone"))
def test_refreshed(edgefetch, faults, out, left):
    """Goal: of a sample that a killed run has left and --refresh has found changed, the new one is packed."""
    urls = [versioned(faults, i, 1) for i in range(3)]
    assert edgefetch(*package(*urls)).code == 0
    parts = raw_samples(out)
    unpack(out, parts[1:] if left == "alone" else parts)
    old = out / ".spool" / "000000" / "series-000000"
    if left == "alone":
        (out / ".spool" / "000000" / f"{1:012}-{parts[0].partition(b'.')[0].decode()}").write_bytes(parts[0])
    else:
        old.rename(old.with_name(left))
    versioned(faults, 0, 2)
    versioned(faults, 2, 2)
    result = edgefetch("--refresh", *package(*urls))
    assert (result.sums["ok"], result.sums["skipped"]) == (2, 1), result
    assert run("verify", "--strict", out).code == 0
    after = raw_samples(out)
    assert after[1] == parts[1] and after[0] != parts[0] and after[2] != parts[2]


@pytest.mark.parametrize("old, new", ((b'"index":2', b'"index":7'), (b'"index":3', b'"inbex":3'), (b'"url":', b'"uri":')))
def test_damaged_lines(edgefetch, faults, out, old, new):
    """Bad input: a byte of a sample's line in a series. Goal: no picture is lost or taken for another."""
    urls, parts, _ = done(edgefetch, faults, out)
    damaged = [part.replace(old, new) for part in parts]
    assert damaged != parts
    unpack(out, damaged)
    assert edgefetch(*package(*urls)).sums["skipped"] == 5
    assert raw_samples(out) == damaged and run("verify", "--strict", out).code == 0


def test_damaged_line_of_one_of_two(edgefetch, faults, out):
    """Bad input: a line without its index, where samples have to be sorted. Goal: exit 4 with the reason; nothing is
    packed, and what waits stays."""
    urls, parts, _ = done(edgefetch, faults, out)
    unpack(out, parts[::2], [part.replace(b'"index":2', b'"inbex":2') for part in parts[1::2]])
    result = edgefetch(*package(*urls))
    assert result.code == 4 and "packages cannot be made" in result.err, result
    assert packages(out) == {} and run("verify", "--strict", out).code == 0


def test_foreign_files_in_the_spool(edgefetch, faults, out):
    """Bad input: a pipe, a directory and a link where samples wait, and a file beside the packages' folders. Goal: they
    are left alone, and nothing hangs."""
    urls, parts, before = done(edgefetch, faults, out)
    unpack(out, parts)
    folder = out / ".spool" / "000000"
    os.mkfifo(folder / "series-pipe")
    (folder / "series-folder").mkdir()
    (folder / "series-link").symlink_to("/etc/passwd")
    (out / ".spool" / "file").write_text("mine")
    assert edgefetch(*package(*urls)).sums["skipped"] == 5
    assert packages(out) == before
    assert sorted(path.name for path in folder.iterdir()) == ["series-folder", "series-link", "series-pipe"]
    assert (out / ".spool" / "file").read_text() == "mine"
    assert run("verify", "--strict", out).code == 0


@pytest.mark.skipif(SLOW, reason="sanitizers and valgrind need descriptors of their own")
def test_as_many_descriptors_as_asked_for(faults, out):
    """Goal: with as many descriptors as the message asks for the run can be done."""
    urls = [slow_after(faults, i) for i in range(4)]

    def limited(files):
        before = ("sh", "-c", f'ulimit -n {files}; exec "$@"', "sh")
        return run("-o", out, *ONCE, "-w", "2", *package(*urls), before=before)

    refused = limited(24)
    least = int(re.search(r"needs at least (\d+)", refused.err)[1])
    assert limited(least - 1).code == 4 and limited(least).sums["ok"] == 4


def test_no_room_in_a_series(edgefetch, faults, small_disk):
    """Goal: a full disk stops the run with exit 4; with room again the same command does the rest, and nothing that was
    done is asked for again."""
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(600 << 10))
    out = small_disk / "out"
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(200, 150, seed=i))) for i in range(8)]  # 90 KB each
    result = edgefetch("-o", out, *package(*urls))
    assert result.code == 4, result
    assert os.strerror(28) in result.err and sum(result.sums.values()) == 8 and result.sums["ok"] < 8
    assert run("verify", out).out.startswith(f"{2 * result.sums['ok']} files verified, 0 missing")
    ballast.unlink()
    again = edgefetch("-o", out, *package(*urls))
    assert again.code in (0, 4) and again.sums["skipped"] == result.sums["ok"], again


@pytest.mark.parametrize("mode", ("sync", "threads"))
def test_on_the_disk_in_other_modes(edgefetch, faults, out, mode):
    """Goal: --fsync writes the same series in every mode, past a URL that is tried again."""
    urls = [failing(faults, 20), *served(faults, 5)]
    assert edgefetch("--fsync", "-m", mode, "--retries", 2, "--retry-wait", 0.7, *package(*urls)).sums["ok"] == 6
    assert indices(out / "packages" / "000000.tar") == [1, 2, 3, 4, 5, 6]
    assert len(manifest(out)) == 6
