# SPDX-License-Identifier: MIT
"""Man pages and completions, as they are built and installed: whoever reads --help, a man page or presses TAB is told
the same, and every option is used in some test."""

import json
import os
import pathlib
import re
import select
import subprocess

import pytest

import runner

BUILT = runner.PROGRAM.parent
PAGES = BUILT / "man"
BASH = BUILT / "completions/bash/edgefetch"
ZSH = BUILT / "completions/zsh/_edgefetch"
FISH = BUILT / "completions/fish/edgefetch.fish"
HERE = pathlib.Path(__file__).parent


def options(*args):
    """The long names of the options that a help tells of."""
    return set(re.findall(r"^  (?:-\w,|   ) --([\w-]+)", runner.run(*args).out, re.MULTILINE))


COMMANDS = ("run", "edges", "demo", "retry", "verify", "report", "merge", "bench", "serve")


def told_commands():
    """The names of the commands that --help tells of."""
    part = runner.run("--help").out.split("Commands:\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in part.splitlines()]


# ---- what there is ----


def test_every_command_is_known_here():
    """Goal: the tests below are about all commands."""
    assert sorted(told_commands()) == sorted(COMMANDS)


def test_every_option_is_told_and_tested():
    """Goal: every option of --help all is in a man page, in the three completions, and in a test."""
    every = options("--help", "all")
    assert len(every) > 70 and every == set().union(*(options(c, "--help") for c in COMMANDS))
    sources = "".join(path.read_text() for path in HERE.glob("test_*.py") if path.name != pathlib.Path(__file__).name)
    for name in every:
        assert re.search(rf"--{name}\b(?!-)", sources), f"no test uses --{name}"
        assert re.search(rf"--{name}\b(?!-)", BASH.read_text()), f"bash does not complete --{name}"
        assert re.search(rf"--{name}[=\[]", ZSH.read_text()), f"zsh does not complete --{name}"
        assert re.search(rf" -l {name}\b(?!-)", FISH.read_text()), f"fish does not complete --{name}"


@pytest.mark.parametrize("command", COMMANDS)
def test_options_of_each_page(command):
    """Goal: the page of a command has the options of the command's help, and those alone."""
    name = "edgefetch.1" if command == "run" else f"edgefetch-{command}.1"
    source = (PAGES / name).read_text()
    listed = set(re.findall(r"\\fB\\?-\\?-([\w\\-]+)\\fR(?: \\fI.*)?$", source, re.MULTILINE))
    assert {one.replace("\\", "") for one in listed} == options(command, "--help")


def test_every_command_has_a_page():
    """Goal: edgefetch(1) leads to a page for each command, which is there."""
    text = (PAGES / "edgefetch.1").read_text().replace("\\", "")
    for command in COMMANDS:
        assert f"edgefetch-{command}" in text and (PAGES / f"edgefetch-{command}.1").exists()


@pytest.mark.parametrize("path", sorted(set(PAGES.glob("*.[135]")) - {PAGES / "edgefetch-run.1"}), ids=lambda path: path.name)
def test_pages_are_well_formed(path):
    """Goal: mandoc finds no error in a page."""
    lint = subprocess.run(["mandoc", "-T", "lint", "-W", "error", path], capture_output=True, text=True, cwd=HERE.parent)
    assert (lint.returncode, lint.stdout) == (0, "")


def keys(value):
    """Every name in a JSON value, but those of a list's own columns."""
    if isinstance(value, list):
        return set().union(*map(keys, value))
    if not isinstance(value, dict):
        return set()
    return set(value).union(*(keys(inner) for name, inner in value.items() if name != "columns"))


def test_manifest_page_has_every_member(out, edgefetch):
    """Goal: whatever stands in a manifest is in edgefetch-manifest(5)."""
    text = (PAGES / "edgefetch-manifest.5").read_text().replace("\\", "")
    samples = runner.ROOT / "data/samples/balloons.jpg"
    runner.run("edges", "-o", out, "-d", "neighbor,canny,sobel", "-t", "90", "-f", "jpg", "--blur", "1", "--codec", "stb",
               "--no-orient", "--resize", "64x64", "--save-resized", samples)  # fmt: skip
    edgefetch("--retries", 1, "--retry-wait", 0, "--shard", "1/1", "http://127.0.0.1:1/x")
    found = set()
    for path in out.rglob("manifest.jsonl"):
        found |= set().union(*(keys(json.loads(line)) for line in path.read_text().splitlines()))
    assert {"detector", "sha256", "tries", "shard", "error", "ms"} <= found
    assert [name for name in sorted(found) if f"fB{name}fR" not in text] == []


# ---- bash ----


def in_bash(*words):
    """What bash offers for the last of these words."""
    script = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _edgefetch; ((${#COMPREPLY[@]} == 0)) || printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(["bash", "-c", script, BASH, "edgefetch", *words], capture_output=True, text=True, cwd=HERE)
    assert done.returncode == 0 and not done.stderr, done
    return done.stdout.splitlines()


COMPLETED = {
    ("--thr",): ["--threshold"],
    ("--no-or",): ["--no-orient", "--no-originals"],
    ("edges", "--no-or"): ["--no-orient"],
    ("-d", "ca"): ["canny"],
    ("--detector", "so"): ["sobel"],
    ("-d", "canny,pr"): ["canny,prewitt"],
    ("run", "--format", "w"): ["webp"],
    ("retry", "--only", "4"): ["4xx"],
    ("retry", "--only", "4xx,worker_c"): ["4xx,worker_crashed"],
    ("bench", "--modes", "sync,thr"): ["sync,threads"],
    ("--sandbox", "l"): ["limits"],
    ("ver",): ["verify"],
    ("serve", "--po"): ["--port"],
}


@pytest.mark.parametrize("words", COMPLETED, ids=" ".join)
def test_bash(words):
    """Goal: bash completes commands, options, and values that are words, with commas."""
    offered = in_bash(*words)
    assert sorted(offered) == COMPLETED[words]


def test_bash_with_an_equals_sign():
    """Goal: the same behind '=', whether bash takes that for a word or not."""
    assert in_bash("--fit", "=", "co") == ["contain", "cover"]
    assert in_bash("--fit", "=")[:2] == ["contain", "cover"]
    assert in_bash("--fit=co") == ["--fit=contain", "--fit=cover"]


def test_bash_files():
    """Goal: files for lists and for options that take one, folders where only they will do."""
    assert "runner.py" in in_bash("run") and "runner.py" in in_bash("--cacert", "run")
    assert in_bash("retry", "runn") == [] and in_bash("-o", "runn") == []
    for command in ("retry", "merge"):
        assert in_bash(command, str(HERE.parent / "unit")[:-1]) == [str(HERE.parent / "unit")]


# ---- fish and zsh ----


@pytest.mark.parametrize("words", COMPLETED, ids=" ".join)
def test_fish(words, tmp_path):
    """Goal: fish completes the same."""
    env = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    line = " ".join(("edgefetch", *words))
    done = subprocess.run(["fish", "-c", f"source {FISH}; complete -C '{line}'"], capture_output=True, text=True, env=env,
                          timeout=60 * runner.PATIENCE, cwd=tmp_path)  # fmt: skip
    offered = {one.split("\t")[0] for one in done.stdout.splitlines()}
    assert set(COMPLETED[words]) <= offered and not done.stderr, done


class Zsh:
    """A zsh in a pseudo-terminal, in which TAB is pressed."""

    def __init__(self, home):
        self.master, slave = os.openpty()
        env = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "dumb", "ZDOTDIR": str(home), "LC_ALL": "C.UTF-8"}
        self.process = subprocess.Popen(["zsh", "-f", "-i"], stdin=slave, stdout=slave, stderr=slave, env=env,
                                        start_new_session=True, cwd=home)  # fmt: skip
        os.close(slave)
        self.said = ""
        self.send("PS1='READY> '; unsetopt zle_bracketed_paste prompt_cr prompt_sp\n")
        self.send(f"fpath=({ZSH.parent} $fpath); autoload -U compinit; compinit -u -D; setopt no_beep; echo LOA''DED\n")
        self.until("LOADED")

    def send(self, text):
        os.write(self.master, text.encode())

    def until(self, text):
        def seen():
            if select.select([self.master], [], [], 0.05)[0]:
                self.said += os.read(self.master, 65536).decode("utf-8", "replace")
            return text in self.said

        runner.wait_until(seen, f"zsh says {text!r}; it said {self.said[-500:]!r}")
        self.said = ""

    def stop(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)


@pytest.fixture(scope="module")
def zsh(tmp_path_factory):
    shell = Zsh(tmp_path_factory.mktemp("zsh"))
    yield shell
    shell.stop()


@pytest.mark.parametrize("typed, completed", (
    ("--thr", "--threshold"), ("-d ca", "canny"), ("-d canny,pr", "canny,prewitt"), ("--sandbox l", "limits"),
    ("ver", "verify"), ("retry --only worker_c", "worker_crashed"), ("serve --po", "--port"), ("--format=w", "--format=webp"),
))  # fmt: skip
def test_zsh(zsh, typed, completed):
    """Goal: zsh completes the same."""
    zsh.send(f"edgefetch {typed}\t")
    zsh.until(completed[len(typed.split()[-1]) :] if completed.startswith(typed.split()[-1]) else completed)
    zsh.send("\x15")


# ---- installed ----


def test_installation(tmp_path):
    """Goal: cmake --install puts pages and completions where man and the shells look for them."""
    subprocess.run(["cmake", "--install", BUILT, "--prefix", tmp_path], check=True, capture_output=True)
    for name in ("man/man1/edgefetch.1", "man/man1/edgefetch-run.1", "man/man5/edgefetch-manifest.5",
                 "man/man5/edgefetch.conf.5", "man/man3/libedgefetch.3", "man/man3/libedgefetch-run.3",
                 "bash-completion/completions/edgefetch",
                 "zsh/site-functions/_edgefetch", "fish/vendor_completions.d/edgefetch.fish"):  # fmt: skip
        assert (tmp_path / "share" / name).stat().st_size > 0
