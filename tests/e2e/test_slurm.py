# SPDX-License-Identifier: MIT
"""examples/slurm/edgefetch.sbatch on a real Slurm of two nodes, one of which is lost while it works."""

import collections
import itertools
import threading

import pytest

import pages
import pictures
from runner import PROGRAM, ROOT, manifest_lines, run, wait_until, write_list
from slurm import Slurm
from test_shards import directory, shard_of

SCRIPT = ROOT / "examples/slurm/edgefetch.sbatch"
HOSTS_OF_A_SHARD, PICTURES_OF_A_HOST, LIMIT = 2, 8, 4
AT_ONCE = 2  # of the pictures of a host


@pytest.fixture
def slurm(tmp_path):
    """A Slurm of two nodes; see slurm.py."""
    made = Slurm(tmp_path / "slurm", PROGRAM)
    yield made
    made.stop()


def hosts_of(shards):
    """Names of which each shard has as many."""
    wanted = dict.fromkeys(range(1, shards + 1), HOSTS_OF_A_SHARD)
    for name in (f"h{i}.example" for i in itertools.count()):
        shard = shard_of(name, shards)
        if wanted[shard] > 0:
            wanted[shard] -= 1
            yield name
        if not any(wanted.values()):
            return


class Array:
    """An array over a list by host, and the server of all its hosts: of each it answers for the first pictures at once,
    for the others when the gate is open."""

    def __init__(self, slurm, server, home, shards):
        self.slurm, self.server = slurm, server
        self.out = home / "out"
        self.gate = threading.Event()
        self.urls, self.gated = {}, set()  # by path
        self.shards = {}  # the number of each path's
        for i, host in itertools.product(range(PICTURES_OF_A_HOST), hosts_of(shards)):
            self._add(i, host, shards)
        options = ("--allow-private", "--connect-to", f"::127.0.0.1:{server.port}", "--limit", LIMIT,
                   "--stall-timeout", 300, "--timeout", 300)  # the gate may be closed for long on a busy machine
        path = write_list(home / "list", self.urls.values())
        self.job = slurm.submit(f"--array=1-{shards}", "--cpus-per-task=1", SCRIPT, path, self.out, *options)
        self.directories = {number: directory(self.out, number, shards) for number in range(1, shards + 1)}

    def _add(self, i, host, shards):
        path = f"/{host}/{i}.png"
        gate = self.gate if i >= AT_ONCE else None
        self.urls[path] = self.server.add(path, pages.good(pictures.png(seed=i), gate=gate), host)
        self.shards[path] = shard_of(host, shards)
        if gate is not None:
            self.gated.add(path)

    def told(self):
        """How many lines each shard's manifest has."""
        return [len(manifest_lines(d)) if (d / "manifest.jsonl").exists() else 0 for d in self.directories.values()]

    def wait_until_amid(self):
        """Each task has told of all that it was answered, and has as much in hand as it may."""
        done, count = HOSTS_OF_A_SHARD * AT_ONCE, len(self.directories)
        wait_until(
            lambda: self.server.in_flight() == LIMIT * count and self.told() == [done] * count,
            "every task is amid its work", 60,
        )  # fmt: skip

    def in_hand(self, shards):
        """What these shards have asked for, and wait for."""
        asked = {request.path for request in self.server.requests}
        return [path for path in asked & self.gated if self.shards[path] in shards]

    def wait_for_end_of(self, job):
        """With everything that is queued again started at once."""

        def over():
            self.slurm.hurry(self.job)
            return self.slurm.tasks(job)[0]["JobState"] not in ("PENDING", "RUNNING", "COMPLETING")

        wait_until(over, f"job {job} is over", 90)

    def restarts(self):
        """How often each task was queued again; all of them have ended well."""
        tasks = self.slurm.tasks(self.job)
        ends = {number: (task["JobState"], task["ExitCode"]) for number, task in tasks.items()}
        assert ends == dict.fromkeys(self.directories, ("COMPLETED", "0:0"))
        return {number: int(task["Restarts"]) for number, task in tasks.items()}

    def assert_done_once(self, asked_again):
        """In all manifests together every URL is done once, and the server was asked for each once: for these twice."""
        lines = [line for d in self.directories.values() for line in manifest_lines(d)]
        done = collections.Counter(line["url"] for line in lines if line["status"] == "ok")
        assert done == collections.Counter(self.urls.values())
        asked = collections.Counter(request.path for request in self.server.requests)
        assert asked == collections.Counter([*self.urls, *asked_again])

    def assert_merged(self, merge):
        """The job behind the array has merged everything, everything stands there, and nothing half-written does."""
        task = self.slurm.tasks(merge)[0]
        assert (task["JobState"], task["ExitCode"]) == ("COMPLETED", "0:0")
        merged = [(line["url"], line["status"]) for line in manifest_lines(self.out)]
        assert sorted(merged) == sorted((url, "ok") for url in self.urls.values())
        assert run("verify", self.out).code == 0
        assert not list(self.out.glob("*/.partial-*"))


def test_lost_node(slurm, faults, tmp_path):
    """Goal: when a node is lost, and a task's time is over, in the middle, Slurm queues them again and every URL is done
    exactly once; only what the lost ones had in hand is downloaded again."""
    array = Array(slurm, faults, tmp_path, 4)
    merge = slurm.submit(f"--dependency=afterany:{array.job}", f"--wrap=edgefetch merge {array.out}")
    array.wait_until_amid()
    lost, left = slurm.on(array.job, "n2"), slurm.on(array.job, "n1")
    assert len(lost) == len(left) == 2
    in_hand = array.in_hand(lost)
    assert len(in_hand) == 2 * LIMIT
    slurm.lose("n2")
    stopped = min(left)
    slurm.terminate(array.job, stopped)
    wait_until(lambda: "stopping" in slurm.log(array.job, stopped), "the task has seen SIGTERM")
    array.gate.set()
    array.wait_for_end_of(merge)
    assert array.restarts() == {task: int(task in {*lost, stopped}) for task in (1, 2, 3, 4)}
    array.assert_done_once(asked_again=in_hand)
    array.assert_merged(merge)


def test_lost_node_whose_tasks_live_on(slurm, faults, tmp_path):
    """Goal: an attempt that outlives its node is left in peace by the next one, which asks to be tried again; nothing is
    downloaded twice."""
    array = Array(slurm, faults, tmp_path, 2)
    merge = slurm.submit(f"--dependency=afterany:{array.job}", f"--wrap=edgefetch merge {array.out}")
    array.wait_until_amid()
    (lost,) = slurm.on(array.job, "n2")
    slurm.lose("n2", survivors=True)

    def refused():
        slurm.hurry(array.job)
        return "another run (process" in slurm.log(array.job, lost)

    wait_until(refused, "the next attempt has met the old one", 60)
    array.gate.set()
    array.wait_for_end_of(merge)
    assert array.restarts()[lost] >= 2
    array.assert_done_once(asked_again=[])
    array.assert_merged(merge)
