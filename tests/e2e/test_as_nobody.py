# SPDX-License-Identifier: MIT
"""As root and as nobody the same list gives the same manifest and the same files."""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

import pytest

import pages
import pictures
import runner
from runner import manifest, write_list

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")

FATES = {
    "a.png": pages.good(pictures.png()),
    "b.jpg": pages.good(pictures.jpeg(), "image/jpeg"),
    "404.png": pages.status(404),
    "cut.png": pages.good(pictures.png()[:-300]),
    "text.png": pages.good(b"just text\n" * 9),
    "huge.png": pages.good(pictures.huge_header_png()),
    "large.png": pages.announced_only(10**9),
    "reset.png": pages.reset_before_answer,
    "to-file.png": pages.redirect("file:///etc/passwd"),
    "to-shadow.png": pages.redirect("file:///etc/shadow"),
}


@pytest.fixture
def home():
    """A directory that nobody can reach and write to, with the program; pytest's own are closed."""
    with tempfile.TemporaryDirectory() as name:
        where = pathlib.Path(name)
        where.chmod(0o777)
        shutil.copy(runner.PROGRAM, where / "edgefetch")
        yield where


def run_as(user, program, *args):
    """Runs it as that user, with nothing of root's; returns (exit code, what it said)."""
    account = pwd.getpwnam(user)
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    done = subprocess.run([program, *map(str, args)], capture_output=True, text=True, cwd="/", timeout=60 * runner.PATIENCE,
                          env=runner.environment({"HOME": "/nonexistent"}), **who)  # fmt: skip
    assert not runner.COMPLAINT.search(done.stderr), done.stderr
    return done.returncode, done.stderr


def what_is_the_same(out):
    """The manifest without what time and chance decide, and every file's bytes."""
    lines = {}
    for url, line in manifest(out).items():
        lines[url] = {key: value for key, value in line.items() if key != "ms"}
    files = {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file() and p.name != "manifest.jsonl"}
    return lines, files


@pytest.mark.parametrize("mode", ("async", "threads", "sync"))
def test_root_and_nobody(faults, home, mode):
    """Goal: whoever runs it, each URL ends in the same way, with the same messages and bytes."""
    urls = [faults.add(f"/{name}", page) for name, page in FATES.items()]
    urls += [faults.url("/missing.png"), "http://no-such-host.invalid/a.png", "not a url"]
    listing = write_list(home / "list", urls)
    listing.chmod(0o644)
    ends = {}
    for user in ("root", "nobody"):
        out = home / user
        code, said = run_as(user, home / "edgefetch", "-o", out, "--allow-private", "--retries", 0, "--host-failures", 0,
                            "--mode", mode, listing)  # fmt: skip
        assert code == 1, said
        ends[user] = what_is_the_same(out)
        assert {path.stat().st_uid for path in out.rglob("*")} == {pwd.getpwnam(user).pw_uid}
    assert len(ends["root"][1]) == 4  # two pictures, two maps of edges
    assert ends["nobody"] == ends["root"]


def test_addresses_are_refused_to_both(faults, home):
    """Goal: the filter of addresses needs no privilege."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    for user in ("root", "nobody"):
        out = home / user
        run_as(user, home / "edgefetch", "-o", out, "--retries", 0, url)
        assert manifest(out)[url]["error"]["code"] == "address_refused"
    assert faults.connections == 0
