# SPDX-License-Identifier: MIT
"""Pictures for the tests: their pixels, and the files that hold them."""

import base64
import functools
import io
import struct
import zlib

import numpy
from PIL import Image

# A white rectangle, x from 9 to 23 and y from 7 to 17, on 32x24 black pixels: as libavif writes it, without loss. PIL
# writes no AVIF.
AVIF = base64.b64decode(
    "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUEAAADybWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAA"
    "AAAAAAAAAAAGxpYmF2aWYAAAAADnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABGgAAAB8AAAAoaWlu"
    "ZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3IAAAAAamlwcnAAAABLaXBjbwAAABRpc3BlAAAAAAAAACAAAA"
    "AYAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgSAAAAAAABNjb2xybmNseAACAAIAAoAAAAAXaXBtYQAAAAAAAAABAAEE"
    "AQKDBAAAACdtZGF0EgAKBTgRP35JMhREAAD2ep42lJ+kicclgWbANcMlwA=="
)

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

# Adam7: first column and row, and distances, of each pass.
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
         (0, 1, 1, 2))


def noise(width, height, seed=1):
    """Seeded random RGB pixels: an array of height x width x 3 bytes."""
    source = numpy.random.default_rng(seed)
    return source.integers(0, 256, (height, width, 3), dtype=numpy.uint8)


def scene(width, height):
    """Smooth shades with a few hard shapes: edges where the shapes end."""
    y, x = numpy.mgrid[0:height, 0:width]
    pixels = numpy.stack(
        [x * 90 // max(width, 1), y * 90 // max(height, 1), (x + y) * 45 // max(width + height, 1)],
        axis=2,
    )
    pixels[height // 4 : height // 2, width // 4 : width // 2] += (150, 20, 60)
    disc = (x - width * 2 // 3) ** 2 + (y - height * 2 // 3) ** 2 < (min(width, height) // 4) ** 2
    pixels[disc] += (20, 140, 160)
    return pixels.astype(numpy.uint8)


def save(image, kind, **options):
    """A PIL image, or RGB or gray pixels, as the bytes of a file."""
    if isinstance(image, numpy.ndarray):
        image = Image.fromarray(image)
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def load(path):
    """The PIL image in a file."""
    return Image.open(io.BytesIO(path.read_bytes()))


def gray(path):
    """The gray pixels of an edge map."""
    return numpy.asarray(load(path).convert("L"))


def rgb(data):
    """The RGB pixels that PIL finds in the first frame of a file's bytes."""
    return numpy.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


@functools.lru_cache(maxsize=None)
def png(width=40, height=30, seed=1):
    """A small PNG of noise; a different seed is a different picture."""
    return save(noise(width, height, seed), "PNG")


@functools.lru_cache(maxsize=None)
def jpeg(width=64, height=48):
    """A small JPEG."""
    return save(scene(width, height), "JPEG", quality=90)


@functools.lru_cache(maxsize=None)
def heavy():
    """A PNG that keeps a worker busy for some tenths of a second."""
    return save(scene(4000, 3000), "PNG", compress_level=1)


def png_chunk(kind, data):
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def png_header(width, height, depth=8, colour=2, interlaced=0):
    """The signature and the first chunk."""
    fields = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    return PNG_SIGNATURE + png_chunk(b"IHDR", fields)


def _rows(samples, depth):
    """The unfiltered rows of samples (height x width x channels)."""
    rows = samples.reshape(samples.shape[0], -1)
    if depth == 16:
        packed = rows.astype(">u2").view(numpy.uint8)
    elif depth == 8:
        packed = rows.astype(numpy.uint8)
    else:
        bits = (rows[:, :, None] >> numpy.arange(depth - 1, -1, -1)) & 1
        packed = numpy.packbits(bits.reshape(len(rows), -1).astype(numpy.uint8), axis=1)
    return b"".join(b"\0" + row.tobytes() for row in packed)


def png_by_hand(samples, depth, colour, interlaced=False, chunks=()):
    """A PNG of samples as given: what PIL cannot write. `colour` is PNG's colour type."""
    height, width = samples.shape[:2]
    samples = samples.reshape(height, width, -1)
    if interlaced:
        parts = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7]
        rows = b"".join(_rows(part, depth) for part in parts if part.size)
    else:
        rows = _rows(samples, depth)
    extra = b"".join(png_chunk(*chunk) for chunk in chunks)
    body = png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return png_header(width, height, depth, colour, int(interlaced)) + extra + body


def huge_header_png():
    """A PNG that claims 60000x60000 pixels."""
    return png_header(60000, 60000) + png_chunk(b"IDAT", bytes(64)) + png_chunk(b"IEND", b"")
