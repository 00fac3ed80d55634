# SPDX-License-Identifier: MIT
"""Has another compiler look at every file of a build, with the build's own flags and nothing made of it:
    syntax.py BUILD-FOLDER BELOW COMPILER [FLAG...]
Files below another folder than BELOW are passed over, unless that is empty.
Prints what it says, and exits 1 when it refuses a file."""
import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys


def command_of(entry, compiler, flags):
    words = shlex.split(entry["command"])[1:]
    at = words.index("-o")
    return [compiler, *words[:at], *words[at + 2:], "-fsyntax-only", *flags]


def look(entry, compiler, flags):
    done = subprocess.run(command_of(entry, compiler, flags), cwd=entry["directory"], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def main():
    folder, below, compiler, *flags = sys.argv[1:]
    entries = json.loads((pathlib.Path(folder) / "compile_commands.json").read_text())
    root = pathlib.Path(__file__).resolve().parent.parent / below
    entries = [entry for entry in entries if entry["file"].endswith(".c") and root in pathlib.Path(entry["file"]).parents]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda entry: look(entry, compiler, flags), entries))
    print("".join(said for _, said in results), end="")
    sys.exit(any(code != 0 for code, _ in results) or not entries)


if __name__ == "__main__":
    main()
