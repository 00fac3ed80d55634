# SPDX-License-Identifier: MIT
"""The processes of a run, seen from outside through /proc."""

import contextlib
import os
import pathlib

TICKS = os.sysconf("SC_CLK_TCK")


class Process:
    """One process; it is the same one for as long as its start time is."""

    def __init__(self, pid):
        self.pid = pid
        fields = self._stat()
        self.parent = int(fields[1])
        self.start = fields[19]
        self.name = (self._directory() / "comm").read_text().strip()

    def __repr__(self):
        return f"{self.name}({self.pid})"

    def _directory(self):
        return pathlib.Path("/proc", str(self.pid))

    def _stat(self):
        """The fields of /proc/PID/stat from the state on."""
        return (self._directory() / "stat").read_text().rpartition(")")[2].split()

    def alive(self):
        """True while it is there and not a zombie."""
        try:
            fields = self._stat()
        except (FileNotFoundError, ProcessLookupError):
            return False
        return fields[19] == self.start and fields[0] not in "ZX"

    def stopped(self):
        return self._stat()[0] == "T"

    def cpu_seconds(self):
        fields = self._stat()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def signal(self, number):
        os.kill(self.pid, number)

    def catches(self, number):
        """True when it has a handler for the signal."""
        return bool(self.status("SigCgt", 16) >> (number - 1) & 1)

    def pending(self, number):
        """True when the signal has been sent and not yet been caught."""
        return bool(self.status("ShdPnd", 16) >> (number - 1) & 1)

    def status(self, key, base=10):
        """A number of /proc/PID/status; 0 when the line is not there, as in a zombie."""
        for line in (self._directory() / "status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1], base)
        return 0

    def limit(self, what):
        """A soft limit of /proc/PID/limits."""
        for line in (self._directory() / "limits").read_text().splitlines():
            if line.startswith(what):
                return line[len(what) :].split()[0]
        raise KeyError(what)

    def files(self):
        """The paths of what it has open; none when it has gone or is not ours."""
        found = []
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            for descriptor in (self._directory() / "fd").iterdir():
                with contextlib.suppress(FileNotFoundError):
                    found.append(os.readlink(descriptor))
        return found

    def descriptors(self):
        return len(os.listdir(self._directory() / "fd"))


def everyone():
    """Every process there is, by its id."""
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found[int(entry)] = Process(int(entry))
    return found


def processes_of(background):
    """Every process of a run: main and what it or they have forked."""
    there = everyone()
    found = [there[background.pid]]
    for process in found:
        found += [child for child in there.values() if child.parent == process.pid]
    return found


def named(background, name):
    return [process for process in processes_of(background) if process.name == name]


def workers_of(background):
    return named(background, "ef-worker")
