# SPDX-License-Identifier: MIT
"""A real Slurm on loopback: two nodes that are two slurmd on this machine, in a directory of their own. Nothing of an
installed Slurm's configuration is used."""

import contextlib
import getpass
import os
import re
import signal
import socket
import subprocess

from processes import everyone, processes_of
from runner import PATIENCE, environment, wait_until

NODES = ("n1", "n2")

CONFIGURATION = """
ClusterName=edgefetch
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={home}/munge.socket
CredType=cred/munge
SlurmctldPidFile={home}/slurmctld.pid
SlurmdPidFile={home}/slurmd-%n.pid
SlurmdSpoolDir={home}/spool-%n
SlurmdLogFile={home}/slurmd-%n.log
SlurmdParameters=config_overrides
StateSaveLocation={home}/state
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
SchedulerParameters=bf_interval=1,sched_interval=1,sched_min_interval=0,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobRequeue=1
RequeueExit=75
KillWait=2
NodeName=DEFAULT CPUs=4 RealMemory=65536
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={n1}
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={n2}
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE LLN=YES
"""


class Slurm:
    """Jobs are submitted in `directory`; the program is what they find as edgefetch."""

    def __init__(self, home, program):
        self.home = home
        self.directory = home / "jobs"
        self.daemons = {}
        self.hurried = set()
        for name in ("bin", "jobs", "state", *(f"spool-{node}" for node in NODES)):
            (home / name).mkdir(parents=True)
        (home / "bin/edgefetch").symlink_to(program)
        self.environment = {
            **{k: v for k, v in environment({}).items() if not k.startswith(("SLURM", "SBATCH"))},
            "PATH": f"{home}/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "SLURM_CONF": str(home / "slurm.conf"),
        }
        try:
            self._start_munge()
            self._start()
        except BaseException:
            self.stop()
            raise

    def submit(self, *args):
        """The number of the job."""
        return self._run("sbatch", "--parsable", *args).strip()

    def tasks(self, job):
        """What Slurm tells of the tasks of a job, by number; a job that is no array has the task 0. Those that have never
        been started can be missing."""
        told = {}
        for line in self._run("scontrol", "-o", "show", "job", job).splitlines():
            task = dict(re.findall(r"(\S+?)=(\S*)", line))
            number = task.get("ArrayTaskId", "0")
            if number.isdigit():
                told[int(number)] = task
        return told

    def on(self, job, node):
        """The numbers of the tasks that are at work on a node."""
        told = self.tasks(job).items()
        return {number for number, task in told if (task["JobState"], task["NodeList"]) == ("RUNNING", node)}

    def terminate(self, job, task):
        """What Slurm does before a task's time is over, by the script's --signal."""
        self._run("scancel", "--signal=TERM", "--batch", f"{job}_{task}")

    def lose(self, node, survivors=False):
        """Kills a node with all that runs there, or has the tasks survive it, as when only a network is gone; and tells
        Slurm, which would find out in time. slurmd and every slurmstepd, which is no child of it, have its log open."""
        log = str(self.home / f"slurmd-{node}.log")
        for daemon in everyone().values():
            if log in daemon.files():
                for process in [daemon] if survivors else processes_of(daemon):
                    _kill(process)
        self.daemons.pop(node).wait()
        self._run("scontrol", "update", f"nodename={node}", "state=down", "reason=lost")

    def hurry(self, job):
        """Has tasks that were queued again start soon: Slurm lets two minutes pass. Not at once: in the second in which a
        node has ended an attempt it takes the next one for killed, too, and Slurm then calls the task failed."""
        for number, task in self.tasks(job).items():
            attempt = (job, number, task.get("Restarts"))
            if (task["JobState"], task["Reason"]) == ("PENDING", "BeginTime") and attempt not in self.hurried:
                self._run("scontrol", "update", f"jobid={job}_{number}", "starttime=now+3")
                self.hurried.add(attempt)

    def log(self, job, task):
        """What all attempts of a task have printed."""
        path = self.directory / f"edgefetch-{job}_{task}.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def stop(self):
        """Whoever has one of its files open is of it: daemons, and tasks, also those whose node was lost."""
        for process in everyone().values():
            if any(path.startswith(f"{self.home}/") for path in process.files()):
                _kill(process)
        for daemon in self.daemons.values():
            daemon.wait()

    def _start_munge(self):
        """What signs Slurm's messages, with a key of its own."""
        key = self.home / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        files = {name: self.home / f"munge.{name}" for name in ("pid", "log", "seed")}
        socket_path = self.home / "munge.socket"
        options = [f"--{name}-file={path}" for name, path in {"key": key, **files}.items()]
        # --force: that others may write to /tmp is only warned of.
        self._daemon("munge", "munged", "--foreground", "--force", f"--socket={socket_path}", *options)
        wait_until(socket_path.exists, "munged listens")

    def _start(self):
        for _ in range(5):  # a port may be taken between the choice and the start
            self._configure()
            self._daemon("controller", "slurmctld", "-D", "-c")
            for node in NODES:
                self._daemon(node, "slurmd", "-D", "-c", "-N", node)
            wait_until(lambda: self._has_failed() or self._idle() == set(NODES), "both nodes are idle", 60)
            if not self._has_failed():
                return
            for name in ("controller", *NODES):
                daemon = self.daemons.pop(name)
                daemon.kill()
                daemon.wait()
        raise AssertionError((self.home / "daemons.log").read_text())

    def _configure(self):
        """Slurm cannot let the system choose ports: takes those that were free a moment ago."""
        names = ("controller", *NODES)
        with contextlib.ExitStack() as held:
            sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in names]
            ports = {name: s.getsockname()[1] for name, s in zip(names, sockets)}
        host = socket.gethostname().partition(".")[0]
        text = CONFIGURATION.format(home=self.home, host=host, user=getpass.getuser(), **ports)
        (self.home / "slurm.conf").write_text(text)

    def _daemon(self, name, *command):
        with open(self.home / "daemons.log", "ab") as log:
            self.daemons[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment, start_new_session=True
            )

    def _has_failed(self):
        return any(daemon.poll() is not None for daemon in self.daemons.values())

    def _idle(self):
        """The nodes that wait for work; none while nobody can tell."""
        return set(self._run("sinfo", "-h", "-N", "-t", "idle", "-o", "%N", check=False).split())

    def _run(self, *command, check=True):
        done = subprocess.run(
            list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            cwd=self.directory, env=self.environment, timeout=60 * PATIENCE,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout


def _kill(process):
    with contextlib.suppress(ProcessLookupError):
        process.signal(signal.SIGKILL)
