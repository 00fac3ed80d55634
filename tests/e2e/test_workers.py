# SPDX-License-Identifier: MIT
"""Workers that die or hang cost the picture they had in hand, and nothing else."""

import contextlib
import resource
import signal
import threading

import pytest

import pages
import pictures
from processes import named, processes_of, workers_of
from runner import PATIENCE, SLOW, codes, manifest, wait_until


@pytest.fixture
def run_at_a_gate(start, faults):
    """run_at_a_gate(workers, *options): a run whose pictures all wait for `gate`, with its workers
    up and idle. Its urls are 6 good ones."""

    class Run:
        def __init__(self, workers, *options):
            self.gate = threading.Event()
            self.urls = [
                faults.add(f"/{i}.png", pages.good(pictures.png(seed=i), gate=self.gate))
                for i in range(6)
            ]
            self.background = start("-w", workers, *options, *self.urls)
            wait_until(lambda: len(self.workers()) == workers, "the workers are there")
            wait_until(lambda: faults.in_flight() == 4, "the downloads have begun")

        def workers(self):
            return workers_of(self.background)

        def finish(self):
            self.gate.set()
            return self.background.wait()

    return Run


def test_the_family(run_at_a_gate):
    """Goal: main has one child, the fork server, and the workers are the fork server's children."""
    run = run_at_a_gate(3)
    main, server, *workers = processes_of(run.background)
    assert (server.name, server.parent) == ("ef-forkserver", main.pid)
    assert {worker.name for worker in workers} == {"ef-worker"}
    assert {worker.parent for worker in workers} == {server.pid}
    assert run.finish().code == 0


@pytest.mark.parametrize("number", (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT))
def test_killed_while_idle(run_at_a_gate, number):
    """Goal: an idle worker that is killed costs nothing; another takes its place."""
    run = run_at_a_gate(2)
    victims = run.workers()
    for victim in victims:
        victim.signal(number)
    wait_until(lambda: not any(v.alive() for v in victims), "the workers are dead")
    wait_until(lambda: len(run.workers()) == 2, "there are others")
    assert run.finish().sums == {"ok": 6, "failed": 0, "skipped": 0, "cancelled": 0}


@pytest.mark.parametrize("number", (signal.SIGKILL, signal.SIGSEGV))
def test_killed_while_busy(start, faults, out, number):
    """Goal: a worker that dies over a picture costs that picture, with the signal in the message;
    its place is filled and every other picture is done."""
    gate, end = threading.Event(), threading.Event()
    first = faults.add("/first.png", pages.good(pictures.png(seed=9)))
    heavy = faults.add("/heavy.png", pages.good(pictures.heavy(), gate=gate))
    others = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i), gate=end)) for i in range(6)]
    background = start("-w", "1", first, heavy, *others)
    wait_until(lambda: list((out / "edges").glob("*")), "the first picture is done")
    (worker,) = workers_of(background)
    idle = worker.cpu_seconds()
    gate.set()
    wait_until(lambda: worker.cpu_seconds() > idle + 0.02, "the worker is busy")
    worker.signal(number)
    end.set()
    result = background.wait()
    assert result.sums == {"ok": 7, "failed": 1, "skipped": 0, "cancelled": 0}, result
    error = manifest(out)[heavy]["error"]
    assert result.code == 1 and error["code"] == "worker_crashed"
    assert f"signal {int(number)}" in error["message"]
    assert len(list((out / "edges").iterdir())) == len(list((out / "original").iterdir())) == 7


def test_killed_again_and_again(run_at_a_gate, out):
    """Goal: workers that are killed all through a run cost at most one URL each; the run ends."""
    run = run_at_a_gate(2, "-l", "4")
    run.gate.set()
    kills = 0
    while run.background.process.poll() is None and kills < 5:
        for worker in workers_of(run.background)[:1]:
            with contextlib.suppress(ProcessLookupError):
                worker.signal(signal.SIGKILL)
                kills += 1
    result = run.background.wait()
    assert result.code in (0, 1), result
    assert result.sums["failed"] <= kills
    assert set(codes(out).values()) <= {"ok", "worker_crashed"}
    assert set(codes(out)) == set(run.urls)


def test_stopped_worker(run_at_a_gate, out):
    """Goal: a worker that does not answer is worker_timeout for its picture, and is replaced."""
    run = run_at_a_gate(1, "--worker-timeout", 0.5 * PATIENCE)
    (victim,) = run.workers()
    victim.signal(signal.SIGSTOP)
    wait_until(victim.stopped, "the worker has stopped")
    result = run.finish()
    assert result.sums == {"ok": 5, "failed": 1, "skipped": 0, "cancelled": 0}, result
    assert sorted(codes(out).values())[-1] == "worker_timeout"
    assert not victim.alive()


def test_one_stopped_worker_of_two(run_at_a_gate, out):
    """Goal: while one worker hangs, the other does the rest."""
    run = run_at_a_gate(2, "--worker-timeout", 0.5 * PATIENCE)
    run.workers()[0].signal(signal.SIGSTOP)
    result = run.finish()
    assert result.sums == {"ok": 5, "failed": 1, "skipped": 0, "cancelled": 0}, result
    assert sorted(codes(out).values())[-1] == "worker_timeout"


@pytest.mark.skipif(SLOW, reason="valgrind runs without the sandbox")
def test_what_a_worker_may_not(run_at_a_gate):
    """Goal: a worker has no new privileges, no core dumps, and hardly a descriptor."""
    run = run_at_a_gate(1)
    (worker,) = run.workers()
    assert worker.status("NoNewPrivs") == 1
    assert worker.limit("Max core file size") == "0"
    assert int(worker.limit("Max open files")) <= 16
    assert run.finish().code == 0


def test_nothing_is_left_after_a_run(run_at_a_gate):
    """Goal: when main has ended, so have its fork server and its workers."""
    run = run_at_a_gate(3)
    family = processes_of(run.background)
    assert run.finish().code == 0
    wait_until(lambda: not any(p.alive() for p in family), "every process has ended")


def test_forkserver_killed(run_at_a_gate, out):
    """Goal: without the fork server the run ends by itself, with exit 4 and every URL told."""
    run = run_at_a_gate(2)
    (server,) = named(run.background, "ef-forkserver")
    workers = run.workers()
    server.signal(signal.SIGKILL)
    wait_until(lambda: not any(w.alive() for w in workers), "the workers went with it")
    result = run.finish()
    assert result.code == 4, result
    assert set(codes(out)) == set(run.urls)
    assert sum(result.sums.values()) == 6 and result.sums["ok"] == 0


def test_no_worker_can_be_started(run_at_a_gate):
    """Goal: while the fork server cannot fork, the worker that is left does all the work."""
    run = run_at_a_gate(2)
    (server,) = named(run.background, "ef-forkserver")
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (3, 3))
    run.workers()[0].signal(signal.SIGKILL)
    wait_until(lambda: "cannot be started" in run.background.err, "it has been tried")
    result = run.finish()
    assert result.code == 0, result
    assert result.sums == {"ok": 6, "failed": 0, "skipped": 0, "cancelled": 0}


def test_forkserver_stopped(run_at_a_gate):
    """Goal: a fork server that is stopped does not keep the run from ending, and is gone then, with
    the workers."""
    run = run_at_a_gate(2)
    family = processes_of(run.background)
    named(run.background, "ef-forkserver")[0].signal(signal.SIGSTOP)
    assert run.finish().sums == {"ok": 6, "failed": 0, "skipped": 0, "cancelled": 0}
    wait_until(lambda: not any(p.alive() for p in family), "every process has ended")
