# SPDX-License-Identifier: MIT
"""Every kind of picture that can be read: its type, its size, and its pixels by its edges."""

import numpy
import pytest
from PIL import Image

import pages
import pictures
import reference
from built import needs
from runner import manifest

THRESHOLD = 60
NOISE = pictures.noise(37, 23)
ALPHA = pictures.noise(37, 23, seed=2)[:, :, 0]
GRAY = NOISE[:, :, 0]
DEEP = numpy.random.default_rng(3).integers(0, 65536, (23, 37, 3), dtype=numpy.uint16)


def three(gray):
    """Gray pixels as RGB."""
    return numpy.stack([gray] * 3, axis=2)


def palette_image(colours=200):
    return Image.fromarray(NOISE).quantize(colours)


def rgba(pixels):
    return Image.fromarray(numpy.dstack([pixels, ALPHA]))


def palette_with_a_hole():
    """A palette picture of which colour 5 is transparent, and what is seen of it."""
    image = palette_image()
    pixels = numpy.asarray(image.convert("RGB")).copy()
    pixels[numpy.asarray(image) == 5] = 255
    return pictures.save(image, "PNG", transparency=5), pixels


def gif_of_two_frames():
    first = palette_image(256)
    second = Image.fromarray(pictures.noise(37, 23, seed=9)).quantize(256)
    body = pictures.save(first, "GIF", save_all=True, append_images=[second], duration=50)
    return body, numpy.asarray(first.convert("RGB"))


