# SPDX-License-Identifier: MIT
"""Running the program: to its end, or in the background; and reading what it leaves behind."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("EDGEFETCH", "build/release/edgefetch"))
if not PROGRAM.is_absolute():
    PROGRAM = ROOT / PROGRAM

SLOW = os.environ.get("EDGEFETCH_SLOW") == "1"  # under a sanitizer or valgrind
FULL = os.environ.get("EDGEFETCH_FULL") == "1"  # longer, and in every combination
MODES = ("async", "threads", "sync")
SOME_MODES = MODES if FULL else ("async", "sync")  # threads do what sync does, many at a time
PATIENCE = 10 if SLOW else 1  # every waiting limit is multiplied by it

# What the environment says about proxies would change every transfer.
PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")

# A worker that is sent SIGSEGV has to die of it under a sanitizer too.
SANITIZERS = {
    "ASAN_OPTIONS": "handle_segv=0:exitcode=99",
    "TSAN_OPTIONS": "handle_segv=0:exitcode=99",
    "UBSAN_OPTIONS": "print_stacktrace=1",
}

# What sanitizers and valgrind say of an error, in main, fork server or worker.
COMPLAINT = re.compile(
    r"(ERROR|WARNING): \w+Sanitizer|runtime error: |Invalid (read|write) of|uninitialised value"
    r"|definitely lost: [1-9]"
)


def wait_until(condition, what, seconds=20):
    """Waits for condition() to be true and returns its value; a failure says what was awaited."""
    end = time.monotonic() + seconds * PATIENCE
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.005)


def environment(extra):
    """Ours without proxies and without the user's own configuration, with the variables of `extra`."""
    kept = {k: v for k, v in os.environ.items() if k.lower() not in PROXY_VARIABLES}
    return {"EDGEFETCH_NO_CONFIG": "yes", **SANITIZERS, **kept, **(extra or {})}


class Result:
    """How a run of the program ended."""

    def __init__(self, code, out, err):
        self.code = code  # below 0: killed by that signal
        self.out_bytes = out
        self.err_bytes = err
        self.out = out.decode("utf-8", "replace")
        self.err = err.decode("utf-8", "replace")
        assert not COMPLAINT.search(self.err), self.err

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"

    @property
    def sums(self):
        """The counts of the summary: {"ok": 1, "failed": 0, "skipped": 0, "cancelled": 0}."""
        found = re.search(
            r"^(\d+) ok, (\d+) failed, (\d+) skipped, (\d+) cancelled",
            self.out + self.err,
            re.MULTILINE,
        )
        assert found, f"no counts in the summary of\n{self}"
        return dict(zip(("ok", "failed", "skipped", "cancelled"), map(int, found.groups())))


class Background:
    """A run of the program that goes on while the test acts, in a process group of its own. What it
    prints goes to files, or to the streams that are given."""

    def __init__(
        self, args, directory, stdin=subprocess.DEVNULL, env=None, stdout=None, stderr=None,
        program=PROGRAM,
    ):  # fmt: skip
        self.files = [directory / "stdout.txt", directory / "stderr.txt"]
        with open(self.files[0], "wb") as out, open(self.files[1], "wb") as err:
            self.process = subprocess.Popen(
                [program, *map(str, args)], stdin=stdin, stdout=stdout or out, stderr=stderr or err,
                env=environment(env), start_new_session=True,
            )  # fmt: skip
        self.pid = self.process.pid

    @property
    def err(self):
        return self.files[1].read_text("utf-8", "replace")

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=60):
        """Its Result; a run that does not end is killed and fails the test with its output."""
        try:
            code = self.process.wait(timeout * PATIENCE)
        except subprocess.TimeoutExpired:
            self.stop()
            raise AssertionError(f"the run did not end\n{self.result(None)}") from None
        return self.result(code)

    def result(self, code):
        return Result(code, *(file.read_bytes() for file in self.files))

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()


def run(*args, input=None, env=None, timeout=60, before=(), program=PROGRAM):
    """Runs the program to its end; `input` is what it reads from standard input, `before` a command
    that starts it."""
    command = [*before, program, *(a if isinstance(a, bytes) else str(a) for a in args)]
    data = input.encode() if isinstance(input, str) else input
    source = {"stdin": subprocess.DEVNULL} if data is None else {"input": data}
    try:
        done = subprocess.run(
            command, capture_output=True, env=environment(env), timeout=timeout * PATIENCE, **source
        )
    except subprocess.TimeoutExpired as hang:
        hung = Result(None, hang.stdout or b"", hang.stderr or b"")
        raise AssertionError(f"{command} did not end\n{hung}") from None
    return Result(done.returncode, done.stdout, done.stderr)


def manifest_lines(directory):
    """Every line of a manifest but its header, oldest first."""
    text = (directory / "manifest.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()[1:]]


def manifest(directory):
    """The newest line about each URL, by URL."""
    return {line["url"]: line for line in manifest_lines(directory)}


def error_code(line):
    """The status code of a manifest line: "ok" or its error's."""
    return line["error"]["code"] if "error" in line else line["status"]


def codes(directory):
    """The status code of each URL of a manifest."""
    return {url: error_code(line) for url, line in manifest(directory).items()}


def write_list(path, lines):
    """A list file of these lines, which are str or bytes; returns its path."""
    raw = [line if isinstance(line, bytes) else line.encode() for line in lines]
    path.write_bytes(b"".join(line + b"\n" for line in raw))
    return path
