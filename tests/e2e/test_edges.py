# SPDX-License-Identifier: MIT
"""The edge maps, pixel for pixel against the rule."""

import numpy
import pytest

import pages
import pictures
import reference
from runner import manifest

SIZES = [
    (1, 1), (1, 2), (2, 1), (1, 17), (17, 1), (2, 2), (3, 3), (7, 5), (31, 33), (64, 64), (101, 67),
]  # fmt: skip


def edge_map(directory, line):
    """The gray pixels of a finished URL's edge map."""
    return pictures.gray(directory / line["edges"][0]["path"])


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_two_references_agree(size):
    """Goal: the reference in numpy is the rule, because the one in plain loops says the same."""
    pixels = pictures.noise(*size)
    for threshold in (0, 30, 120, 255, 765):
        plain = reference.neighbor_one_by_one(pixels, threshold)
        assert reference.neighbor(pixels, threshold).tolist() == plain


@pytest.mark.parametrize("threshold", (0, 1, 30, 200, 764, 765))
@pytest.mark.parametrize("kind", ("PNG", "BMP"))
def test_rgb_of_every_size(edgefetch, faults, out, kind, threshold):
    """Goal: on RGB pictures of odd and degenerate sizes the map equals the rule pixel for pixel."""
    urls = {}
    for width, height in SIZES:
        pixels = pictures.noise(width, height, seed=threshold)
        body = pictures.save(pixels, kind)
        urls[faults.add(f"/{width}x{height}.{kind}", pages.good(body))] = pixels
    assert edgefetch("-t", threshold, *urls).code == 0
    for url, pixels in urls.items():
        found = edge_map(out, manifest(out)[url])
        assert numpy.array_equal(found, reference.neighbor(pixels, threshold)), url


@pytest.mark.parametrize("kind", ("PNG", "BMP"))
def test_gray_of_every_size(edgefetch, faults, out, kind):
    """Goal: a gray picture counts as three equal channels, at every size."""
    urls = {}
    for width, height in SIZES:
        gray = pictures.noise(width, height)[:, :, 0] // 4
        body = pictures.save(gray, kind)
        urls[faults.add(f"/{width}x{height}", pages.good(body))] = gray
    assert edgefetch("-t", 30, *urls).code == 0
    for url, gray in urls.items():
        expected = reference.neighbor(numpy.stack([gray] * 3, axis=2), 30)
        assert numpy.array_equal(edge_map(out, manifest(out)[url]), expected), url


def test_exactly_at_the_threshold(edgefetch, faults, out):
    """Goal: white is above the threshold, not at it, and the mean is cut, not rounded."""
    # one neighbour: differences of 30 and 31; two: sums of 61 (30.5 each) and 62
    row = numpy.array([[[0, 0, 0], [30, 0, 0], [61, 0, 0]]], numpy.uint8)
    block = numpy.array([[[0, 0, 0], [30, 0, 0]], [[0, 31, 0], [9, 9, 9]]], numpy.uint8)
    above = numpy.array([[[0, 0, 0], [31, 0, 0]], [[0, 31, 0], [9, 9, 9]]], numpy.uint8)
    urls = [
        faults.add(f"/{i}.png", pages.good(pictures.save(pixels, "PNG")))
        for i, pixels in enumerate((row, block, above))
    ]
    assert edgefetch("-t", 30, *urls).code == 0
    maps = [edge_map(out, manifest(out)[url]) for url in urls]
    assert maps[0].tolist() == [[0, 255, 0]]
    assert (maps[1][0, 0], maps[2][0, 0]) == (0, 255)


def test_extremes(edgefetch, faults, out):
    """Goal: threshold 764 lets only the full difference through, and 765 nothing at all."""
    board = numpy.indices((9, 11)).sum(axis=0) % 2 * 255
    pixels = numpy.stack([board] * 3, axis=2).astype(numpy.uint8)
    url = faults.add("/board.png", pages.good(pictures.save(pixels, "PNG")))
    for threshold, white in ((764, 9 * 11 - 1), (765, 0)):
        assert edgefetch("-t", threshold, url).code == 0
        assert numpy.count_nonzero(edge_map(out, manifest(out)[url])) == white


@pytest.mark.parametrize("name, pil", (("png", "PNG"), ("bmp", "BMP"), ("tga", "TGA")))
def test_lossless_outputs(edgefetch, faults, out, name, pil):
    """Goal: png, bmp and tga hold the map exactly, under their own extension."""
    pixels = pictures.noise(61, 37)
    url = faults.add("/a.png", pages.good(pictures.save(pixels, "PNG")))
    assert edgefetch("-f", name, "-t", 100, url).code == 0
    line = manifest(out)[url]
    assert line["edges"][0]["path"].endswith("." + name)
    assert pictures.load(out / line["edges"][0]["path"]).format == pil
    assert numpy.array_equal(edge_map(out, line), reference.neighbor(pixels, 100))


def test_jpeg_output_is_close(edgefetch, faults, out):
    """Goal: a JPEG map looks like the rule's, as far as JPEG can."""
    pixels = pictures.scene(160, 120)
    url = faults.add("/a.png", pages.good(pictures.save(pixels, "PNG")))
    assert edgefetch("-f", "jpg", url).code == 0
    line = manifest(out)[url]
    found = edge_map(out, line).astype(int)
    assert pictures.load(out / line["edges"][0]["path"]).format == "JPEG"
    assert numpy.abs(found - reference.neighbor(pixels, 30)).mean() < 8


def test_large_picture(edgefetch, faults, out):
    """Goal: the rule holds over a picture of many rows and a wide one, past any block size."""
    urls = {}
    for width, height in ((4099, 31), (29, 4099), (1283, 719)):
        pixels = pictures.scene(width, height)
        body = pictures.save(pixels, "PNG", compress_level=1)
        urls[faults.add(f"/{width}x{height}", pages.good(body))] = pixels
    assert edgefetch("-t", 3, *urls).code == 0
    for url, pixels in urls.items():
        expected = reference.neighbor(pixels, 3)
        assert numpy.array_equal(edge_map(out, manifest(out)[url]), expected), url


def test_originals_are_the_bytes_that_were_sent(edgefetch, faults, out):
    """Goal: originals are byte-identical, and named by what they are, whatever the URL says."""
    bodies = {"/a.jpg": pictures.png(), "/b.png": pictures.jpeg(), "/c": pictures.png(9, 9)}
    urls = {faults.add(path, pages.good(body)): body for path, body in bodies.items()}
    assert edgefetch(*urls).code == 0
    for url, body in urls.items():
        path = manifest(out)[url]["original"]["path"]
        assert path.endswith(".png" if body.startswith(b"\x89PNG") else ".jpg")
        assert (out / path).read_bytes() == body
