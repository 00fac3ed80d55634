# SPDX-License-Identifier: MIT
"""A decoder that has been taken over, by the program of tests/hostile: what it tries costs the worker its life, and
the run one URL. And systems that lack what the sandbox is made of."""

import ctypes
import json
import pathlib
import re
import signal
import socket
import sys

import pytest

import pages
import pictures
from conftest import ONCE
from faultserver import FaultServer
from runner import MODES, PROGRAM, SLOW, error_code, manifest, run

HOSTILE = PROGRAM.parent / "tests" / "hostile" / "edgefetch-hostile"
WITHOUT = pathlib.Path(__file__).with_name("without.py")
BUILT = "" if SLOW else re.search("^sandbox: (.*)$", run("--version").out, re.MULTILINE)[1]

LIMITS, LANDLOCK, SECCOMP = 1, 2, 4  # EDGEFETCH_WALLS

needs_seccomp = pytest.mark.skipif("seccomp" not in BUILT, reason="this build has no seccomp")
needs_landlock = pytest.mark.skipif("landlock" not in BUILT, reason="this build has no Landlock")

# What only a system call can do: each one kills the worker with SIGSYS.
CALLS = (
    "open create openat2 stat unlink memfd_create ioctl fcntl socket connect tcp abstract fork clone3 thread execve "
    "ptrace process_vm_readv kill abort_parent stop_self pidfd_open prlimit shmget mmap_exec mprotect_exec madvise "
    "prctl unshare io_uring_setup bpf userfaultfd perf_event_open keyctl seccomp x32"
).split()


def order(act, argument=""):
    """A picture that makes its worker try an act."""
    return f"edgefetch-hostile: {act} {argument}".encode()


def landlock_version():
    return ctypes.CDLL(None).syscall(444, None, 0, 1)


class Attack:
    """A run over good pictures and hostile ones, in turns."""

    def __init__(self, directory, acts, *options, env=None, before=b""):
        server = FaultServer()
        self.out = directory / "out"
        self.good = [server.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(6)]
        self.hostile = {
            act: server.add(f"/{act}", pages.good(before + order(act, argument)))
            for act, argument in acts.items()
        }
        mixed = list(self.hostile.values())
        for i, url in enumerate(self.good):
            mixed.insert(i * 7, url)
        self.result = run("-o", self.out, *ONCE, *options, *mixed, env=env, program=HOSTILE)
        server.stop()
        self.lines = manifest(self.out)

    def error(self, act):
        return self.lines[self.hostile[act]].get("error", {})

    def check_the_rest(self):
        """Every good picture is done, and nothing but the hostile ones has failed."""
        assert [error_code(self.lines[url]) for url in self.good] == ["ok"] * len(self.good)
        assert self.result.code == 1, self.result
        assert self.result.sums == {"ok": 6, "failed": len(self.hostile), "skipped": 0, "cancelled": 0}


@pytest.fixture(scope="module", params=MODES)
def every_call(request, tmp_path_factory):
    """A run in which every system call is tried once."""
    directory = tmp_path_factory.mktemp(request.param)
    victim = directory / "victim"
    victim.write_text("mine")
    acts = dict.fromkeys(CALLS, "")
    acts.update(unlink=victim, create=directory / "made", tcp=1, abstract="edgefetch-test")
    attack = Attack(directory, acts, "--mode", request.param, "--sandbox", "full")
    attack.victim, attack.made = victim, directory / "made"
    return attack


@needs_seccomp
@pytest.mark.parametrize("call", CALLS)
def test_call(every_call, call):
    """Goal: a system call that is not on the list kills the worker, before anything has come of it."""
    error = every_call.error(call)
    assert error.get("code") == "worker_crashed", error
    assert f"signal {int(signal.SIGSYS)}," in error["message"]


@needs_seccomp
def test_rest_of_the_run(every_call):
    """Goal: all of that costs nothing else."""
    every_call.check_the_rest()
    assert every_call.victim.read_text() == "mine" and not every_call.made.exists()


@needs_seccomp
def test_foreign_numbers(tmp_path):
    """Goal: a call by a 32-bit program's number dies, too, where the kernel knows such programs at all."""
    attack = Attack(tmp_path, {"int80": ""}, "--sandbox", "full")
    if "201" in attack.error("int80")["message"]:
        pytest.skip("not on this machine")
    message = attack.error("int80")["message"]
    assert any(f"signal {int(s)}," in message for s in (signal.SIGSYS, signal.SIGSEGV)), message


@needs_seccomp
def test_honest_deaths(tmp_path):
    """Goal: abort() is told as such, memory beyond the limit as a refusal, and neither as a forbidden call."""
    attack = Attack(tmp_path, {"abort": "", "memory": ""}, "--sandbox", "full")
    assert f"signal {int(signal.SIGABRT)}," in attack.error("abort")["message"]
    assert "exit status 12" in attack.error("memory")["message"]  # ENOMEM
    attack.check_the_rest()


@needs_seccomp
def test_nothing_reaches_the_terminal(tmp_path):
    """Goal: what a worker writes to standard error, nobody sees."""
    attack = Attack(tmp_path, {"stderr": "\x1b]0;owned"}, "--sandbox", "full")
    assert "owned" not in attack.result.err
    attack.check_the_rest()


