# SPDX-License-Identifier: MIT
"""A terminal with a run in it: a pseudo-terminal and an emulator that shows what a person would see."""

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios

import pyte

import runner

VARIABLES = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "", "LC_CTYPE": "", "NO_COLOR": "", "COLORTERM": ""}

# The status block's first line, whatever its width.
COUNTS = re.compile(r"^(?:[\u2588-\u2591#\[\]-]+ +)?(?: *\d+ % +)?(?P<done>\d+)(?: of |/)(?P<total>\d+)(?P<more>\+?) ")
SLOT = re.compile(r"^(?:download|read|d|r) ?(\d+) +(.*)")
HAND = re.compile(r"^(?:worker |w)(\d+) +(.*)")
BRIEF = re.compile(r"^(?P<what>[drw])\w* +(?P<now>\d+)(?: of |/)(?P<most>\d+)")


class Frame:
    """What stood on the screen at the end of one."""

    def __init__(self, lines, below, columns, rows):
        self.lines = lines  # those above the cursor's
        self.below = below  # the cursor's and the others
        self.columns, self.rows = columns, rows
        begin = next((i for i, line in enumerate(lines) if COUNTS.search(line)), len(lines))
        self.block = lines[begin:]

    def __repr__(self):
        return "\n".join([f"{self.columns}x{self.rows}", *self.lines, "~" * self.columns, *self.below])

    def number(self, what):
        """Of failed, ok ...; 0 where it is not told."""
        found = re.search(rf"(\d+) {what}\b", self.block[0])
        return int(found[1]) if found else 0

    def busy(self, pattern, letter):
        """How many of the slots or workers, and of how many."""
        rows = [found[2] for line in self.block[1:] if (found := pattern.match(line))]
        brief = [found for line in self.block[1:] if (found := BRIEF.match(line)) and found["what"] in letter]
        if brief:
            return int(brief[0]["now"]), int(brief[0]["most"])
        return sum(row != "-" for row in rows), len(rows)

    def check(self, limit, workers):
        """What must be true of every frame."""
        assert not any(self.below), self
        if not self.block:
            return
        counts = COUNTS.search(self.block[0])
        parts = sum(map(self.number, ("ok", "failed", "skipped", "cancelled")))
        assert parts <= int(counts["done"]) <= int(counts["total"]), self
        assert all(len(line) < self.columns for line in self.block), self
        assert len(self.block) < self.rows and all(self.block), self
        for (now, most), there_are in ((self.busy(SLOT, "dr"), limit), (self.busy(HAND, "w"), workers)):
            assert now <= most and most in (0, there_are), self


class Terminal:
    """A run whose streams are a terminal, its session's own; `before` is a command that starts it."""

    def __init__(self, *args, columns=80, rows=24, env=None, stdin=None, stdout=None, before=()):
        self.ours, theirs = pty.openpty()
        self.screen = pyte.HistoryScreen(columns, rows, history=10000)
        self.stream = pyte.ByteStream(self.screen)
        self.frames = []
        self.raw = self.rest = b""
        self._tell_size(columns, rows)
        self.process = subprocess.Popen(
            [*before, runner.PROGRAM, *map(str, args)], stdin=stdin or theirs, stdout=stdout or theirs, stderr=theirs,
            env=runner.environment({**VARIABLES, **(env or {})}), start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(2, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(theirs)
        self.pid = self.process.pid

    def _tell_size(self, columns, rows):
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns, rows):
        """As a person does, after everything up to now has been shown."""
        self.read()
        self.screen.resize(rows, columns)
        self._tell_size(columns, rows)

    def type(self, keys):
        os.write(self.ours, keys)

    def read(self):
        """Takes in what has been printed up to now; each clearing to the end of the screen ends a frame."""
        with contextlib.suppress(OSError):  # the program has closed its end
            while select.select([self.ours], [], [], 0)[0]:
                more = os.read(self.ours, 65536)
                self.raw += more
                self.rest += more
        while (end := self.rest.find(b"\x1b[J")) >= 0:
            self.stream.feed(self.rest[: end + 3])
            self.rest = self.rest[end + 3 :]
            self._note_frame()
        return self

    def _note_frame(self):
        lines = [line.rstrip() for line in self.screen.display]
        y = self.screen.cursor.y
        self.frames.append(Frame(lines[:y], lines[y:], self.screen.columns, self.screen.lines))

    def wait(self, condition, what):
        """Until the newest frame is so; returns it."""

        def newest():
            blocks = [frame for frame in self.read().frames[-3:] if frame.block]
            return blocks and condition(blocks[-1]) and blocks[-1]

        try:
            return runner.wait_until(newest, what)
        except AssertionError as vain:
            raise AssertionError(f"{vain}; there is\n{self.frames[-1:]}") from None

    def text(self):
        """All that has been left on the terminal, from the first line on."""
        columns = self.screen.columns
        above = ["".join(line[x].data for x in range(columns)) for line in self.screen.history.top]
        return "\n".join(line.rstrip() for line in [*above, *self.screen.display]).rstrip()

    def end(self):
        """Its exit code, when everything has been taken in."""

        def over():
            self.read()
            return self.process.poll() is not None

        try:
            runner.wait_until(over, "the run ends", 60)
        finally:
            self.kill()
        self.stream.feed(self.rest)
        return self.process.returncode

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.read()
        with contextlib.suppress(OSError):
            os.close(self.ours)
