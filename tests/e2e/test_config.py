# SPDX-License-Identifier: MIT
"""Options in files and in the environment: which one counts, what is refused, and what a stranger's file cannot do."""

import os

import pytest

import pages
import pictures
import runner
from runner import manifest

PNG = pictures.png(30, 20)


class Place:
    """A current directory and a user's home."""

    def __init__(self, tmp_path):
        self.here = tmp_path / "here"
        self.home = tmp_path / "home"
        (self.home / ".config/edgefetch").mkdir(parents=True)
        self.here.mkdir()
        self.near = self.here / "edgefetch.conf"
        self.user = self.home / ".config/edgefetch/config"

    def write(self, near=None, user=None):
        for file, text in ((self.near, near), (self.user, user)):
            if text is not None:
                file.write_bytes(text if isinstance(text, bytes) else text.encode())
                file.chmod(0o644)

    def run(self, *args, env=None, before=()):
        variables = {"HOME": str(self.home), "EDGEFETCH_NO_CONFIG": "no", **(env or {})}
        return runner.run(*args, env=variables, before=("env", "-C", self.here, *before))


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return Place(tmp_path)


def detectors(out):
    """Those of the only line of a manifest."""
    (line,) = manifest(out).values()
    return [edges["detector"] for edges in line["edges"]]


@pytest.fixture
def picture(place):
    """edges(*args, env=) does a local picture and returns its detectors."""
    (place.here / "a.png").write_bytes(PNG)

    def edges(*args, env=None):
        result = place.run("edges", "--force", "a.png", *args, env=env)
        assert result.code == 0, result
        return detectors(place.here / "data")

    return edges


def test_precedence(place, picture):
    """Goal: the command line overrules the environment, that ./edgefetch.conf, and that the user's file."""
    assert picture() == ["neighbor"]
    place.write(user="detector = sobel\n")
    assert picture() == ["sobel"]
    place.write(near="detector = scharr\n")
    assert picture() == ["scharr"]
    variables = {"EDGEFETCH_DETECTOR": "prewitt"}
    assert picture(env=variables) == ["prewitt"]
    assert picture("-d", "canny", env=variables) == ["canny"]
    assert picture("--no-config") == ["neighbor"]
    assert picture(env={"EDGEFETCH_NO_CONFIG": "yes"}) == ["neighbor"]
    assert picture("--no-config", env=variables) == ["prewitt"]


def test_where_the_users_file_is(place, picture, tmp_path):
    """Goal: $XDG_CONFIG_HOME counts before ~/.config, unless it is not absolute."""
    place.write(user="detector = sobel\n")
    (tmp_path / "xdg/edgefetch").mkdir(parents=True)
    (tmp_path / "xdg/edgefetch/config").write_text("detector = canny\n")
    assert picture(env={"XDG_CONFIG_HOME": str(tmp_path / "xdg")}) == ["canny"]
    assert picture(env={"XDG_CONFIG_HOME": "xdg"}) == ["sobel"]
    assert picture(env={"XDG_CONFIG_HOME": str(tmp_path / "empty")}) == ["neighbor"]


def test_how_lines_are_written(place, picture):
    """Goal: blanks, comments, line ends of other systems, flags, and values with '=' and '#' in them."""
    place.write(near="# a comment\r\n\r\n  detector=canny,sobel \r\n\tquiet\r\nno-orient = yes\r\nfsync=no\r\n"
                     "name = a#b=c-{hash}\r\nformat = jpg")  # fmt: skip
    assert picture() == ["canny", "sobel"]
    (line,) = manifest(place.here / "data").values()
    assert line["edges"][0]["path"].startswith("edges/a_b_c-") or line["edges"][0]["path"].startswith("edges/a#b=c-")
    assert [edges["format"] for edges in line["edges"]] == ["jpg", "jpg"] and line["edges"][0]["orient"] is False


def test_flags_in_the_environment(place, picture):
    """Goal: a variable switches a flag on and off, over what a file says."""
    place.write(near="quiet\n")
    assert place.run("edges", "a.png").out == ""
    assert "1 ok" in place.run("edges", "--force", "a.png", env={"EDGEFETCH_QUIET": "no"}).out
    assert picture(env={"EDGEFETCH_QUIET": "no", "EDGEFETCH_NO_ORIENT": "1"}) == ["neighbor"]


def test_other_commands_options(place, picture):
    """Goal: what the command does not have is passed over; of options with one name, a run's is meant."""
    place.write(near="url-column = link\nrate = 5/s\noutput = data\nlimits = 1,2\n")
    assert picture() == ["neighbor"]
    assert place.run("verify", "data").code == 0
    assert place.run("demo", "-q", "--latency", "0", "-o", "demo").code == 0


WRONG = {
    "limt = 4": ("edgefetch.conf:2", "'limt'", "'limit'"),
    "--limit = 4": ("edgefetch.conf:2", "'--limit'", "'limit'"),
    "frobnication = 4": ("edgefetch.conf:2", "'frobnication'", "--help all"),
    "limit = four": ("edgefetch.conf:2", "limit", "'four'", "whole number"),
    "limit": ("edgefetch.conf:2", "limit = N"),
    "force = maybe": ("edgefetch.conf:2", "force", "'maybe'", "yes or no"),
    "help": ("edgefetch.conf:2", "command line"),
    "no-config": ("edgefetch.conf:2", "command line"),
    "=": ("edgefetch.conf:2",),
    "\x1b[31m = 1": ("edgefetch.conf:2", "\\u{1b}[31m"),
    "limit\0 = 1": ("edgefetch.conf", "no text"),
}


