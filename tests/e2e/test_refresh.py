# SPDX-License-Identifier: MIT
"""--refresh: what is done is asked for whether it has changed, and only what has is done again."""

import json

import pytest

import pages
import pictures
from conftest import ONCE
from runner import SOME_MODES, codes, manifest, manifest_lines, run, write_list

OLD, NEW = pictures.png(60, 40, seed=1), pictures.png(60, 40, seed=2)
LARGE = pictures.save(pictures.noise(300, 200), "PNG")  # 180 KB
MONDAY, TUESDAY = "Mon, 01 Jan 2024 00:00:00 GMT", "Tue, 02 Jan 2024 00:00:00 GMT"
ETAG = (("ETag", '"1"'),)
DATE = (("Last-Modified", MONDAY),)


def conditions(faults, path="/a.png"):
    """What each request for a path was conditional on: (If-None-Match, If-Modified-Since)."""
    return [(request.headers.get("if-none-match"), request.headers.get("if-modified-since"))
            for request in faults.requests if request.path == path]  # fmt: skip


def snapshot(out):
    """Every file with its bytes and its inode, which a file that is written again does not keep."""
    return {path: (path.read_bytes(), path.stat().st_ino) for path in out.rglob("*") if path.is_file()}


def first(edgefetch, faults, page, *options):
    """Downloads a page for the first time; its URL."""
    url = faults.add("/a.png", page)
    assert edgefetch(*options, url).code == 0
    faults.requests.clear()
    return url


def verified(out):
    return run("verify", out).code == 0


@pytest.mark.parametrize("stage", ("both", "download"))
@pytest.mark.parametrize("mode", SOME_MODES)
def test_not_modified(edgefetch, faults, out, mode, stage):
    """Goal: 304, by either validator, writes nothing; it is counted, and the URLs stay done."""
    about = {"/e.png": ETAG, "/d.png": DATE, "/w.png": (("ETag", 'W/"x"'),), "/b.png": ETAG + DATE}
    urls = [faults.add(path, pages.versioned(OLD, headers)) for path, headers in about.items()]
    assert edgefetch("--stage", stage, *urls).code == 0
    before = snapshot(out)
    faults.requests.clear()
    result = edgefetch("--refresh", "--mode", mode, "--stage", stage, *urls)
    assert result.code == 0
    assert result.sums == {"ok": 0, "failed": 0, "skipped": 4, "cancelled": 0}
    assert "4 of the skipped asked for and unchanged" in result.out
    assert snapshot(out) == before
    assert conditions(faults, "/e.png") == [('"1"', None)]
    assert conditions(faults, "/d.png") == [(None, MONDAY)]
    assert conditions(faults, "/w.png") == [('W/"x"', None)]
    assert conditions(faults, "/b.png") == [('"1"', MONDAY)]
    faults.requests.clear()
    assert edgefetch("--stage", stage, *urls).sums["skipped"] == 4 and not faults.requests
    assert verified(out)


@pytest.mark.parametrize("stage", ("both", "download"))
@pytest.mark.parametrize("mode", SOME_MODES)
def test_changed(edgefetch, faults, out, mode, stage):
    """Goal: a picture that has changed is done again under its name; then the new one is what is known."""
    options = ("--mode", mode, "--stage", stage)
    url = first(edgefetch, faults, pages.versioned(OLD), *options)
    old = manifest(out)[url]
    faults.add("/a.png", pages.versioned(NEW, (("ETag", '"2"'),)))
    assert edgefetch("--refresh", *options, url).sums["ok"] == 1
    line = manifest(out)[url]
    assert len(manifest_lines(out)) == 2 and line["http"]["etag"] == '"2"'
    assert line["original"]["path"] == old["original"]["path"]
    assert (out / line["original"]["path"]).read_bytes() == NEW
    assert edgefetch("--refresh", *options, url).sums["skipped"] == 1
    assert conditions(faults) == [('"1"', None), ('"2"', None)]
    assert verified(out)