def few_bits(depth):
    """Gray samples of 1, 2 or 4 bits, and the 8-bit gray that they stand for."""
    samples = GRAY.astype(numpy.int64) >> (8 - depth)
    return samples, (samples * (255 // (2**depth - 1))).astype(numpy.uint8)


def hand_made(samples, depth, colour, seen, **how):
    return pictures.png_by_hand(samples, depth, colour, **how), seen


def of_pixels(image, kind, **options):
    """A file that PIL writes, and the pixels that PIL reads from it."""
    body = pictures.save(image, kind, **options)
    return body, pictures.rgb(body)


# name: (type in the manifest, the file's bytes and the pixels to be seen)
LOSSLESS = {
    "png-rgb": ("png", lambda: of_pixels(NOISE, "PNG")),
    "png-gray": ("png", lambda: of_pixels(GRAY, "PNG")),
    "png-palette": ("png", lambda: of_pixels(palette_image(), "PNG")),
    "png-palette-4-bit": ("png", lambda: of_pixels(palette_image(13), "PNG", bits=4)),
    "png-palette-1-bit": ("png", lambda: of_pixels(palette_image(2), "PNG", bits=1)),
    "png-palette-transparent": ("png", palette_with_a_hole),
    "png-1-bit": ("png", lambda: hand_made(few_bits(1)[0], 1, 0, three(few_bits(1)[1]))),
    "png-2-bit": ("png", lambda: hand_made(few_bits(2)[0], 2, 0, three(few_bits(2)[1]))),
    "png-4-bit": ("png", lambda: hand_made(few_bits(4)[0], 4, 0, three(few_bits(4)[1]))),
    "png-rgba": ("png", lambda: (
        pictures.save(rgba(NOISE), "PNG"),
        reference.over_white(NOISE, ALPHA[:, :, None]),
    )),
    "png-gray-alpha": ("png", lambda: (
        pictures.save(Image.fromarray(numpy.dstack([GRAY, ALPHA]), "LA"), "PNG"),
        three(reference.over_white(GRAY, ALPHA)),
    )),
    "png-16-bit-rgb": ("png", lambda: hand_made(DEEP, 16, 2, (DEEP >> 8).astype(numpy.uint8))),
    "png-16-bit-gray": ("png", lambda: hand_made(
        DEEP[:, :, 0], 16, 0, three((DEEP[:, :, 0] >> 8).astype(numpy.uint8))
    )),
    "png-interlaced": ("png", lambda: hand_made(NOISE, 8, 2, NOISE, interlaced=True)),
    "png-interlaced-gray": ("png", lambda: hand_made(GRAY, 8, 0, three(GRAY), interlaced=True)),
    "png-interlaced-1-bit": ("png", lambda: hand_made(
        few_bits(1)[0], 1, 0, three(few_bits(1)[1]), interlaced=True
    )),
    "png-with-other-chunks": ("png", lambda: hand_made(
        NOISE, 8, 2, NOISE, chunks=[(b"tEXt", b"Comment\0edges"), (b"zzZz", bytes(99))]
    )),
    "bmp-24-bit": ("bmp", lambda: of_pixels(NOISE, "BMP")),
    "bmp-8-bit-gray": ("bmp", lambda: of_pixels(GRAY, "BMP")),
    "bmp-8-bit-palette": ("bmp", lambda: of_pixels(palette_image(), "BMP")),
    "bmp-1-bit": ("bmp", lambda: of_pixels(Image.fromarray(GRAY).convert("1"), "BMP")),
    "pnm-p5": ("pnm", lambda: of_pixels(GRAY, "PPM")),
    "pnm-p6": ("pnm", lambda: of_pixels(NOISE, "PPM")),
    "pnm-with-comment": ("pnm", lambda: (
        b"P6\n# made by hand\n37 23\n255\n" + NOISE.tobytes(),
        NOISE,
    )),
    "gif": ("gif", lambda: of_pixels(palette_image(256), "GIF")),
    "gif-animated": ("gif", gif_of_two_frames),
}  # fmt: skip


def fetch(edgefetch, faults, out, body):
    """Runs one body through the program; its manifest line and its edge map."""
    url = faults.add("/picture", pages.good(body))
    result = edgefetch("-t", THRESHOLD, url)
    assert result.code == 0, result
    line = manifest(out)[url]
    return line, pictures.gray(out / line["edges"][0]["path"])


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless(edgefetch, faults, out, name):
    """Goal: the picture is decoded to exactly its pixels, which its edge map shows."""
    kind, make = LOSSLESS[name]
    body, pixels = make()
    line, found = fetch(edgefetch, faults, out, body)
    assert (line["type"], line["width"], line["height"]) == (kind, 37, 23)
    assert numpy.array_equal(found, reference.neighbor(pixels, THRESHOLD))


SCENE = pictures.scene(150, 110)
JPEGS = {
    "baseline": lambda: pictures.save(SCENE, "JPEG", quality=95, subsampling=0),
    "subsampled": lambda: pictures.save(SCENE, "JPEG", quality=95, subsampling=2),
    "progressive": lambda: pictures.save(SCENE, "JPEG", quality=95, progressive=True),
    "gray": lambda: pictures.save(SCENE[:, :, 1], "JPEG", quality=95),
    "cmyk": lambda: pictures.save(Image.fromarray(SCENE).convert("CMYK"), "JPEG", quality=95),
    "restart-markers": lambda: pictures.save(SCENE, "JPEG", quality=95, restart_marker_rows=1),
}


@pytest.mark.parametrize("name", JPEGS)
def test_jpeg(edgefetch, faults, out, name):
    """Goal: every kind of JPEG is read; decoders may differ a little, so the map is nearly that of
    another decoder."""
    body = JPEGS[name]()
    line, found = fetch(edgefetch, faults, out, body)
    expected = reference.neighbor(pictures.rgb(body), THRESHOLD)
    assert (line["type"], line["width"], line["height"]) == ("jpeg", 150, 110)
    assert numpy.mean(found == expected) > 0.98
    assert numpy.count_nonzero(found) > 0


@needs("libavif")
def test_avif(edgefetch, faults, out):
    """Goal: AVIF, whose library is loaded on demand, is read by workers old and new, and beside others."""
    pixels = numpy.zeros((24, 32, 3), dtype=numpy.uint8)
    pixels[7:18, 9:24] = 255
    urls = [faults.add(f"/{i}", pages.good(pictures.AVIF if i % 3 else pictures.save(NOISE, "PNG")))
            for i in range(12)]
    result = edgefetch("-t", THRESHOLD, *urls)
    assert result.code == 0, result
    lines = manifest(out)
    for i, url in enumerate(urls):
        line = lines[url]
        expected = reference.neighbor(pixels if i % 3 else NOISE, THRESHOLD)
        assert line["type"] == ("avif" if i % 3 else "png")
        assert numpy.array_equal(pictures.gray(out / line["edges"][0]["path"]), expected)


@pytest.mark.parametrize("kind", ("TIFF", "TGA", "ICO"))
def test_formats_that_are_not_read(edgefetch, faults, out, kind):
    """Goal: other formats are refused as such, by their bytes and not by their name."""
    url = faults.add("/a.png", pages.good(pictures.save(NOISE, kind)))
    assert edgefetch(url).code == 1
    code = manifest(out)[url]["error"]["code"]
    # a TGA has nothing at its beginning to know it by
    assert code == ("not_an_image" if kind == "TGA" else "image_unsupported")


def test_svg_is_named(edgefetch, faults, out):
    """Goal: an SVG is a picture that is not read, and the message says so."""
    body = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"></svg>'
    url = faults.add("/a.svg", pages.good(body, "image/svg+xml"))
    assert edgefetch(url).code == 1
    error = manifest(out)[url]["error"]
    assert error["code"] == "image_unsupported" and "SVG" in error["message"]


@pytest.mark.parametrize("cut", (3, 10, 30, 60, 90))
@pytest.mark.parametrize("name", ("png-rgb", "bmp-24-bit", "pnm-p6", "gif"))
def test_cut_short(edgefetch, faults, out, name, cut):
    """Goal: a picture of which only a part is there is an error, never half an edge map."""
    body, _ = LOSSLESS[name][1]()
    url = faults.add("/cut", pages.good(body[: len(body) * cut // 100]))
    assert edgefetch(url).code == 1
    assert manifest(out)[url]["error"]["code"] == "image_truncated"
    assert list((out / "edges").iterdir()) == list((out / "original").iterdir()) == []


def test_bytes_behind_the_picture(edgefetch, faults, out):
    """Goal: what stands behind a picture's end does not matter."""
    _, found = fetch(edgefetch, faults, out, pictures.save(NOISE, "PNG") + b"trailing" * 50)
    assert numpy.array_equal(found, reference.neighbor(NOISE, THRESHOLD))


def test_output_is_a_gray_png_of_two_values(edgefetch, faults, out):
    """Goal: an edge map has one channel, and only black and white in it."""
    line, found = fetch(edgefetch, faults, out, pictures.save(NOISE, "PNG"))
    assert pictures.load(out / line["edges"][0]["path"]).mode in ("1", "L")
    assert set(numpy.unique(found)) == {0, 255}