@pytest.mark.parametrize("line", WRONG, ids=range(len(WRONG)))
def test_mistakes(place, line):
    """Goal: exit 2 before anything is started, with file, line, name, and what was probably meant."""
    place.write(near=f"# first\n{line}\n")
    (place.here / "a.png").write_bytes(PNG)
    result = place.run("edges", "a.png")
    assert (result.code, result.out) == (2, "") and not (place.here / "data").exists()
    assert [word for word in WRONG[line] if word.lower() not in result.err.lower()] == []
    assert place.run("edges", "a.png", "--no-config").code == 0
    assert place.run("--help").code == 0 and place.run("--version").code == 0


def test_mistakes_in_the_environment(place, picture):
    """Goal: a bad value is refused by its variable; a name that is nearly an option's is warned of; others are not."""
    result = place.run("edges", "a.png", env={"EDGEFETCH_LIMIT": "four"})
    assert result.code == 2 and "EDGEFETCH_LIMIT: 'four'" in result.err
    result = place.run("edges", "a.png", env={"EDGEFETCH_NO_CONFIG": "maybe"})
    assert result.code == 2 and "EDGEFETCH_NO_CONFIG must be yes or no" in result.err
    result = place.run("edges", "a.png", env={"EDGEFETCH_LIMT": "4", "EDGEFETCH_SOMETHING_ELSE": "x"})
    assert result.code == 0
    assert "EDGEFETCH_LIMT" in result.err and "EDGEFETCH_LIMIT?" in result.err and "SOMETHING" not in result.err
    assert place.run("edges", "-q", "a.png", env={"EDGEFETCH_LIMT": "4"}).err == ""


UNSAFE = ("allow-private", "insecure", "proxy = http://127.0.0.1:9", "connect-to = a:1:b:2", "sandbox = off",
          "ignore-opt-out", "cacert = ca.pem", "stats = s.json", "report = r.html", "trace = t.json", "output = /tmp/x",
          "output = ../x")  # fmt: skip


@pytest.mark.parametrize("line", UNSAFE)
def test_a_strangers_file(place, line):
    """Goal: a file of the current directory cannot weaken safety or write elsewhere; the user's own can."""
    place.write(near=line + "\n")
    result = place.run("http://127.0.0.1:1/")
    name = line.split(" ")[0]
    assert result.code == 2 and "edgefetch.conf:1" in result.err and f"'{name}'" in result.err
    assert "~/.config/edgefetch/config" in result.err
    place.near.unlink()
    (place.here / "ca.pem").write_text("")
    place.write(user="discard\n" if line.startswith("output") else line + "\n")
    assert place.run("--retries", 0, "http://127.0.0.1:1/").code in (1, 4)


@pytest.mark.parametrize("mode", (0o664, 0o646, 0o666))
@pytest.mark.parametrize("which", ("near", "user"))
def test_a_file_that_others_may_write(place, which, mode):
    """Goal: it is refused, with what to do."""
    place.write(**{which: "limit = 4\n"})
    getattr(place, which).chmod(mode)
    result = place.run("http://127.0.0.1:1/")
    assert result.code == 2 and "chmod go-w" in result.err and "--no-config" in result.err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_somebody_else(place):
    """Goal: a file of another user is refused; one of root is not, for anybody."""
    place.write(near="quiet\n")
    os.chown(place.near, 1234, 1234)
    result = place.run("demo", "--latency", "0")
    assert result.code == 2 and "another user" in result.err


@pytest.mark.parametrize("make", (os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)), ids=("pipe", "folder", "device"))
def test_what_is_no_file(place, make):
    """Goal: what is no regular file is refused, and nobody waits for it."""
    make(place.near)
    result = place.run("http://127.0.0.1:1/")
    assert result.code == 2 and "edgefetch.conf" in result.err


def test_a_file_that_is_too_large(place):
    """Goal: it is refused and not read."""
    place.write(near=b"#" * (1 << 19))
    assert "too large" in place.run("http://127.0.0.1:1/").err


def test_headers_add_up(place, faults, tmp_path):
    """Goal: headers of files, environment and command line are all sent, and shown nowhere."""
    seen = {}

    def page(exchange):
        seen.update(exchange.request.headers)
        pages.good(PNG)(exchange)

    url = faults.add("/a.png", page)
    place.write(user="header = X-User: secret1\nallow-private\n", near="header = X-Here: secret2\n")
    result = place.run("-v", "-H", "X-Line: secret4", url, env={"EDGEFETCH_HEADER": "X-Env: secret3"})
    assert result.code == 0, result
    assert [seen.get(f"x-{name}") for name in ("user", "here", "env", "line")] == [f"secret{i}" for i in (1, 2, 3, 4)]
    assert "secret" not in result.out + result.err