@pytest.mark.parametrize("headers", ((), ETAG))
@pytest.mark.parametrize("stage", ("both", "download"))
@pytest.mark.parametrize("mode", SOME_MODES)
def test_same_bytes(edgefetch, faults, out, mode, stage, headers):
    """Goal: without validators, or where nobody heeds them, the same bytes are unchanged, and others are not."""
    options = ("--mode", mode, "--stage", stage)
    url = first(edgefetch, faults, pages.versioned(OLD, headers, heeds=False), *options)
    before = snapshot(out)
    result = edgefetch("--refresh", *options, url)
    assert (result.code, result.sums["skipped"], result.sums["ok"]) == (0, 1, 0)
    assert snapshot(out) == before and faults.count("/a.png") == 1
    faults.add("/a.png", pages.versioned(NEW, headers, heeds=False))
    assert edgefetch("--refresh", *options, url).sums["ok"] == 1
    assert (out / manifest(out)[url]["original"]["path"]).read_bytes() == NEW
    assert verified(out)


def test_without_originals(edgefetch, faults, out):
    """Goal: where no original is kept validators help all the same; without them the picture is done again."""
    url = first(edgefetch, faults, pages.versioned(OLD), "--no-originals")
    assert edgefetch("--refresh", "--no-originals", url).sums["skipped"] == 1
    faults.add("/a.png", pages.good(OLD))
    assert edgefetch("--refresh", "--no-originals", url).sums["ok"] == 1


@pytest.mark.parametrize("mode", SOME_MODES)
def test_gone(edgefetch, faults, out, mode):
    """Goal: what is not there any more fails; its files stay; it is no longer done, and retry finds it."""
    url = first(edgefetch, faults, pages.versioned(OLD))
    line = manifest(out)[url]
    faults.add("/a.png", pages.status(404))
    assert edgefetch("--refresh", "--mode", mode, url).code == 1
    assert codes(out)[url] == "http_4xx"
    assert (out / line["original"]["path"]).read_bytes() == OLD
    faults.add("/a.png", pages.versioned(OLD))
    faults.requests.clear()
    assert run("retry", *ONCE, out).code == 0
    assert conditions(faults) == [(None, None)]
    assert manifest(out)[url]["original"]["path"] == line["original"]["path"]


def test_original_missing(edgefetch, faults, out):
    """Goal: what is not all there is not done: it is downloaded without conditions."""
    url = first(edgefetch, faults, pages.versioned(OLD))
    (out / manifest(out)[url]["original"]["path"]).unlink()
    assert edgefetch("--refresh", url).sums["ok"] == 1
    assert conditions(faults) == [(None, None)]


def test_several_detectors(edgefetch, faults, out):
    """Goal: every map stays, or is made anew."""
    url = first(edgefetch, faults, pages.versioned(OLD), "-d", "canny,sobel")
    assert edgefetch("--refresh", "-d", "canny,sobel", url).sums["skipped"] == 1
    assert edgefetch("--refresh", "-d", "canny", url).sums["skipped"] == 1
    before = snapshot(out)
    faults.add("/a.png", pages.versioned(NEW, (("ETag", '"2"'),)))
    assert edgefetch("--refresh", "-d", "canny,sobel", url).sums["ok"] == 1
    after = snapshot(out)
    assert set(before) == set(after) and len(after) == 4
    assert all(before[path] != after[path] for path in before)
    assert verified(out)


def test_the_name_stays(edgefetch, faults, out, tmp_path):
    """Goal: files keep their name although the list, or its order, now gives another."""
    url = first(edgefetch, faults, pages.versioned(OLD), "--name", "{index}-{stem}")
    other = faults.add("/b.png", pages.versioned(OLD))
    faults.add("/a.png", pages.versioned(NEW, (("ETag", '"2"'),)))
    names = write_list(tmp_path / "list", [other, f"{url}\tchosen"])
    assert edgefetch("--refresh", "--name", "{index}-{stem}", names).sums["ok"] == 2
    assert manifest(out)[url]["original"]["path"] == "original/1-a.png"
    assert verified(out)


def test_conditions_do_not_leak(edgefetch, faults, out):
    """Goal: on one connection each request has its own conditions and no other's."""
    urls = [faults.add(f"/{i}.png", pages.versioned(OLD, (("ETag", f'"{i}"'),) if i % 2 else ())) for i in range(8)]
    assert edgefetch(*urls).code == 0
    new = faults.add("/new.png", pages.versioned(OLD))
    faults.requests.clear()
    assert edgefetch("--refresh", "-l", 1, *urls, new).sums["skipped"] == 8
    for i in range(8):
        assert conditions(faults, f"/{i}.png") == [(f'"{i}"' if i % 2 else None, None)]
    assert conditions(faults, "/new.png") == [(None, None)]


