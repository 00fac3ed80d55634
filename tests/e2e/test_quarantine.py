# SPDX-License-Identifier: MIT
"""--quarantine: what has cost a worker is kept, with a command that does it again."""

import json
import shlex
import signal
import stat
import threading

import pytest

import bombs
import pages
import pictures
from processes import workers_of
from runner import PATIENCE, SOME_MODES, manifest, run, wait_until

GREEDY = bombs.gif(9000, 9000, bombs.gif_frame(8, 8) + b";")  # more than a worker may hold


def kept(out):
    return sorted(path.name for path in (out / "quarantine").iterdir())


def replay(note, directory):
    """Runs the command of a note, with this program and from another directory."""
    program, *arguments = shlex.split(json.loads(note.read_text())["command"])
    assert program == "edgefetch"
    return run("edges", "--json", *arguments[1:], before=("env", "-C", directory))


@pytest.fixture
def crash(start, faults, out):
    """crash(number, *options): a run whose worker gets the signal while it is busy with the URL that is returned."""

    def begin(number, *options):
        gate, end = threading.Event(), threading.Event()
        heavy = faults.add("/heavy.png", pages.good(pictures.heavy(), gate=gate))
        other = faults.add("/other.png", pages.good(pictures.png(), gate=end))
        background = start("-w", 1, "--quarantine", *options, heavy, other)
        wait_until(lambda: len(workers_of(background)) == 1, "the worker is there")
        (worker,) = workers_of(background)
        idle = worker.cpu_seconds()
        gate.set()
        wait_until(lambda: worker.cpu_seconds() > idle + 0.02, "the worker is busy")
        worker.signal(number)
        end.set()
        return heavy, background.wait()

    return begin


@pytest.mark.parametrize("mode", ("async", "threads"))
def test_crashed(crash, out, tmp_path, mode):
    """Goal: the bytes of a picture that has killed a worker are kept whole, for the owner's eyes only; the note says
    what happened, and its command does it again; manifest and summary tell where."""
    heavy, result = crash(signal.SIGSEGV, "-m", mode, "-d", "canny", "-t", "90,210", "--fsync")
    line = manifest(out)[heavy]
    assert result.code == 1 and line["error"]["code"] == "worker_crashed", result
    assert line["stage"] == "process"
    picture = out / line["quarantine"]
    assert picture.read_bytes() == pictures.heavy()
    assert stat.S_IMODE(picture.stat().st_mode) == 0o600
    assert stat.S_IMODE(picture.parent.stat().st_mode) == 0o700
    note = json.loads(picture.with_suffix(".json").read_text())
    assert note["url"] == heavy and note["code"] == "worker_crashed" and note["signal"] == signal.SIGSEGV
    assert note["edgefetch"] and note["bytes"] == len(pictures.heavy())
    assert f"1 picture is kept in {out}/quarantine" in result.out
    again = replay(picture.with_suffix(".json"), tmp_path)
    assert again.code == 0, again  # nobody kills the worker now
    (edges,) = json.loads(again.out)["edges"]
    assert (edges["detector"], edges["low"], edges["high"]) == ("canny", 90, 210)


def test_hung(crash, out):
    """Goal: the same for one that a worker did not finish."""
    heavy, _ = crash(signal.SIGSTOP, "--worker-timeout", 1 * PATIENCE)
    line = manifest(out)[heavy]
    assert line["error"]["code"] == "worker_timeout"
    assert (out / line["quarantine"]).read_bytes() == pictures.heavy()


@pytest.mark.parametrize("mode", SOME_MODES)
def test_outgrown(edgefetch, faults, out, tmp_path, mode):
    """Goal: the same, in every mode, for one that needs too much memory, and the command says so again."""
    urls = [faults.add("/a.gif", pages.good(GREEDY)), faults.add("/b.png", pages.good(pictures.png()))]
    assert edgefetch("--quarantine", "-m", mode, *urls).sums["failed"] == 1
    picture = out / manifest(out)[urls[0]]["quarantine"]
    assert picture.read_bytes() == GREEDY and "quarantine" not in manifest(out)[urls[1]]
    again = replay(picture.with_suffix(".json"), tmp_path)
    assert json.loads(again.out)["error"]["code"] == "out_of_memory"


def test_local(out, tmp_path):
    """Goal: local pictures too."""
    (tmp_path / "a.gif").write_bytes(GREEDY)
    run("edges", tmp_path / "a.gif", "-o", out, "--quarantine")
    (line,) = manifest(out).values()
    assert (out / line["quarantine"]).read_bytes() == GREEDY


def test_without(edgefetch, faults, out):
    """Goal: without the option, and of what is simply no good picture, nothing is kept."""
    greedy, cut = (faults.add(f"/{i}", pages.good(body)) for i, body in enumerate((GREEDY, pictures.png()[:90])))
    edgefetch(greedy)
    assert not (out / "quarantine").exists()
    edgefetch("--quarantine", cut)
    assert kept(out) == []


def test_never_overwritten(edgefetch, faults, out):
    """Goal: what is there stays; the same picture is there once, another one is put beside it."""
    url = faults.add("/a.gif", pages.good(GREEDY))
    edgefetch("--quarantine", url)
    first = kept(out)
    assert len(first) == 2
    edgefetch("--quarantine", url)
    assert kept(out) == first
    faults.add("/a.gif", pages.good(GREEDY + b"x"))
    edgefetch("--quarantine", url)
    names = [name.removesuffix(".bin") for name in kept(out) if name.endswith(".bin")]
    assert sorted(names) == sorted([first[0].removesuffix(".bin"), first[0].removesuffix(".bin") + "-2"])
    assert manifest(out)[url]["quarantine"].endswith("-2.bin")


def test_nothing_is_followed(edgefetch, faults, out, tmp_path):
    """Goal: a link where the picture would be kept is left alone, and what it leads to."""
    url = faults.add("/a.gif", pages.good(GREEDY))
    edgefetch("--quarantine", url)
    (name,) = [name for name in kept(out) if name.endswith(".bin")]
    (tmp_path / "victim").write_bytes(b"mine")
    (out / "quarantine" / name).unlink()
    (out / "quarantine" / name).symlink_to(tmp_path / "victim")
    edgefetch("--quarantine", url)
    assert (tmp_path / "victim").read_bytes() == b"mine"
    assert manifest(out)[url]["quarantine"].endswith("-2.bin")


def test_verify_knows_it(edgefetch, faults, out):
    """Goal: for verify the folder is none of its business."""
    edgefetch("--quarantine", faults.add("/a.gif", pages.good(GREEDY)))
    assert len(kept(out)) == 2
    assert run("verify", "--strict", out).code == 0


@pytest.mark.parametrize("other", (("--discard",), ("--stage", "download")))
def test_contradictions(edgefetch, out, other):
    """Goal: where nothing could be kept the option is a mistake."""
    result = edgefetch("--quarantine", *other, "http://127.0.0.1/a")
    assert result.code == 2 and "--quarantine" in result.err
    assert not out.exists()
