# SPDX-License-Identifier: MIT
"""The command line: what is wrong is named, and nothing is started."""

import pytest

import pages
import pictures
import runner

OPTIONS = """-o --output -l --limit --per-host -w --workers -d --detector -t --threshold -f --format
--name --force --refresh --fsync --connect-timeout --stall-timeout --timeout --max-bytes --max-pixels --max-memory
--allow-private --no-originals --discard --stage -H -A --proxy --cacert --insecure --http1 --progress -q -v --json
--help --version""".split()


def refused(edgefetch, out, *args):
    """What standard error says about a command line that must not start anything."""
    result = edgefetch(*args, "http://127.0.0.1/a.png")
    assert (result.code, result.out) == (2, ""), result
    assert not out.exists()
    return result.err


def test_help_has_every_option():
    """Goal: --help all tells of every option and of the exit codes."""
    result = runner.run("--help", "all")
    words = result.out.replace(",", " ").split()
    assert result.code == 0
    assert [option for option in OPTIONS if option not in words] == []
    assert "130" in result.out


def columns(text):
    return max(map(len, text.splitlines()))


def test_help_fits_a_screen():
    """Goal: --help has the commands and examples on a screen of 40 lines and 80 columns."""
    said = runner.run("--help").out
    assert len(said.splitlines()) <= 40 and columns(said) <= 80
    for word in ("run", "edges", "retry", "verify", "--output", "--detector", "Examples:", "--help all"):
        assert word in said, word


@pytest.mark.parametrize("command", ("run", "demo", "serve", "edges", "bench", "retry", "verify", "report", "merge"))
def test_help_of_each_command(command):
    """Goal: every command has its own help, with its options and no other's, wherever the command stands."""
    result = runner.run(command, "--help")
    assert result.code == 0 and f"edgefetch {command} [OPTION...]" in result.out and not result.err
    assert ("--threshold" in result.out) == (command not in ("serve", "report", "merge"))
    assert ("--port" in result.out) == (command == "serve")
    assert columns(result.out) <= 80
    assert runner.run("--help", command).out == result.out


def test_version():
    """Goal: --version tells the version, the libraries and the codecs."""
    result = runner.run("--version")
    assert result.code == 0
    assert result.out.startswith("edgefetch ")
    for word in ("libcurl", "libuv", "jpeg", "png", "gif", "bmp", "pnm", "tga", "neighbor"):
        assert word in result.out


def test_no_arguments():
    """Goal: without a list the program says what it wants."""
    result = runner.run()
    assert result.code == 2 and "--help" in result.err


@pytest.mark.parametrize(
    "typed, meant",
    (
        ("--limt", "--limit"),
        ("--alow-private", "--allow-private"),
        ("--no-original", "--no-originals"),
        ("--treshold", "--threshold"),
        ("--max-byte", "--max-bytes"),
        ("--perhost", "--per-host"),
    ),
)
def test_unknown_option_with_a_suggestion(edgefetch, out, typed, meant):
    """Goal: a mistyped option is named, and the one that was meant is suggested."""
    message = refused(edgefetch, out, typed)
    assert typed in message and f"'{meant}'" in message


@pytest.mark.parametrize("option", ("--frobnicate", "-Z", "--allow-private=yes", "--" + "x" * 99))
def test_unknown_option(edgefetch, out, option):
    """Goal: an option that resembles none is named all the same."""
    assert option.split("=")[0][:40] in refused(edgefetch, out, option)


BAD_VALUES = (
    ("--limit", "-1"), ("--limit", "four"), ("--limit", "1.5"), ("--limit", ""),
    ("--limit", "99999999999"), ("--limit", " 4"),
    ("--per-host", "0"), ("--workers", "0"), ("--workers", "100000"),
    ("--threshold", "766"), ("--threshold", "-1"), ("--threshold", "nan"),
    ("--detector", "cany"), ("--format", "webm"), ("--format", ""),
    ("--connect-timeout", "0"), ("--stall-timeout", "-3"), ("--timeout", "inf"),
    ("--timeout", "soon"), ("--timeout", "1e300"),
    ("--max-bytes", "0"), ("--max-bytes", "64X"), ("--max-bytes", "64MB"), ("--max-pixels", "-5"),
    ("--max-memory", "lots"), ("--name", "{colour}"), ("--name", "same"), ("--name", "{stem"),
    ("--name", "../{stem}"), ("--name", "a/{stem}"), ("--name", ".{stem}"),
    ("--progress", "wheel"), ("--header", "no colon"), ("--header", "A: b\r\nC: d"),
    ("--stage", "edges"), ("--cacert", "/no/such/file"), ("--proxy", "http://:x:y"),
)  # fmt: skip


@pytest.mark.parametrize("option, value", BAD_VALUES, ids=lambda text: text or "empty")
def test_bad_value(edgefetch, out, option, value):
    """Goal: a value that cannot be is refused with the name of its option."""
    assert option in refused(edgefetch, out, option, value)
    assert option in refused(edgefetch, out, f"{option}={value}")


@pytest.mark.parametrize("detectors, named", (("sobel", "sobel"), ("neighbor,canny,laplacian", "laplacian")))
def test_threshold_that_no_gradient_has(edgefetch, out, detectors, named):
    """Goal: a threshold of neighbor alone is refused for gradients, before anything is started."""
    said = refused(edgefetch, out, "-d", detectors, "-t", "256")
    assert "256" in said and named in said and "255" in said


def test_largest_thresholds(faults, edgefetch):
    """Goal: each detector takes its largest."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    assert edgefetch("-d", "neighbor,canny", "-t", "765", "-t", "65535,65535", url).code == 0
    assert edgefetch("--force", "-d", "sobel", "-t", "255", url).code == 0


@pytest.mark.parametrize("option", ("--limit", "--timeout", "-t", "--header"))
def test_missing_value(edgefetch, option):
    """Goal: an option without its value is named."""
    result = edgefetch("http://127.0.0.1/a.png", option)
    assert result.code == 2
    assert {"-t": "--threshold"}.get(option, option) in result.err


@pytest.mark.parametrize(
    "args", (("-l4",), ("-l", "4"), ("--limit=4",), ("--limit", "4"), ("-ql4",), ("-qvl", "4"))
)
def test_ways_to_write_an_option(edgefetch, faults, args):
    """Goal: options are written as everywhere: joined, apart, with '=', several in one."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    assert edgefetch(*args, url).code == 0


@pytest.mark.parametrize("args", (("run",), ()))
def test_run_may_be_left_out(faults, out, args):
    """Goal: 'edgefetch run LIST' and 'edgefetch LIST' are the same; options may come last."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    assert runner.run(*args, url, "-o", out, "--allow-private").code == 0


def test_options_of_other_commands(edgefetch, out):
    """Goal: an option that only another command has is refused with that command's name."""
    said = refused(edgefetch, out, "--samples", "x")
    assert "--samples" in said and "'edgefetch demo'" in said and "'edgefetch demo --help'" in said


def test_how_much_is_said(edgefetch, faults):
    """Goal: --quiet says nothing, --verbose a line for each URL."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    assert edgefetch("--quiet", url).out + edgefetch("--quiet", url).err == ""
    assert url in edgefetch("--verbose", "--force", url).err
