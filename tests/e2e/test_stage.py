# SPDX-License-Identifier: MIT
"""`--stage`: one half of the work now, the other later."""

import hashlib
import json
import os

import pytest

import pages
import pictures
from runner import codes, manifest, run

FILES_OF_100_KB = ("prlimit", "--fsize=100000")
NOTHING = {"ok": 0, "failed": 0, "skipped": 0, "cancelled": 0}


def sums(**counts):
    return {**NOTHING, **counts}


@pytest.fixture
def urls(faults):
    return [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(3)]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("mode", ("async", "threads", "sync"))
def test_download(edgefetch, faults, out, mode):
    """Goal: originals under their final names, with what the bytes are; lines without edges."""
    png_body, jpg_body = pictures.png(41, 29), pictures.save(pictures.noise(20, 10), "JPEG")
    png, jpg = faults.add("/a", pages.good(png_body)), faults.add("/b.png", pages.good(jpg_body))
    bodies = {png: png_body, jpg: jpg_body}
    result = edgefetch("--stage", "download", "-v", "--mode", mode, png, jpg)
    assert result.code == 0 and result.sums == sums(ok=2), result
    assert "-bound: on average" in result.out and "workers busy" not in result.out  # there are none
    assert names(out) == ["manifest.jsonl", "original"]
    lines = manifest(out)
    assert [path.rsplit(".")[-1] for path in names(out / "original")] == ["png", "jpg"]
    assert (lines[png]["type"], lines[jpg]["type"]) == ("png", "jpeg")
    for url, line in lines.items():
        body = (out / line["original"]["path"]).read_bytes()
        assert body == bodies[url]
        assert line["original"]["bytes"] == len(body)
        assert line["original"]["sha256"] == hashlib.sha256(body).hexdigest()
        assert "edges" not in line and "width" not in line
    assert "original/" in result.err


def test_download_judges_by_the_first_bytes(edgefetch, faults, out):
    """Goal: what is no picture that we read fails, and nothing of it is kept."""
    page = faults.add("/page.png", pages.good(b"<html>no picture</html>"))
    tiff = faults.add("/a.tif", pages.good(pictures.save(pictures.noise(20, 10), "TIFF")))
    assert edgefetch("--stage", "download", page, tiff).code == 1
    assert codes(out) == {page: "not_an_image", tiff: "image_unsupported"}
    assert "HTML" in manifest(out)[page]["error"]["message"]
    assert names(out / "original") == []


def test_download_that_breaks_off(edgefetch, faults, out):
    """Goal: a body that is cut short leaves no file, also under a temporary name."""
    url = faults.add("/cut.png", pages.shorter_than_announced(pictures.png(200, 100)[:3000], 9000))
    assert edgefetch("--stage", "download", url).code == 1
    assert codes(out) == {url: "transfer_truncated"}
    assert names(out) == ["manifest.jsonl", "original"] and names(out / "original") == []


def test_download_of_a_large_body(edgefetch, faults, out):
    """Goal: a body of many pieces is written as it came."""
    body = pictures.save(pictures.noise(1500, 1000), "PNG")
    url = faults.add("/large.png", pages.good(body))
    assert edgefetch("--stage", "download", url).code == 0
    original = manifest(out)[url]["original"]
    assert (out / original["path"]).read_bytes() == body
    assert original["sha256"] == hashlib.sha256(body).hexdigest()


def test_download_to_a_full_disk(edgefetch, faults, out):
    """Goal: a body that finds no room ends the run with exit 4, a message and a line; what stood
    stays, and later the rest is downloaded."""
    small = faults.add("/small.png", pages.good(pictures.png()))
    urls = [faults.add(f"/{i}.png", pages.good(pictures.save(pictures.noise(700, 500, seed=i), "PNG")))
            for i in range(3)]
    assert edgefetch("--stage", "download", small).code == 0
    result = edgefetch("--stage", "download", *urls, small, before=FILES_OF_100_KB)
    assert result.code == 4, result
    assert "cannot be written: File too large" in result.err
    assert set(codes(out).values()) <= {"ok", "output_failed", "cancelled"}
    assert len(names(out / "original")) == 1
    assert edgefetch("--stage", "download", *urls, small).sums == sums(ok=3, skipped=1)