@pytest.mark.parametrize("mode", SOME_MODES)
def test_retries_keep_the_conditions(edgefetch, faults, out, mode):
    """Goal: every attempt has them, but for one that asks for the rest of the new picture."""
    url = first(edgefetch, faults, pages.versioned(OLD))
    again = ("--refresh", "--retries", 3, "--retry-wait", 0.02, "--mode", mode, url)
    faults.add("/a.png", pages.in_turn(pages.status(503), pages.status(500), pages.versioned(OLD)))
    assert edgefetch(*again).sums["skipped"] == 1
    assert conditions(faults) == [('"1"', None)] * 3
    faults.requests.clear()
    faults.add("/a.png", pages.resumable(LARGE, (50_000,), headers=(("ETag", '"2"'),)))
    assert edgefetch(*again).sums["ok"] == 1
    assert conditions(faults) == [('"1"', None), (None, None)]
    assert faults.requests[1].headers["if-range"] == '"2"'
    assert (out / manifest(out)[url]["original"]["path"]).read_bytes() == LARGE


@pytest.mark.parametrize("mode", SOME_MODES)
def test_another_place(edgefetch, faults, out, mode):
    """Goal: 304 is believed from where the validators were met; from elsewhere it is asked for without."""
    faults.add("/one.png", pages.versioned(OLD, DATE))
    faults.add("/two.png", pages.versioned(NEW, DATE))
    url = first(edgefetch, faults, pages.redirect("/one.png"))
    assert edgefetch("--refresh", "--mode", mode, url).sums["skipped"] == 1
    faults.add("/a.png", pages.redirect("/two.png"))
    assert edgefetch("--refresh", "--mode", mode, url).sums["ok"] == 1
    assert conditions(faults, "/two.png") == [(None, MONDAY), (None, None)]
    assert (out / manifest(out)[url]["original"]["path"]).read_bytes() == NEW


def test_304_that_nobody_asked_for(edgefetch, faults, out):
    """Goal: 304 without a condition is a failure, with --refresh too."""
    url = first(edgefetch, faults, pages.good(OLD))
    faults.add("/a.png", pages.status(304, b""))
    new = faults.add("/b.png", pages.status(304, b""))
    assert edgefetch("--refresh", url, new).code == 1
    assert codes(out) == {url: "http_other", new: "http_other"}


def test_a_foreign_manifest(edgefetch, faults, out):
    """Goal: what a manifest says cannot add headers to a request, nor name files elsewhere."""
    url = first(edgefetch, faults, pages.versioned(OLD))
    header, text = (out / "manifest.jsonl").read_text().splitlines()
    for etag in ('"1"\r\nX-Evil: 1', '"1', "1", '"a"b"', ""):
        line = json.loads(text)
        line["http"] = {"etag": etag, "last_modified": f"{MONDAY}\r\nX-Evil: 1"}
        (out / "manifest.jsonl").write_text(header + "\n" + json.dumps(line) + "\n")
        assert edgefetch("--refresh", url).sums["skipped"] == 1  # the bytes are the same
    assert conditions(faults) == [(None, None)] * 5
    assert not any("x-evil" in request.headers for request in faults.requests)


def test_reports(edgefetch, faults, tmp_path):
    """Goal: --json and --stats tell what is unchanged."""
    url = first(edgefetch, faults, pages.versioned(OLD))
    result = edgefetch("--refresh", "--json", "--stats", tmp_path / "stats", url)
    assert json.loads(result.out) == {"url": url, "status": "skipped", "unchanged": True}
    assert json.loads((tmp_path / "stats").read_text())["unchanged"] == 1


@pytest.mark.parametrize("other", (("--force",), ("--stage", "process"), ("--discard",)))
def test_does_not_go_with(edgefetch, out, other):
    """Goal: what makes no sense together is refused."""
    result = edgefetch("--refresh", *other, "http://127.0.0.1/a.png")
    assert result.code == 2 and "--refresh" in result.err and not out.exists()


def test_not_for_local_pictures(tmp_path):
    """Goal: edges has no --refresh."""
    assert run("edges", "--refresh", tmp_path).code == 2
