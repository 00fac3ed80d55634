# SPDX-License-Identifier: MIT
"""Foreign text never reaches a terminal, a log or a line of JSON as it came."""

import contextlib
import json
import os
import pty
import shutil
import subprocess
import threading
import unicodedata

import pytest

import pages
import pictures
import runner
from conftest import ONCE
from runner import run, write_list

# What acts on a terminal or turns text around, and what is no UTF-8: a byte, overlong, a surrogate.
EVIL_TEXT = "\x1b[31m\x07\x7f\x9b2J\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff\U000e0041"
EVIL = EVIL_TEXT.encode() + b"\xff\xc0\xaf\xed\xa0\x80"
PNG = pictures.png()


def check(printed):
    """The bytes are UTF-8 without a control character or one that is not seen, but for line ends."""
    text = printed.decode("utf-8")
    bad = {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cs")}
    assert not bad, text


def on_terminal(args):
    """Runs the program with a terminal as both outputs; returns what it prints there. The terminal is one that knows
    no controls, not even the status block's own, which test_progress.py has."""
    ours, theirs = pty.openpty()
    printed = []

    def read():
        with contextlib.suppress(OSError):  # the terminal's other side is closed
            while data := os.read(ours, 65536):
                printed.append(data)

    thread = threading.Thread(target=read)
    thread.start()
    process = subprocess.Popen(
        [runner.PROGRAM, *map(os.fsencode, map(str_or_bytes, args))], stdin=subprocess.DEVNULL, stdout=theirs,
        stderr=theirs, env=runner.environment({"TERM": "dumb"}),
    )  # fmt: skip
    os.close(theirs)
    process.wait(60 * runner.PATIENCE)
    thread.join()
    os.close(ours)
    return b"".join(printed).replace(b"\r\n", b"\n")


def str_or_bytes(value):
    return value if isinstance(value, bytes) else str(value)


def run_twice(out, *args):
    """Runs the program into pipes and on a terminal, into a fresh `out` each, and checks what it prints."""
    result = run(*args)
    check(result.out_bytes)
    check(result.err_bytes)
    if out is not None:
        shutil.rmtree(out, ignore_errors=True)
    terminal = on_terminal(args)
    check(terminal)
    assert terminal
    return result


@pytest.mark.parametrize("options", ((), ("-v",), ("--json", "-v"), ("-v", "-m", "threads")))
def test_list_and_server(faults, out, tmp_path, options):
    """Goal: URLs, names and lines of a list, and what a server sends: reason, headers, a redirect's target, a body."""
    evil_header = EVIL_TEXT.replace("\x1b", "").encode() + b"\x1b[31m\xff"
    answers = {
        "reason": b"HTTP/1.1 404 " + evil_header + b"\r\nContent-Length: 0\r\n\r\n",
        "redirect": b"HTTP/1.1 302 -\r\nLocation: " + evil_header + b"://x/\r\nContent-Length: 0\r\n\r\n",
        "host": b"HTTP/1.1 302 -\r\nLocation: http://" + evil_header + b"/\r\nContent-Length: 0\r\n\r\n",
        "type": b"HTTP/1.1 200 -\r\nContent-Type: " + evil_header + b"\r\nETag: " + evil_header
        + b"\r\nContent-Length: %d\r\n\r\n" % len(PNG) + PNG,
        "header": evil_header + b": " + evil_header + b"\r\n\r\n",
        "body": b"HTTP/1.1 200 -\r\nContent-Length: %d\r\n\r\n" % len(EVIL) + EVIL,
    }  # fmt: skip
    urls = [faults.add(f"/{name}", pages.raw(answer)).encode() for name, answer in answers.items()]
    base = faults.url("/").encode()
    lines = [
        *urls, base + EVIL, b"http://" + EVIL + b".test/", b"ftp://" + EVIL, EVIL, base + b"a\t" + EVIL,
        base + b"b\tgood" + EVIL_TEXT.encode(), b"http://u:" + EVIL + b"@127.0.0.1/" + EVIL, b"http://" + EVIL * 700,
    ]  # fmt: skip
    result = run_twice(out, "-o", out, *ONCE, *options, write_list(tmp_path / "list", lines))
    assert result.code == 1
    if "--json" in options:
        assert len([json.loads(line) for line in result.out.splitlines()]) >= len(lines) - 1


def test_the_value_is_kept(out, tmp_path):
    """Goal: what is escaped is still there to be read."""
    (tmp_path / "\u732b\x7f.png").write_bytes(PNG)
    result = run("edges", tmp_path / "\u732b\x7f.png", "-o", out, "--json", "--name", "{stem}")
    assert json.loads(result.out)["edges"][0]["path"] == "edges/\u732b_.png" and result.out.isascii()
    (out / "edges" / "\x7f\u202e").write_bytes(b"")
    stray = run("verify", "--strict", "--json", out).out.splitlines()[0]
    assert json.loads(stray)["path"] == "edges/\x7f\u202e" and "\\u007F\\u202E" in stray
    assert "\\u{202E}" in run("-o", out, write_list(tmp_path / "list", ["ftp://\u202e"])).err


@pytest.mark.parametrize("options", ((), ("-v",), ("--json",)))
def test_local_pictures(out, tmp_path, options):
    """Goal: names of local pictures and of their folder."""
    folder = os.fsencode(tmp_path) + b"/in" + EVIL
    os.mkdir(folder)
    for name, body in ((b"a" + EVIL + b".png", PNG), (EVIL + b".png", b"no picture")):
        with open(folder + b"/" + name, "wb") as file:
            file.write(body)
    result = run_twice(out, "edges", folder, "-o", out, *options)
    assert result.code == 1
    for name in os.listdir(out / "edges"):
        check(name.encode("utf-8", "surrogateescape"))
    run_twice(None, "edges", folder + b"/missing" + EVIL, "-o", out)


@pytest.mark.parametrize("options", ((), ("-v",), ("--json",)))
def test_what_a_manifest_says(out, tmp_path, options):
    """Goal: verify and retry repeat nothing of a hostile manifest, nor of files that lie about."""
    (tmp_path / "a.png").write_bytes(PNG)
    run("edges", tmp_path / "a.png", "-o", out)
    header, line = map(json.loads, (out / "manifest.jsonl").read_text().splitlines())
    evil = EVIL_TEXT
    lines = [header]
    for i, url in enumerate((f"http://127.0.0.1:1/{evil}", evil, f"file:///{evil}", f"http://{evil}/")):
        edges = [{**line["edges"][0], "path": f"edges/{evil}{i}.png", "detector": "neighbor" + evil}]
        lines.append({**line, "url": url, "edges": edges, "index": i + 2})
        lines.append({"url": url + "x", "index": i + 9, "status": "failed", "stage": evil,
                      "error": {"code": "http_4xx" if i % 2 else evil, "message": evil}})  # fmt: skip
    text = "".join(json.dumps(item, ensure_ascii=bool(i % 2)) + "\n" for i, item in enumerate(lines))
    manifest = out / "manifest.jsonl"
    with open(os.fsencode(out) + b"/edges/" + EVIL + b".png", "wb") as stray:
        stray.write(b"x")
    for command in (("verify", "--strict"), ("verify", "--repair"), ("retry",), ("retry", "--only=4xx")):
        manifest.write_text(text + evil + "\n", "utf-8")
        result = run_twice(None, *command, *options, "--retries", 0, out)
        assert result.code != 0 or command[0] == "retry"
    with open(manifest, "w", encoding="utf-8") as file:
        file.write(json.dumps({"edgefetch": evil, "schema": 77}, ensure_ascii=False) + "\n")
    run_twice(None, "verify", out)


@pytest.mark.parametrize(
    "arguments",
    (
        (b"--" + EVIL.replace(b"=", b""),), (b"--mode=" + EVIL,), (b"-" + EVIL,), (b"missing" + EVIL,),
        (b"-o", b"/dev/null/" + EVIL, b"http://127.0.0.1:1/"), (b"verify", b"/missing" + EVIL),
        (b"retry", b"/missing" + EVIL), (b"serve", b"/missing" + EVIL), (b"--cacert", EVIL, b"http://127.0.0.1:1/"),
        (b"--header", EVIL, b"http://127.0.0.1:1/"), (b"--proxy", EVIL, b"http://127.0.0.1:1/"),
        (b"--name", EVIL, b"http://127.0.0.1:1/"), (b"demo", b"--samples", b"/missing" + EVIL),
        (b"bench", b"--simulate", EVIL), (b"bench", b"/missing" + EVIL), (b"--discard", EVIL),
        (b"--discard", b"--stats", b"/missing/" + EVIL, b"http://127.0.0.1:1/"),
        (b"retry", b"--only=" + EVIL, b"x"),
    ),
    ids=range(18),
)  # fmt: skip
def test_arguments(tmp_path, arguments):
    """Goal: mistakes on the command line, and in the environment of a script, are told without repeating them raw."""
    result = run(*arguments, before=("env", "-C", tmp_path))
    assert result.code not in (0, None) and result.err
    check(result.out_bytes)
    check(result.err_bytes)


def test_bench(faults, tmp_path):
    """Goal: a bench's messages and its files."""
    url = faults.add("/a.png", pages.good(PNG)).encode()
    json_file, csv_file = tmp_path / "bench.json", tmp_path / "bench.csv"
    lines = write_list(tmp_path / "list", [url, faults.url("/").encode() + EVIL])
    result = run_twice(
        None, "bench", "--allow-private", "--retries", 0, "--runs", 1, "--modes", "async", "--limits", 1,
        "--json", json_file, "--csv", csv_file, "-v", lines,
    )  # fmt: skip
    assert result.out
    check(json_file.read_bytes())
    check(csv_file.read_bytes())
