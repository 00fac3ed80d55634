# SPDX-License-Identifier: MIT
"""Prints what a terminal of 80 columns shows in the middle of `edgefetch demo`: for the picture in the README."""

import sys
import tempfile

from terminal import COUNTS, Terminal

with tempfile.TemporaryDirectory() as out:
    run = Terminal("demo", "-w", 2, "-o", out)
    if run.end() != 0:
        sys.exit("the demo failed")
    half_done = [
        frame for frame in run.frames if frame.block and 4 <= int(COUNTS.search(frame.block[0])["done"]) < 12
    ]
    if not half_done:
        sys.exit("no frame shows the demo half done")
    # the one with most to see
    print("\n".join(max(half_done, key=lambda frame: sum(not line.endswith("-") for line in frame.block)).block))
