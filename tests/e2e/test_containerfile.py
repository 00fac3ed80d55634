# SPDX-License-Identifier: MIT
"""Containerfile, without a builder: what it copies is there and is enough, what it runs is the project's own."""

import re
import shlex
import shutil
import subprocess

import pytest

from runner import FULL, ROOT

TEXT = (ROOT / "Containerfile").read_text("utf-8").replace("\\\n", " ")
INSTRUCTIONS = [line.split(None, 1) for line in TEXT.splitlines() if line and line[0] != "#"]


def instructions(name):
    return [argument for kind, argument in INSTRUCTIONS if kind == name]


COPIES = [words.split() for words in instructions("COPY") if not words.startswith("--from")]


@pytest.fixture
def copied(tmp_path):
    """What the first stage copies, and nothing else, in a folder."""
    where = tmp_path / "source"
    where.mkdir()
    for *sources, target in COPIES:
        for source in map(ROOT.joinpath, sources):
            if source.is_dir():
                shutil.copytree(source, where / target)
            else:
                (where / target).mkdir(exist_ok=True)
                shutil.copy(source, where / target)
    return where


@pytest.mark.skipif(not FULL, reason="configures everything once more; EDGEFETCH_FULL=1 does")
def test_what_is_copied_is_enough(copied):
    """Goal: the project can be configured from what is copied, and everything that is installed is there."""
    (configure,) = [command for command in instructions("RUN") if command.startswith("cmake --preset")]
    done = subprocess.run(shlex.split(configure), cwd=copied, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    plan = (copied / "build/release/cmake_install.cmake").read_text()
    installed = [path for path in re.findall(rf'"({copied}/[^"]+)"', plan) if "/build/release/" not in path]
    assert f"{copied}/README.md" in installed
    assert [path for path in installed if not (copied / path).exists()] == []


def test_packages_are_those_of_the_list(copied):
    """Goal: the sets that are installed exist, and are found by the script that is copied."""
    (install,) = [command for command in instructions("RUN") if "install_missing" in command]
    source, sets = re.fullmatch(r"(\. \S+) && install_missing (.*)", install).groups()
    for name in sets.split():
        done = subprocess.run(["sh", "-euc", f"{source}; packages_of {name}"], cwd=copied, capture_output=True, text=True)
        assert done.stdout.split(), f"packages.txt has no set {name}"


def test_image():
    """Goal: the package that the first stage makes is what the second installs; it runs as nobody."""
    assert "cmake --build --preset release --target package" in instructions("RUN")
    (package,) = [words.split() for words in instructions("COPY") if words.startswith("--from=build")]
    assert package[1:] == ["/source/build/release/edgefetch_*.deb", "/tmp/"]
    assert instructions("WORKDIR")[0] == "/source"
    assert "/tmp/edgefetch_*.deb" in instructions("RUN")[-1]
    assert instructions("USER") == ["65532:65532"] and instructions("ENTRYPOINT") == ['["edgefetch"]']
