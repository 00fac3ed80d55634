# SPDX-License-Identifier: MIT
"""The manifest: what it says, and that a re-run does what is missing and nothing else."""

import hashlib
import itertools
import json
import os
import time

import numpy
import pytest

import pages
import pictures
import reference
from runner import codes, manifest, manifest_lines, write_list

# One after the other, and the parts of two of them.
STATES = ["queued", "download", "held", "process", "write"]
PARTS = {"download": ["dns", "connect", "wait", "body"], "process": ["decode", "detect", "encode"]}


def three(faults):
    """Three good URLs."""
    return [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(3)]


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_header(edgefetch, faults, out):
    """Goal: the first line tells the program's version and the schema."""
    edgefetch(three(faults)[0])
    header = json.loads((out / "manifest.jsonl").read_text().splitlines()[0])
    assert header["schema"] == 1
    assert header["edgefetch"].count(".") == 2


def test_fields_of_a_good_url(edgefetch, faults, out):
    """Goal: every field of a finished URL is there and says what is true."""
    body = pictures.png(41, 29)
    headers = [("ETag", '"v1"'), ("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT")]
    url = faults.add("/a.png", pages.good(body, headers=headers))
    assert edgefetch("-t", 77, url).code == 0
    line = manifest(out)[url]
    assert (line["index"], line["status"], line["attempts"]) == (1, "ok", 1)
    assert (line["width"], line["height"], line["type"]) == (41, 29, "png")
    assert line["http"] == {
        "status": 200,
        "version": "1.1",
        "address": "127.0.0.1",
        "type": "image/png",
        "etag": '"v1"',
        "last_modified": "Mon, 01 Jan 2024 00:00:00 GMT",
    }
    assert line["original"]["bytes"] == len(body)
    assert line["original"]["sha256"] == hashlib.sha256(body).hexdigest()
    assert "error" not in line and "stage" not in line


def test_fields_of_the_edges(edgefetch, faults, out):
    """Goal: the entry of the edge map has its parameters, its file's facts and its density."""
    url = three(faults)[1]
    assert edgefetch("-t", 200, url).code == 0
    (edges,) = manifest(out)[url]["edges"]
    file = out / edges["path"]
    expected = reference.neighbor(pictures.rgb(pictures.png(seed=1)), 200)
    assert (edges["detector"], edges["threshold"], edges["format"]) == ("neighbor", 200, "png")
    assert (edges["bytes"], edges["sha256"]) == (file.stat().st_size, sha256(file))
    assert edges["density"] == pytest.approx(numpy.mean(expected) / 255, rel=1e-6)
    assert 0 < edges["density"] < 1


def test_times(edgefetch, faults, out):
    """Goal: every step has its time, none below 0, and the parts do not exceed the whole."""
    url = faults.add("/a.png", pages.good(pictures.png(), delay=0.05))
    before = 1000 * time.time()
    edgefetch(url)
    ms = manifest(out)[url]["ms"]
    assert set(ms) == {"at", "total", *STATES, *itertools.chain(*PARTS.values())}
    assert min(ms.values()) >= 0
    assert sum(ms[state] for state in STATES) == pytest.approx(ms["total"], abs=1e-6)
    for state, parts in PARTS.items():
        # libcurl and the worker look at their own clocks, a moment apart
        assert sum(ms[part] for part in parts) <= 1.1 * ms[state] + 1
    assert before <= ms["at"] and ms["at"] + ms["total"] <= 1000 * time.time()
    assert ms["wait"] >= 49  # the server's delay


def test_fields_of_a_failure(edgefetch, faults, out, tmp_path):
    """Goal: a failure says in which stage it failed, with code and message, and has no outputs."""
    html = faults.add("/a.jpg", pages.good(b"<html>", "text/html"))
    missing = faults.url("/missing")
    urls = [html, missing, "no-url"]
    edgefetch("-l", "1", write_list(tmp_path / "list", urls))
    lines = manifest(out)
    assert [lines[url]["index"] for url in urls] == [1, 2, 3]
    assert [lines[url]["stage"] for url in urls] == ["process", "download", "list"]
    assert [lines[url]["attempts"] for url in urls] == [1, 1, 0]
    assert lines[missing]["http"]["status"] == 404 and "http" not in lines["no-url"]
    for line in lines.values():
        assert line["status"] == "failed" and line["error"]["message"]
        assert not {"original", "edges", "width"} & set(line)


def test_final_url(edgefetch, faults, out):
    """Goal: a redirected URL stands under its own name, with the place where it was found."""
    target = faults.add("/b.png", pages.good(pictures.png()))
    url = faults.add("/a.png", pages.redirect("/b.png"))
    edgefetch(url)
    assert manifest(out)[url]["http"]["final_url"] == target


def test_no_originals(edgefetch, faults, out):
    """Goal: --no-originals keeps only the edges, and knows on a re-run that they are done."""
    url = three(faults)[0]
    assert edgefetch("--no-originals", url).code == 0
    assert "original" not in manifest(out)[url]
    assert not (out / "original").exists()
    assert edgefetch("--no-originals", url).sums["skipped"] == 1
    assert edgefetch(url).sums["ok"] == 1  # now the original is wanted
    assert edgefetch("--no-originals", url).sums["skipped"] == 1