@needs_landlock
@pytest.mark.skipif(landlock_version() < 1, reason="this kernel has no Landlock")
def test_landlock_alone(tmp_path):
    """Goal: without seccomp Landlock still denies files, ports, sockets and signals."""
    with socket.socket() as port, socket.socket(socket.AF_UNIX) as abstract:
        port.bind(("127.0.0.1", 0))
        port.listen()
        abstract.bind(f"\0edgefetch-{port.getsockname()[1]}")
        abstract.listen()
        acts = {"open": "", "openat2": "", "create": tmp_path / "made"}
        if landlock_version() >= 4:
            acts["tcp"] = port.getsockname()[1]
        if landlock_version() >= 6:
            acts.update(abstract=abstract.getsockname()[1:].decode(), kill="")
        attack = Attack(tmp_path, acts, env={"EDGEFETCH_WALLS": str(LIMITS | LANDLOCK)})
    expected = dict.fromkeys(acts, 13) | {"abstract": 1, "kill": 1}  # EACCES, EPERM
    for act in acts:
        assert f"(exit status {expected[act]})" in attack.error(act)["message"], act
    attack.check_the_rest()


@pytest.mark.skipif(SLOW, reason="the limits are off")
def test_without_walls(tmp_path):
    """Goal: the acts are real: with no sandbox they succeed."""
    acts = dict.fromkeys(("open", "socket", "kill", "mmap_exec", "memfd_create", "fcntl"), "")
    attack = Attack(tmp_path, acts, "--sandbox", "off")
    for act in acts:
        assert "(exit status 200)" in attack.error(act)["message"], act
    attack.check_the_rest()


@pytest.mark.skipif(SLOW, reason="the limits are off")
def test_cpu_limit(tmp_path):
    """Goal: a picture that takes more CPU time than any honest one ends by SIGXCPU, whatever main does."""
    env = {"EDGEFETCH_CPU_SECONDS": "0", "EDGEFETCH_JOB_SECONDS": "1"}
    attack = Attack(tmp_path, {"spin": ""}, env=env)
    assert f"signal {int(signal.SIGXCPU)}," in attack.error("spin")["message"]
    attack.check_the_rest()


@pytest.mark.skipif(SLOW, reason="the limits are off")
@pytest.mark.parametrize("mode", MODES)
def test_worn_out_workers(tmp_path, mode):
    """Goal: a worker that has used up its CPU time is replaced between two pictures, and no picture notices."""
    attack = Attack(tmp_path, {}, "-w", 1, "-v", "--mode", mode, env={"EDGEFETCH_CPU_SECONDS": "0"})
    assert attack.result.code == 0 and attack.result.sums["ok"] == 6, attack.result
    assert attack.result.err.count("of CPU, at most") >= 5


LIES = "type width sum time detail output status".split()


@pytest.mark.skipif(not HOSTILE.exists(), reason="valgrind runs the program alone")
@pytest.mark.parametrize("what", LIES)
@pytest.mark.parametrize("mode", MODES)
def test_lies(tmp_path, mode, what):
    """Goal: a worker whose answer cannot be true is worker_protocol and is replaced; nothing of the lie is kept."""
    attack = Attack(tmp_path, {"lie": what}, "-w", 1, "--mode", mode, before=pictures.png())
    assert attack.error("lie")["code"] == "worker_protocol"
    attack.check_the_rest()
    assert len(list((attack.out / "edges").iterdir())) == 6
    assert "\x1b" not in attack.result.err + attack.result.out


# ---- what is in force ----


@pytest.fixture
def one(tmp_path):
    (tmp_path / "a.png").write_bytes(pictures.png())
    return tmp_path / "a.png"


def run_without(what, one, *options, tmp_path):
    return run("edges", "-o", tmp_path / "out", *options, one, before=(sys.executable, WITHOUT, *what, "--"))


@needs_seccomp
@pytest.mark.parametrize("level, walls", (("full", "limits, landlock, seccomp"), ("limits", "limits"), ("off", "off")))
def test_level_in_force(tmp_path, one, level, walls):
    """Goal: -v and --stats tell the level in force."""
    stats = tmp_path / "stats.json"
    result = run("edges", "-v", "--stats", stats, "-o", tmp_path / "out", "--sandbox", level, one)
    assert result.code == 0 and f"sandbox: {walls}\n" in result.err, result
    assert json.loads(stats.read_text())["sandbox"] == walls


@needs_seccomp
@pytest.mark.parametrize(
    "what, left",
    ((["seccomp"], "limits, landlock"), (["landlock"], "limits, seccomp"), (["landlock", "seccomp"], "limits")),
)
def test_system_that_lacks_it(tmp_path, one, what, left):
    """Goal: by default the run goes on with what there is, and one warning names what is missing."""
    result = run_without(what, one, tmp_path=tmp_path)
    assert result.code == 0, result
    (warning,) = [line for line in result.err.splitlines() if "sandbox" in line]
    assert f"without {', '.join(what)}, which this system lacks" in warning and f"in force: {left}" in warning


@needs_seccomp
@pytest.mark.parametrize("what", ("seccomp", "landlock"))
def test_demanded_in_vain(tmp_path, one, what):
    """Goal: --sandbox full refuses to start where it cannot be had, and says what is missing."""
    result = run_without([what], one, "--sandbox", "full", tmp_path=tmp_path)
    assert result.code == 4 and f"this system lacks {what}" in result.err, result
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(SLOW, reason="a sanitizer's own calls")
def test_lockdown_that_fails(tmp_path, one):
    """Goal: a worker that cannot lock itself down does nothing, and the run ends with exit 4."""
    result = run_without(["undumpable"], one, "--sandbox", "limits", tmp_path=tmp_path)
    assert result.code == 4, result
    assert "cannot lock itself down: not dumpable" in result.err and "sandbox cannot be closed" in result.err
    assert result.sums["ok"] == 0 and len(result.err.split("cannot lock itself down")) <= 3


def test_unknown_level(one):
    """Goal: another word is a usage error that lists the levels."""
    result = run("edges", "--sandbox", "most", one)
    assert result.code == 2 and "full, limits or off" in result.err