def test_download_again(edgefetch, faults, out, urls):
    """Goal: an original that is there is done, for this stage; one that is gone is not."""
    edgefetch("--stage", "download", *urls)
    (out / manifest(out)[urls[0]]["original"]["path"]).unlink()
    assert edgefetch("--stage", "download", *urls).sums == sums(ok=1, skipped=2)
    assert len(faults.requests) == 4


def test_download_is_not_all(edgefetch, urls):
    """Goal: for a run of both stages a URL that is only downloaded is not done; for a download one
    that is wholly done is."""
    edgefetch("--stage", "download", *urls)
    assert edgefetch(*urls).sums == sums(ok=3)
    assert edgefetch("--stage", "download", *urls).sums == sums(skipped=3)
    assert edgefetch("--stage", "both", *urls).sums == sums(skipped=3)


def test_download_keeps_names_apart(edgefetch, faults, out):
    """Goal: a name that a downloaded original has is not given to another URL."""
    first, second = (
        faults.add(f"/{i}/a.png", pages.good(pictures.png(seed=i))) for i in range(2)
    )
    edgefetch("--stage", "download", "--name", "{stem}", first)
    edgefetch("--stage", "download", "--name", "{stem}", second)
    paths = {line["original"]["path"] for line in manifest(out).values()}
    assert len(paths) == 2


def test_download_and_resize(edgefetch, faults, out):
    """Goal: what is to become of the pictures later does not matter to a download."""
    url = faults.add("/a.png", pages.good(pictures.png(41, 29)))
    options = ("-d", "canny,sobel", "--resize", "8x8", "--save-resized")
    assert edgefetch("--stage", "download", *options, url).code == 0
    assert names(out) == ["manifest.jsonl", "original"]
    assert "resized" not in manifest(out)[url]


def test_download_and_discard(edgefetch, out, urls):
    """Goal: both together tell what would be downloaded, and keep nothing."""
    assert edgefetch("--stage", "download", "--discard", *urls).sums == sums(ok=3)
    assert not out.exists()


def test_download_of_the_demo(out):
    """Goal: the demo has stages, too."""
    assert run("demo", "--latency", "0", "--stage", "download", "-o", out).sums == sums(ok=12)
    assert names(out) == ["manifest.jsonl", "original"]


def test_without_originals(edgefetch, out, urls):
    """Goal: a download that would keep nothing is refused."""
    result = edgefetch("--stage", "download", "--no-originals", *urls)
    assert result.code == 2 and "--no-originals" in result.err
    assert not out.exists()


def test_process(edgefetch, faults, out, tmp_path, urls):
    """Goal: download and then process leave the same files as both at once, and lines that a run of
    both takes for done; nothing is asked of a server."""
    edgefetch("--stage", "download", *urls)
    asked = len(faults.requests)
    result = edgefetch("--stage", "process", *urls)
    assert result.code == 0 and result.sums == sums(ok=3), result
    assert len(faults.requests) == asked
    assert run("--allow-private", "-o", tmp_path / "both", *urls).code == 0
    for folder in ("original", "edges"):
        assert names(out / folder) == names(tmp_path / "both" / folder)
        for name in names(out / folder):
            assert (out / folder / name).read_bytes() == (
                tmp_path / "both" / folder / name
            ).read_bytes()
    for url, line in manifest(out).items():
        assert line["original"] == manifest(tmp_path / "both")[url]["original"]
        assert line["edges"] == manifest(tmp_path / "both")[url]["edges"]
    assert edgefetch(*urls).sums == sums(skipped=3)


