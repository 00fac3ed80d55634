# SPDX-License-Identifier: MIT
"""`--stage`: one half of the work now, the other later."""

import pytest

import pages
import pictures
from runner import codes, manifest, run

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
    png = faults.add("/a", pages.good(pictures.png(41, 29)))
    jpg = faults.add("/b.png", pages.good(pictures.save(pictures.noise(20, 10), "JPEG")))
    result = edgefetch("--stage", "download", "-v", "--mode", mode, png, jpg)
    assert result.code == 0 and result.sums == sums(ok=2), result
    assert names(out) == ["manifest.jsonl", "original"]
    lines = manifest(out)
    assert [path.rsplit(".")[-1] for path in names(out / "original")] == ["png", "jpg"]
    assert (lines[png]["width"], lines[png]["height"], lines[png]["type"]) == (41, 29, "png")
    assert lines[jpg]["type"] == "jpeg"
    for line in lines.values():
        assert "edges" not in line and (out / line["original"]["path"]).exists()
    assert "original/" in result.err


def test_download_judges_by_headers(edgefetch, faults, out):
    """Goal: what is no picture, or has too many pixels, fails; nothing of it is kept."""
    page = faults.add("/page", pages.good(b"<html>no picture</html>"))
    large = faults.add("/large.png", pages.good(pictures.png(200, 100)))
    assert edgefetch("--stage", "download", "--max-pixels", "10K", page, large).code == 1
    assert codes(out) == {page: "not_an_image", large: "image_too_large"}
    assert names(out / "original") == []


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
    line = manifest(out)[url]
    assert (line["width"], line["height"]) == (41, 29) and "resized" not in line


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
