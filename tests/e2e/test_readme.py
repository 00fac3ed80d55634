# SPDX-License-Identifier: MIT
"""README.md: its blocks are run, in order and in one shell, and print what stands below them; those that a test cannot run
name what is there. And what README.md and CONTRIBUTING.md point to exists."""

import contextlib
import ctypes
import os
import re
import shlex
import shutil
import signal
import subprocess

import pytest

import runner
from runner import ROOT

README = (ROOT / "README.md").read_text("utf-8")
BUILD = runner.PROGRAM.parent
FENCE = re.compile(r"^```(\w+)\n(.*?)^```\n(?:```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)

# Blocks that are not run, by their first line, and why not.
NOT_RUN = {
    "./run": "builds what is tested here, and would start another ./test",
    "job=$(sbatch": "wants a cluster",
    "cmake --install build/release --prefix /usr/local": "changes the system; a task installs into a folder",
    "tests/bench/downloads": "takes minutes",
}

# The commands that other blocks have, and what those start. The shell finds no other: a block that is new here does not
# install, send or remove anything on the machine of whoever runs the tests.
COMMANDS = "as cat cc cmake cp grep jq ld ls mkdir mktemp pkg-config sed sleep sort".split()


class Block:
    """Code, its language, and what it prints: None where the README shows nothing."""

    def __init__(self, match):
        self.language, self.code, self.printed = match.groups()
        self.first = self.code.split("\n")[0]
        self.why_not = next((why for start, why in NOT_RUN.items() if self.first.startswith(start)), None)

    def __repr__(self):
        return self.first


BLOCKS = [Block(match) for match in FENCE.finditer(README)]
SHELL = [block for block in BLOCKS if block.language == "sh"]
RUN = [block for block in SHELL if not block.why_not]

# Each block is read by the same shell, which goes on behind one that has failed. A command that fails is noted where
# "set -e" would have ended it.
SESSION = """
set -o pipefail
trap 'failed+=" $BASH_COMMAND: $?;"' ERR
for block in "$0"/block-*; do
    failed=
    . "$block" </dev/null >"$0/printed-${block##*-}" 2>&1
    printf %s "$failed" >"$0/failed-${block##*-}"
done
"""


def own_network():
    """A command in front, for a network in which port 8000 is free; none where there is no such thing."""
    unshare, ip, shell, true = map(shutil.which, ("unshare", "ip", "sh", "true"))
    if unshare is None or ip is None:
        return []
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    before = [unshare, "--net", *rights, shell, "-c", '"$0" link set lo up && exec "$@"', ip]
    return before if subprocess.run([*before, true], capture_output=True).returncode == 0 else []


def stand_in_for_the_project(folder):
    """What the README expects in the project's folder: copies, and the build."""
    shutil.copytree(ROOT / "data/samples", folder / "data/samples")
    shutil.copytree(ROOT / "examples", folder / "examples")
    (folder / "build").mkdir()
    (folder / "build/release").symlink_to(BUILD)


def tools(folder):
    """A folder of COMMANDS alone."""
    folder.mkdir()
    for name in COMMANDS:
        (folder / name).symlink_to(shutil.which(name))
    return folder


@pytest.fixture
def session(tmp_path):
    """What each block printed, and which of its commands failed: two texts, by block."""
    stand_in_for_the_project(tmp_path / "project")
    blocks = tmp_path / "session"
    blocks.mkdir()
    for number, block in enumerate(RUN):
        sources = "".join(map(saved, c_blocks_before(block)))
        (blocks / f"block-{number:02}").write_text(sources + block.code)
    variables = {"PATH": str(tools(tmp_path / "tools")), "TMPDIR": str(tmp_path), "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    shell = subprocess.Popen([*own_network(), shutil.which("bash"), "-c", SESSION, blocks], cwd=tmp_path / "project",
                             env=runner.environment(variables), start_new_session=True)  # fmt: skip
    try:
        assert shell.wait(120 * runner.PATIENCE) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)  # the server that the first block has started is left
    return {
        block: [(blocks / f"{what}-{number:02}").read_text("utf-8") for what in ("printed", "failed")]
        for number, block in enumerate(RUN)
    }


def c_blocks_before(block):
    """The blocks of C right before a block of shell, which names them."""
    at = BLOCKS.index(block)
    return [before for before in BLOCKS[max(at - 1, 0) : at] if before.language == "c"]


def saved(block):
    """The command that saves a block under the name in its first line."""
    name = re.fullmatch(r"// (\w+\.c)", block.first)[1]
    return f"cat >{name} <<'END OF {name}'\n{block.code}END OF {name}\n"


# Parts of a line that stand for others: anything, a decimal fraction (but not two of an address), a share, blanks.
PARTS = re.compile(r"(\.\.\.)|((?<![\d.])\d+\.\d+(?!\.?\d))|(\d+(?= ?%))|( +)")
MEANINGS = (".*", r"\d+\.\d+", r"\d+", r"[ \t]+")


def pattern(printed):
    """What a block may print: these lines, of which "..." alone is any number of any lines."""

    def line_pattern(line):
        ends = [0, *(end for found in PARTS.finditer(line) for end in found.span()), len(line)]
        literal = [re.escape(line[start:end]) for start, end in zip(ends[::2], ends[1::2])]
        parts = [MEANINGS[found.lastindex - 1] for found in PARTS.finditer(line)]
        return "".join(text + part for text, part in zip(literal, [*parts, ""]))

    lines = (r"(?:.*\n)*?" if line == "..." else line_pattern(line) + r"[ \t]*\n" for line in printed.splitlines())
    return re.compile("".join(lines))