def test_process_again_with_another_detector(edgefetch, faults, urls):
    """Goal: the originals serve any number of times, and what is done is not done again."""
    edgefetch(*urls)
    for _ in range(2):
        for detector, expected in (("canny", sums(ok=3)), ("canny", sums(skipped=3))):
            options = ("--stage", "process", "-d", detector, "--format", "bmp")
            assert edgefetch(*options, *urls).sums == expected
        edgefetch("--stage", "process", *urls)
    assert len(faults.requests) == 3


def test_process_what_is_not_there(edgefetch, faults, out, urls):
    """Goal: a URL without an original fails by itself, whether it was never downloaded, its
    download failed or its file is gone or cut."""
    missing = faults.url("/missing")
    edgefetch("--stage", "download", *urls, missing)
    paths = [out / manifest(out)[url]["original"]["path"] for url in urls]
    paths[0].unlink()
    os.truncate(paths[1], 5)
    never = faults.url("/never-downloaded")
    result = edgefetch("--stage", "process", *urls, missing, never)
    assert result.code == 1 and result.sums == sums(ok=1, failed=4), result
    lines = manifest(out)
    assert lines[urls[2]]["status"] == "ok"
    for url in (urls[0], urls[1], missing, never):
        assert lines[url]["error"]["code"] == "file_failed"
        assert "not downloaded yet" in lines[url]["error"]["message"]


def test_process_after_it_failed(edgefetch, faults, out, urls):
    """Goal: a picture that cannot be processed keeps its original for another try."""
    large = faults.add("/large.png", pages.good(pictures.png(200, 100)))
    edgefetch("--stage", "download", large)
    assert edgefetch("--stage", "process", "--max-pixels", "10K", large).sums == sums(failed=1)
    assert "original" not in manifest(out)[large]
    assert edgefetch("--stage", "process", large).sums == sums(ok=1)
    assert len(faults.requests) == 1


def test_process_of_a_changed_original(edgefetch, out, urls):
    """Goal: what the manifest says of an original is true of the bytes that were processed."""
    edgefetch("--stage", "download", urls[0])
    path = out / manifest(out)[urls[0]]["original"]["path"]
    body = bytearray(path.read_bytes())
    body.reverse()
    path.write_bytes(body)
    assert edgefetch("--stage", "process", urls[0]).code == 1
    path.write_bytes(pictures.png(seed=0))
    assert edgefetch("--stage", "process", urls[0]).code == 0
    expected = hashlib.sha256(path.read_bytes()).hexdigest()
    assert manifest(out)[urls[0]]["original"]["sha256"] == expected


def test_process_stays_in_the_directory(edgefetch, faults, out, tmp_path):
    """Goal: a manifest whose path leads elsewhere is not followed."""
    url = faults.url("/a.png")
    out.mkdir()
    (tmp_path / "elsewhere.png").write_bytes(pictures.png())
    size = (tmp_path / "elsewhere.png").stat().st_size
    lines = [{"edgefetch": "1.0.0", "schema": 1}] + [
        {"url": url, "status": "ok", "original": {"path": path, "bytes": size, "sha256": ""}}
        for path in ("../elsewhere.png", str(tmp_path / "elsewhere.png"))
    ]
    (out / "manifest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert edgefetch("--stage", "process", url).sums == sums(failed=1)
    assert not (out / "edges").exists() or names(out / "edges") == []


def test_process_and_discard(edgefetch, out, urls):
    """Goal: what needs the directory and what must not look at it exclude each other."""
    result = edgefetch("--stage", "process", "--discard", *urls)
    assert result.code == 2 and "--discard" in result.err
    assert not out.exists()


def test_process_within_little_memory(edgefetch, urls):
    """Goal: originals wait for room as bodies do."""
    edgefetch("--stage", "download", *urls)
    size = max(len(pictures.png(seed=i)) for i in range(3))
    options = ("--max-bytes", size, "--max-memory", size, "-l", 3)
    assert edgefetch("--stage", "process", *options, *urls).sums == sums(ok=3)
