# SPDX-License-Identifier: MIT
"""libedgefetch-run inside other programs: the example on a loop of its own, and a host with threads."""

import os
import re
import shutil
import signal
import threading

import pytest

import pages
import pictures
import runner
from processes import processes_of
from runner import codes, manifest, wait_until, write_list

BUILD = runner.PROGRAM.parent
EXAMPLE = BUILD / "tests/embed/example-run"
HOST = BUILD / "tests/embed/embedding-host"
WORKER = {"EDGEFETCH_WORKER": str(BUILD / "edgefetch-worker")}

pytestmark = pytest.mark.skipif(not HOST.exists(), reason="the program is tested from elsewhere")


@pytest.fixture
def good(faults):
    """good(count): URLs of pictures."""
    return lambda count: [
        faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(count)
    ]


@pytest.fixture
def host(out, tmp_path):
    """host(act, urls): the act of tests/embed/host.c over these URLs, into `out`."""

    def run(act, urls, env=None):
        path = write_list(tmp_path / "urls", urls)
        return runner.run(act, out, path, program=HOST, env=env or WORKER)

    return run


def example(*args, env=None):
    return runner.run("--allow-private", *args, program=EXAMPLE, env=env or WORKER)


def ends(result):
    """The figures of each run of the example, by directory."""
    found = re.findall(
        r"^(\S+): end (\d), (\d+) ok, (\d+) failed, (\d+) skipped, (\d+) cancelled", result.out, re.M
    )
    return {line[0]: tuple(map(int, line[1:])) for line in found}


def no_partial_file(directory):
    """No temporary file is left, and those that the manifest tells of are whole."""
    assert not list(directory.rglob(".partial*"))
    for line in manifest(directory).values():
        for file in [line.get("original"), *line.get("edges", [])]:
            assert file is None or (directory / file["path"]).stat().st_size == file["bytes"]


def test_two_runs_on_one_loop(good, faults, tmp_path):
    """Goal: two runs at the same time on the loop of another program, which goes on ticking: each
    has its own directory, results and sums, and what fails in one is told there."""
    gate = threading.Event()
    waiting = [
        faults.add(f"/w{i}.png", pages.good(pictures.png(seed=i), gate=gate)) for i in range(2)
    ]
    missing = faults.add("/missing", pages.status(404))
    timer = threading.Timer(0.3, gate.set)
    timer.start()
    one, two = tmp_path / "one", tmp_path / "two"
    result = example(one, *good(3), missing, ",", two, *waiting)
    timer.join()
    assert result.code == 1, result
    assert ends(result) == {str(one): (0, 3, 1, 0, 0), str(two): (0, 2, 0, 0, 0)}
    assert f"{one}: {missing}: http_4xx" in result.out
    assert set(codes(two).values()) == {"ok"}
    assert len(list((one / "edges").iterdir())) == 3
    assert int(re.search(r"(\d+) ticks meanwhile", result.out)[1]) > 3


def test_the_same_as_the_command(good, edgefetch, out, tmp_path):
    """Goal: names, maps and manifest are those of the command, which finds everything done."""
    urls = good(3)
    assert example(tmp_path / "library", *urls).code == 0
    assert edgefetch(*urls).code == 0
    for file in (out / "edges").iterdir():
        assert file.read_bytes() == (tmp_path / "library/edges" / file.name).read_bytes()
    again = runner.run("-o", tmp_path / "library", "--allow-private", *urls)
    assert again.sums == {"ok": 0, "failed": 0, "skipped": 3, "cancelled": 0}


def test_interrupted(faults, tmp_path):
    """Goal: the example's own signal handler cancels its runs: what is in hand is finished, the
    rest is cancelled, and no process is left."""
    gate = threading.Event()
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i), gate=gate)) for i in range(9)]
    directory, out = tmp_path / "streams", tmp_path / "out"
    directory.mkdir()
    background = runner.Background(
        ["--allow-private", out, *urls], directory, env=WORKER, program=EXAMPLE
    )
    wait_until(lambda: faults.in_flight() == 4, "four downloads are in flight")
    children = processes_of(background)[1:]
    assert [child.name for child in children][:1] == ["ef-forkserver"]
    background.signal(signal.SIGINT)
    wait_until(lambda: "cancelled" in codes_so_far(out), "the signal has been obeyed")
    gate.set()
    result = background.wait()
    assert ends(result) == {str(out): (1, 4, 0, 0, 5)}, result
    assert not any(child.alive() for child in children)
    no_partial_file(out)