# ---- re-runs ----


def again(edgefetch, faults, urls, *options):
    """Runs the list again; the indices of the URLs that were asked for."""
    faults.requests.clear()
    result = edgefetch(*options, *urls)
    assert result.code == 0, result
    fetched = sorted(urls.index(faults.url(request.path)) for request in faults.requests)
    assert result.sums["ok"] == len(fetched)
    assert result.sums["skipped"] == len(urls) - len(fetched)
    return fetched


def test_a_second_run_does_nothing(edgefetch, faults, out):
    """Goal: what is done is skipped, without a request, and the run says that nothing was left."""
    urls = three(faults)
    assert edgefetch(*urls).code == 0
    before = (out / "manifest.jsonl").read_bytes()
    assert again(edgefetch, faults, urls) == []
    assert (out / "manifest.jsonl").read_bytes() == before
    assert "nothing to do" in edgefetch(*urls).out


@pytest.mark.parametrize("kind", ("edges", "original"))
@pytest.mark.parametrize("damage", ("gone", "short", "long", "directory"))
def test_a_file_that_is_not_as_recorded(edgefetch, faults, out, kind, damage):
    """Goal: a file that is missing or has another size is made again, and only that one."""
    urls = three(faults)
    edgefetch(*urls)
    line = manifest(out)[urls[1]]
    entry = line["edges"][0] if kind == "edges" else line["original"]
    path = out / entry["path"]
    if damage == "short":
        os.truncate(path, entry["bytes"] - 1)
    elif damage == "long":
        path.write_bytes(path.read_bytes() + b"x")
    else:
        path.unlink()
    if damage == "directory":
        path.mkdir()
        assert edgefetch(*urls).sums == {"ok": 0, "failed": 1, "skipped": 2, "cancelled": 0}
        path.rmdir()
    assert again(edgefetch, faults, urls) == [1]
    assert sha256(path) == entry["sha256"]


def test_changed_parameters(edgefetch, faults, out):
    """Goal: another threshold or another format does everything again."""
    urls = three(faults)
    edgefetch(*urls)
    assert again(edgefetch, faults, urls, "-t", "31") == [0, 1, 2]
    assert again(edgefetch, faults, urls, "-t", "31", "-f", "bmp") == [0, 1, 2]
    assert again(edgefetch, faults, urls, "-t", "31", "-f", "bmp") == []


def test_force(edgefetch, faults):
    """Goal: --force does again what is done."""
    urls = three(faults)
    edgefetch(*urls)
    assert again(edgefetch, faults, urls, "--force") == [0, 1, 2]


def test_failures_are_tried_again(edgefetch, faults, out):
    """Goal: what failed is fetched again, and its newest line counts."""
    urls = three(faults)
    good = faults.pages["/1.png"]
    faults.pages["/1.png"] = pages.status(503)
    assert edgefetch(*urls).code == 1
    faults.pages["/1.png"] = good
    assert again(edgefetch, faults, urls) == [1]
    assert set(codes(out).values()) == {"ok"}
    assert [line["status"] for line in manifest_lines(out) if line["url"] == urls[1]] == [
        "failed", "ok",
    ]  # fmt: skip


def test_a_longer_list(edgefetch, faults):
    """Goal: a list that has grown costs only what is new."""
    urls = three(faults)
    edgefetch(*urls[:2])
    assert again(edgefetch, faults, urls) == [2]


@pytest.mark.parametrize("cut", (1, 40, 200))
def test_torn_last_line(edgefetch, faults, out, cut):
    """Goal: a last line that a kill has torn is dropped, its URL done again, and the file whole."""
    urls = three(faults)
    edgefetch("-l", "1", *urls)
    path = out / "manifest.jsonl"
    torn = json.loads(path.read_text().splitlines()[-1])["url"]
    os.truncate(path, path.stat().st_size - cut)
    assert again(edgefetch, faults, urls) == [urls.index(torn)]
    assert set(codes(out)) == set(urls)


def test_foreign_lines(edgefetch, faults, out):
    """Goal: lines that are not ours are passed over with a warning, and stay."""
    urls = three(faults)
    edgefetch(*urls)
    with open(out / "manifest.jsonl", "ab") as file:
        file.write(b'a note\n{"other":1}\n[]\n\xff\xfe\n"\n' + b"x" * (2 << 20) + b"\n")
        file.write(f'{{"url":"{urls[0]}","index":1\0,"status":"failed"}}\n'.encode())
    before = (out / "manifest.jsonl").read_bytes()
    result = edgefetch(*urls)
    assert result.sums["skipped"] == 3
    assert "7 lines are not edgefetch's" in result.err
    assert (out / "manifest.jsonl").read_bytes() == before


def test_another_schema(edgefetch, faults, out):
    """Goal: a manifest of a schema that is not known is not touched: exit 4."""
    out.mkdir()
    (out / "manifest.jsonl").write_text('{"edgefetch":"9.0.0","schema":99}\n')
    result = edgefetch(*three(faults))
    assert result.code == 4 and "schema 99" in result.err
    assert (out / "manifest.jsonl").read_text() == '{"edgefetch":"9.0.0","schema":99}\n'
    assert not faults.requests