def sandbox_is_whole():
    built = runner.run("--version").out.rpartition("sandbox: ")[2]
    return "landlock" in built and "seccomp" in built and ctypes.CDLL(None).syscall(444, None, 0, 1) > 0


@pytest.mark.skipif(not (BUILD / "edgefetch-worker").exists(), reason="the program is tested from elsewhere")
def test_blocks(session):
    """Goal: the commands of every block succeed and print what stands below it; where nothing does, they print nothing.
    The sandbox is demanded where it can be had."""
    wrong = ""
    for block, (printed, failed) in session.items():
        if "--sandbox full" in block.code and not sandbox_is_whole():
            continue
        if failed or not pattern(block.printed or "").fullmatch(printed):
            wrong += f"---- {block}\nfailed:{failed or ' nothing'}\nprinted:\n{printed}"
    assert not wrong, wrong


def test_pattern():
    """Goal: what is compared is not less than it says."""
    assert pattern("a  1.50 s\n...\n3 ok\n").fullmatch("a 0.1 s\nb\nc\n3 ok\n")
    assert pattern("9 % or 9% of 2\n").fullmatch("12 % or 12% of 2\n")
    assert pattern("http://127.0.0.1:8000/ 1.0x (1.5-2.5)\n").fullmatch("http://127.0.0.1:8000/ 2.5x (1.0-3.0)\n")
    assert not pattern("http://127.0.0.1/\n").fullmatch("http://127.0.0.2/\n")
    for printed in ("a 1.5 s\n", "a 1.5 s\n4 ok\n", "a s\n3 ok\n", "b 1.5 s\n3 ok\n", "a 1.5 s\n3 ok\nmore\n"):
        assert not pattern("a 1.5 s\n...\n3 ok\n").fullmatch(printed)
    assert not pattern("").fullmatch("a word\n") and not pattern("a ... c\n").fullmatch("a\nc\n")


# ---- what is not run ----


def test_blocks_are_known():
    """Goal: a block is of a kind that is looked at, and every reason for not running one is needed."""
    assert {block.language for block in BLOCKS} == {"sh", "c"} and len(RUN) >= 11
    assert len([block for block in SHELL if block.why_not]) == len(NOT_RUN)
    assert all(c_blocks_before(SHELL[SHELL.index(after)]) for block, after in zip(BLOCKS, BLOCKS[1:]) if block.language == "c")
    assert README.count("```") == 2 * (len(BLOCKS) + sum(block.printed is not None for block in BLOCKS))


def words(block):
    """The words of a block, without its comments."""
    return shlex.split(block.code.replace("$(", " ").replace(")", " "), comments=True)


@pytest.mark.parametrize("block", [block for block in SHELL if block.why_not], ids=repr)
def test_block_that_is_not_run(block):
    """Goal: it is proper shell, and the project's files that it names are there; what it starts can be started."""
    assert subprocess.run(["bash", "-n"], input=block.code, text=True).returncode == 0
    named = [word for word in words(block) if re.match(r"\.?/?(tests|examples|scripts|run|test)\b", word)]
    for word in named:
        assert (ROOT / word).is_file(), word
        if not word.startswith("examples/"):
            assert os.access(ROOT / word, os.X_OK), word


def test_build_targets():
    """Goal: the targets of cmake --build are there."""
    targets = [word for block in SHELL for flag, word in zip(words(block), words(block)[1:]) if flag == "--target"]
    assert targets
    if (BUILD / "build.ninja").exists():
        known = subprocess.run(["cmake", "--build", BUILD, "--target", "help"], capture_output=True, text=True).stdout
        assert [target for target in targets if f"{target}: " not in known] == []


@pytest.mark.skipif(not (BUILD / "build.ninja").exists(), reason="not built with ninja")
def test_run_builds_what_is_installed():
    """Goal: behind ./run, which builds no tests, everything is there that cmake --install takes."""
    assert "build release installed\n" in (ROOT / "run").read_text()
    ninja = ["ninja", "-C", BUILD, "-t"]
    made = {line.rpartition(": ")[0] for line in subprocess.check_output([*ninja, "targets", "all"], text=True).splitlines()}
    commands = subprocess.check_output([*ninja, "commands", "installed"], text=True)
    built = {word.removeprefix(f"{BUILD}/") for word in commands.split()}
    taken = set(re.findall(rf'"{re.escape(str(BUILD))}/([^"]+)"', (BUILD / "cmake_install.cmake").read_text())) & made
    assert {"edgefetch", "edgefetch-worker"} <= taken and taken <= built, taken - built


@pytest.mark.parametrize("name", ("README.md", "CONTRIBUTING.md"))
def test_options_exist(name):
    """Goal: every option that is named as one of edgefetch is one."""
    text = (ROOT / name).read_text("utf-8")
    known = set(re.findall(r"--[\w-]+", runner.run("--help", "all").out))
    named = set(re.findall(r"`(?:edgefetch [^`]*)?(--[a-z][\w-]+)", text))
    for line in re.findall(r"^ *edgefetch .*$", text, re.MULTILINE):
        named |= set(re.findall(r"--[a-z][\w-]+", line.split("|")[0]))
    others = {"--write-out"}  # curl's
    assert named - known - others == set()


# ---- what is pointed to ----


@pytest.mark.parametrize("name", ("README.md", "CONTRIBUTING.md"))
def test_paths_exist(name):
    """Goal: the files and folders that are named exist, and so do the headings that links lead to."""
    text = (ROOT / name).read_text("utf-8")
    named = set(re.findall(r"`((?:include|src|man|tests|scripts|examples|cmake|data/samples|\.ci)\b/?[\w./-]*)`", text))
    named |= {path for path in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in path}
    assert len(named) > 8
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
    headings = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings
