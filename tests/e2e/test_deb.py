# SPDX-License-Identifier: MIT
"""The Debian packages of the build: see tests/install/deb.sh, which can be run by itself."""

import shutil
import subprocess

import pytest

import runner


@pytest.mark.skipif(not runner.FULL, reason="half a minute; EDGEFETCH_FULL=1 or tests/install/deb.sh build/release does it")
@pytest.mark.skipif(not shutil.which("dpkg"), reason="Debian's")
def test_packages():
    """Goal: they are made, lintian has nothing to say, they are installed, work, and leave nothing behind."""
    built = runner.PROGRAM.parent
    done = subprocess.run([runner.ROOT / "tests/install/deb.sh", built], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "packed, installed, used and removed" in done.stdout
