# SPDX-License-Identifier: MIT
"""What the program was built without: its --version names it."""

import re
import subprocess

import pytest

from runner import PROGRAM

# Of "missing: WebP (libwebp), lists in zstd (libzstd)" the libraries, each with what is missing without it.
VERSION = subprocess.run([PROGRAM, "--version"], capture_output=True, check=True, text=True).stdout
MISSING = {
    library: what
    for line in re.findall("^missing: (.*)$", VERSION, re.MULTILINE)
    for what, library in re.findall(r"([^()]+) \(([^()]+)\)(?:, |$)", line)
}


def needs(library):
    """The mark of a test that needs what the program may have been built without."""
    why = f"--version: missing: {MISSING.get(library)} ({library})"
    return pytest.mark.skipif(library in MISSING, reason=why)


def require(library):
    """The same within a fixture."""
    if library in MISSING:
        pytest.skip(f"--version: missing: {MISSING[library]} ({library})")
