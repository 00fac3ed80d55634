# SPDX-License-Identifier: MIT
"""What is printed, and where: results to standard output, the rest to standard error."""

import json
import os
import re
import subprocess

import pytest

import pages
import pictures
import runner
from runner import manifest_lines, write_list


def good_and_bad(faults):
    """Three good URLs and one that fails."""
    good = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(3)]
    return [*good, faults.url("/missing")]


# ---- the summary and --json ----


def test_summary(edgefetch, faults):
    """Goal: the summary has count, time and share of each stage, the total, and a verdict."""
    result = edgefetch(*good_and_bad(faults))
    rows = {line.split()[0]: line.split() for line in result.out.splitlines() if line.strip()}
    assert (rows["downloads"][1], rows["processing"][1], rows["total"][1]) == ("4", "3", "4")
    for name in ("downloads", "processing", "overlapping", "total"):
        assert re.search(rf"{name}.* \d+\.\d\d s +\d+ %", result.out)
    assert re.search(r"(network|CPU|limit)-bound|balanced", result.out)


def test_summary_of_failures(edgefetch, faults):
    """Goal: a run of which nothing came tells why, and does not judge what it was slow by."""
    result = edgefetch(faults.url("/missing"))
    assert result.code == 1 and "http_4xx" in result.out
    assert not re.search(r"-bound|balanced", result.out), result


def test_json(edgefetch, faults, out):
    """Goal: --json prints a line for each URL, the manifest's, and the summary goes to standard
    error."""
    result = edgefetch("--json", *good_and_bad(faults))
    assert [json.loads(line) for line in result.out.splitlines()] == manifest_lines(out)
    assert "3 ok, 1 failed" in result.err


def test_json_of_a_second_run(edgefetch, faults, out):
    """Goal: what was done before has its line in the output too."""
    urls = good_and_bad(faults)
    edgefetch(*urls)
    lines = [json.loads(line) for line in edgefetch("--json", *urls).out.splitlines()]
    assert {line["url"]: line["status"] for line in lines} == {
        **dict.fromkeys(urls[:3], "skipped"), urls[3]: "failed",
    }  # fmt: skip


def test_quiet(edgefetch, faults):
    """Goal: -q prints nothing, although a URL fails; the exit code tells."""
    result = edgefetch("-q", *good_and_bad(faults))
    assert (result.code, result.out, result.err) == (1, "", "")


def test_quiet_still_says_what_stops_the_run(edgefetch, tmp_path):
    """Goal: -q does not hide a reason not to start."""
    result = edgefetch("-q", tmp_path / "no-such-list")
    assert result.code == 2 and "no-such-list" in result.err


def test_quiet_with_json(edgefetch, faults):
    """Goal: -q --json prints the lines and nothing else."""
    result = edgefetch("-q", "--json", *good_and_bad(faults))
    assert len(result.out.splitlines()) == 4 and result.err == ""


def test_verbose(edgefetch, faults):
    """Goal: -v tells what becomes of each URL."""
    urls = good_and_bad(faults)
    err = edgefetch("-v", *urls).err
    assert all(f"ok         {url}: 40x30 png" in err for url in urls[:3])
    err = edgefetch("-v", *urls).err
    assert all(f"done before {url}" in err for url in urls[:3])


def test_nobody_reads_the_output(faults, out):
    """Goal: a reader of standard output that leaves ends the run with exit 4, not with a signal."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [runner.PROGRAM, "--json", "-o", out, "--allow-private", *good_and_bad(faults)]
    with open(write_end, "wb") as pipe:
        done = subprocess.run(
            command, stdout=pipe, stderr=subprocess.PIPE, env=runner.environment(None),
            timeout=60 * runner.PATIENCE,
        )  # fmt: skip
    assert done.returncode == 4 and b"standard output" in done.stderr


# ---- progress; see also test_progress.py ----


def test_no_progress(edgefetch, faults):
    """Goal: --progress none prints nothing of it."""
    url = faults.add("/a.png", pages.good(pictures.png(), delay=1.2))
    assert edgefetch("--progress", "none", "--sandbox", "limits", url).err == ""
    assert "0 of 1 done" in edgefetch("--force", url).err


# ---- bytes from outside ----

HOSTILE_TEXT = "\x1b]0;owned\x07\x1b[31m\x9b31m\u202egnp.exe\u2066\u200f\x08\x7f"

# What a terminal might obey, and what turns text round.
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def unsafe(result):
    """What is unsafe in either output."""
    return UNSAFE.findall(result.out_bytes.decode() + result.err_bytes.decode())


@pytest.mark.parametrize("options", (("-v",), ("-v", "--json")), ids=("text", "json"))
def test_hostile_list(edgefetch, faults, tmp_path, options):
    """Goal: nothing of a list reaches the terminal that the terminal could obey."""
    good = faults.add("/a.png", pages.good(pictures.png()))
    printable = "\u202egnp.exe\u2066\u200f\u200b"
    lines = [
        f"http://127.0.0.1/{HOSTILE_TEXT}",
        f"{HOSTILE_TEXT}",
        f"{HOSTILE_TEXT}@{HOSTILE_TEXT}",
        f"http://{printable}.invalid/x",
        f"{good}?{printable}",
        f"{faults.url('/missing')}?{printable}",
        f"{good}\t{HOSTILE_TEXT}",
        b"http://127.0.0.1:1/\xff\xfe\x9b31m",
    ]
    assert unsafe(edgefetch(*options, write_list(tmp_path / "list", lines))) == []


HOSTILE_HEADERS = (
    ("ETag", '"\x1b[31m"'),
    ("Content-Type", "image/\x1b]0;owned\x07png"),
    ("Last-Modified", "\u202e".encode().decode("latin-1")),
)


@pytest.mark.parametrize("options", (("-v",), ("-v", "--json")), ids=("text", "json"))
def test_hostile_server(edgefetch, faults, options):
    """Goal: nor does anything of a server's answer."""
    raw = HOSTILE_TEXT.encode().decode("latin-1")
    urls = [
        faults.add("/a.png", pages.good(pictures.png(), "image/png", headers=HOSTILE_HEADERS)),
        faults.add("/1", pages.redirect(f"http://{raw}/")),
        faults.add("/2", pages.redirect(f"{raw}://127.0.0.1/")),
        faults.add("/3", pages.redirect(f"http://127.0.0.1:1/{raw}")),
        faults.add("/4", lambda exchange: exchange.send(HOSTILE_TEXT.encode() + b"\r\n\r\n")),
        faults.add("/5", lambda exchange: exchange.head(200, [("Content-Length", raw)])),
        faults.add("/6", pages.good(pictures.png(), headers=[("Content-Encoding", raw)])),
        faults.add("/7", pages.redirect(faults.url("/" + "\u202e".encode().decode("latin-1")))),
    ]
    for path in ("/4", "/5"):
        page = faults.pages[path]
        faults.pages[path] = lambda exchange, page=page: (page(exchange), exchange.close())
    assert unsafe(edgefetch(*options, *urls)) == []


def test_hostile_command_line(out):
    """Goal: nor does anything of the command line."""
    for args in (
        [f"--{HOSTILE_TEXT}"], ["--limit", HOSTILE_TEXT], [HOSTILE_TEXT], ["--name", HOSTILE_TEXT],
        ["-o", "/proc/" + HOSTILE_TEXT, "http://127.0.0.1:1/"],
    ):  # fmt: skip
        result = runner.run("-o", out, *args)
        assert result.code in (2, 4)
        assert unsafe(result) == []
