# SPDX-License-Identifier: MIT
"""What a program costs from its start to its exit, as timed.c tells it."""
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
from typing import NamedTuple


class Cost(NamedTuple):
    wall_ms: float
    cpu_ms: float
    rss_kb: int  # of its largest process


def cost_of(timed, command, env=None):
    """Runs the command; one that fails ends the benchmark."""
    with tempfile.NamedTemporaryFile() as result, tempfile.TemporaryFile("w+") as errors:
        done = subprocess.run([timed, result.name, *command], stdout=subprocess.DEVNULL, stderr=errors, env=env)
        words = pathlib.Path(result.name).read_text().split()
        if done.returncode != 0 or not words or words[3] != "0":
            errors.seek(0)
            sys.exit(f"{' '.join(map(str, command[:12]))} ... failed:\n{errors.read()}")
    return Cost(float(words[0]), float(words[1]), int(words[2]))


def columns(costs):
    """The costs of a program's rounds as fields of its record."""
    return {"ms": [cost.wall_ms for cost in costs], "cpu_ms": [cost.cpu_ms for cost in costs],
            "rss_kb": [cost.rss_kb for cost in costs]}


def shown(words):
    """A command as people may repeat it: paths from here."""
    here = f"{os.getcwd()}/"
    return shlex.join(word.removeprefix(here) for word in words)