def codes_so_far(out):
    return codes(out).values() if (out / "manifest.jsonl").exists() else ()


def test_its_children_die_with_it(faults, tmp_path):
    """Goal: a host that is killed leaves no process behind."""
    directory = tmp_path / "streams"
    directory.mkdir()
    args = ["--allow-private", tmp_path / "out", faults.add("/never", pages.never)]
    background = runner.Background(args, directory, env=WORKER, program=EXAMPLE)
    wait_until(lambda: faults.in_flight() == 1, "a download is in flight")
    children = processes_of(background)[1:]
    background.signal(signal.SIGKILL)
    background.wait()
    assert children
    wait_until(lambda: not any(child.alive() for child in children), "they have gone")


def test_one_after_the_other(host, good, out):
    """Goal: two runs in turn in one process; the second skips what the first has done."""
    result = host("twice", good(4))
    assert result.code == 0, result
    assert set(codes(out).values()) == {"ok"}


def test_in_threads_of_a_host(host, good, out):
    """Goal: two runs at the same time in threads of a host, whose signal handlers and limits stay
    as they are."""
    result = host("threads", good(6))
    assert result.code == 0, result
    assert codes(out) == codes(out.with_name(out.name + "-2"))


@pytest.mark.parametrize("act", ("finish", "break-off", "free"))
def test_cancelled_in_the_middle(host, good, faults, out, act):
    """Goal: cancelled by a callback, or freed, while there is much to do: all that is read is told
    of, and no file is half there."""
    page = pages.good(pictures.png(), delay=0.2) if act == "finish" else pages.never
    slow = [faults.add(f"/slow{i}", page) for i in range(40)]
    result = host(act, good(1) + slow)
    assert result.code == 0, result
    if act == "finish":
        assert int(re.search(r"(\d+) cancelled", result.out)[1]) > 0
    no_partial_file(out)


def test_a_host_that_does_not_take_its_results(host, good):
    """Goal: a host that is slow gets every result in the end, of more URLs than may wait."""
    result = host("slow", good(1) + [f"not a url {i}" for i in range(5000)])
    assert result.code == 0, result


def test_nothing_is_written(host, good):
    """Goal: with discard, and a list by its descriptor, there is no directory."""
    result = host("discard", good(3))
    assert result.code == 0, result
    assert result.out.count(" ok 1 \n") == 3


def test_what_options_point_to(host, good, faults, out):
    """Goal: paths, headers and templates may be gone as soon as the run is started."""
    result = host("copies", good(2))
    assert result.code == 0, result
    assert sorted(file.stem for file in (out / "edges").iterdir()) == ["1", "2"]
    assert all(request.headers.get("x-own") == "1" for request in faults.requests)


def test_options_out_of_their_ranges(host, good):
    """Goal: each is refused before anything starts, by its name."""
    result = host("options", good(1))
    assert result.code == 0, result
    for name in ("limit", "workers", "timeout", "max_bytes", "picture", "output", "name_template",
                 "refresh", "headers", "sandbox"):  # fmt: skip
        assert f"not started: {name}" in result.out


def test_without_its_worker_program(host, good, tmp_path):
    """Goal: a worker program that is missing, is another one or says nothing is named, with what to
    do; the run has not begun."""
    silent = shutil.which("true")
    for program, why in ((tmp_path / "none", "No such file"), (silent, "ended without an answer")):
        result = host("refused", good(1), env={"EDGEFETCH_WORKER": str(program)})
        assert result.code == 0, result
        assert f"error: the worker program {program}" in result.out and why in result.out
        assert "worker_program" in result.out


def test_a_list_that_is_not_there(host, out):
    """Goal: a list that cannot be opened is an error of the run, not of the host."""
    result = runner.run("refused", out, "/nowhere/urls", program=HOST, env=WORKER)
    assert result.code == 0, result
    assert "error: list '/nowhere/urls': No such file or directory" in result.out


def test_the_worker_program_by_hand():
    """Goal: who starts it by hand is told what it is."""
    result = runner.run(program=BUILD / "edgefetch-worker")
    assert result.code == 2
    assert "libedgefetch-run" in result.err
