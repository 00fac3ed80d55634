# SPDX-License-Identifier: MIT
"""Small files that promise or unpack to far more than they are. Each is made here, byte by byte."""

import functools
import struct
import zlib

from pictures import AVIF, png_chunk, png_header

IEND = png_chunk(b"IEND", b"")
MEGABYTE = 1 << 20


@functools.lru_cache(maxsize=None)
def zeros(megabytes):
    """That many megabytes of zeros, compressed to a thousandth."""
    packer = zlib.compressobj(9)
    first = packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (megabytes - 1) + packer.flush()


def png(width, height, depth=8, colour=2, interlaced=0, unpacked=1, before=b""):
    """A PNG whose image data unpack to so many megabytes of zeros."""
    data = png_chunk(b"IDAT", zeros(unpacked))
    return png_header(width, height, depth, colour, interlaced) + before + data + IEND


def gif(width, height, frames):
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6) + frames


def gif_frame(width, height):
    return b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x4c\x01\x00"


def bmp(width, height, bits=24):
    sizes = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 0, 0, 0, 54) + sizes


# ---- JPEG ----


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


TABLES = (
    segment(0xDB, b"\0" + b"\1" * 64)
    + segment(0xC4, b"\0" + b"\1" + bytes(15) + b"\0")  # DC: one bit, no difference
    + segment(0xC4, b"\x10" + bytes(3) + b"\2" + bytes(12) + b"\xe0\0")  # AC: a run of empty blocks
)


def blocks(width, height):
    return ((width + 7) // 8) * ((height + 7) // 8)


def scan(components, first, last, refines=0):
    chosen = b"".join(bytes([component, 0]) for component in components)
    return segment(0xDA, bytes([len(components)]) + chosen + bytes([first, last, refines]))


def dc_scan(width, height, components=(1, 2, 3)):
    """A bit for each block."""
    return scan(components, 0, 0) + bytes(blocks(width, height) * len(components) // 8 + 4)


def empty_scan(width, height):
    """18 bits for each 16384 blocks."""
    return scan((1,), 1, 63) + bytes(blocks(width, height) // (1 << 14) * 18 // 8 + 4)


def jpeg(width, height, scans, progressive=True, before=b"", components=(1, 2, 3)):
    fields = b"".join(bytes([component, 0x11, 0]) for component in components)
    frame = struct.pack(">BHHB", 8, height, width, len(components)) + fields
    marker = 0xC2 if progressive else 0xC0
    return b"\xff\xd8" + before + TABLES + segment(marker, frame) + scans + b"\xff\xd9"


def many_scans(width, height, count):
    return jpeg(width, height, dc_scan(width, height) + empty_scan(width, height) * count)


def turned(orientation):
    entry = struct.pack("<HHIHH", 0x112, 3, 1, orientation, 0)
    return segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\1\0" + entry + bytes(4))


# An entry that leads back to the directory that it is in, and then 60 KB.
LOOPING_EXIF = segment(
    0xE1, b"Exif\0\0II*\0\x08\0\0\0\1\0" + struct.pack("<HHIII", 0x8769, 4, 1, 8, 8) + bytes(60000)
)
COLOUR_PROFILE = b"".join(
    segment(0xE2, b"ICC_PROFILE\0" + bytes([i % 255 + 1, 255]) + bytes(300)) for i in range(3000)
)


# ---- WebP ----


def riff(chunks):
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def chunk(kind, body):
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def lossless(width, height):
    """Every code has one symbol, so that a pixel takes no bit at all."""
    fields = [(0x2F, 8), (width - 1, 14), (height - 1, 14), (0, 1), (0, 3), (0, 1), (0, 1), (0, 1)]
    fields += [(1, 1), (0, 1), (0, 1), (0, 1)] * 5
    number, at = 0, 0
    for value, bits in fields:
        number |= value << at
        at += bits
    return chunk(b"VP8L", number.to_bytes((at + 7) // 8 + 8, "little"))


def animation(width, height, frames):
    canvas = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    header = chunk(b"VP8X", bytes([2, 0, 0, 0]) + canvas) + chunk(b"ANIM", bytes(6))
    frame = bytes(6) + bytes([15, 0, 0, 15, 0, 0]) + bytes(4) + lossless(16, 16)
    return riff(header + chunk(b"ANMF", frame) * frames)


def avif(width, height):
    """A picture of 32x24 pixels that says it has others."""
    size = b"ispe" + bytes(4)
    real = size + struct.pack(">II", 32, 24)
    assert real in AVIF
    return AVIF.replace(real, size + struct.pack(">II", width, height))


# Name: (bytes, code and words of the message, the same with --codec stb where it differs).
LARGE, MEMORY = ("image_too_large", "the limit is 100000000"), ("out_of_memory", "MiB, the limit is")
SIDE = ("image_too_large", "the limit of a side is 1048576")
SCANS = ("image_corrupt", "more than 100 scans")
LONG_SCANS = ("image_corrupt", "more scans than 8000x8000 pixels need")
NO_SIZE = ("image_corrupt", "the header gives no size")
CUT = ("image_truncated", "")
UNSUPPORTED = ("image_unsupported", "")
OK = ("ok", "")


@functools.lru_cache(maxsize=None)
def all_bombs():
    short = jpeg(64, 64, dc_scan(64, 64))
    return {
        "tga-18-bytes": (b"\0\0\2" + bytes(9) + b"\xff\xff\xff\xff\x20\0", ("not_an_image", "")),
        "gif-65535": (gif(65535, 65535, gif_frame(1, 1) + b";"), LARGE),
        "gif-10000": (gif(10000, 10000, gif_frame(1, 1) + b";"), MEMORY),
        "gif-10000-frame": (gif(10000, 10000, gif_frame(10000, 10000) + b";"), MEMORY),
        "gif-0": (gif(0, 0, gif_frame(1, 1) + b";"), NO_SIZE),
        "gif-frames": (gif(16, 16, gif_frame(16, 16) * 100000), OK),
        "gif-extensions": (gif(16, 16, b"\x21\xfe\1a\0" * 300000), CUT),
        "gif-blocks": (gif(16, 16, gif_frame(16, 16)[:-4] + b"\1\x44" * 500000), CUT),
        "png-zip": (png(16, 16, unpacked=900), ("image_corrupt", "behind the last pixel"), ("out_of_memory", "")),
        "png-zip-interlaced": (png(16, 16, interlaced=1, unpacked=900), ("image_corrupt", "behind the last pixel"),
                               ("out_of_memory", "")),
        "png-zip-large": (png(4000, 4000, colour=0, unpacked=900), ("image_corrupt", "behind the last pixel"),
                          ("out_of_memory", "")),
        "png-16-bits": (png(10000, 10000, 16, 6, unpacked=770), MEMORY),
        "png-16-bits-interlaced": (png(10000, 10000, 16, 6, 1, unpacked=770), MEMORY),
        "png-tall": (png(5, 16777216, unpacked=260), SIDE),
        "png-wide": (png(16777216, 5, unpacked=260), SIDE),
        "png-huge": (png(2**31 - 1, 2**31 - 1), LARGE),
        "png-beyond": (png(2**32 - 1, 2**32 - 1), LARGE),
        "png-0": (png(0, 0), NO_SIZE),
        "png-zTXt": (png(16, 16, before=png_chunk(b"zTXt", b"a\0\0" + zeros(900)) * 3), OK),
        "png-iCCP": (png(16, 16, before=png_chunk(b"iCCP", b"a\0\0" + zeros(900)) * 3), OK),
        "png-iTXt": (png(16, 16, before=png_chunk(b"iTXt", b"a\0\1\0\0\0" + zeros(900)) * 3), OK),
        "png-empty-IDATs": (png_header(16, 16) + png_chunk(b"IDAT", b"") * 200000 + IEND, ("image_corrupt", "")),
        "png-texts": (png(16, 16, before=png_chunk(b"tEXt", b"") * 200000), OK),
        "jpeg-65535": (jpeg(65535, 65535, scan((1, 2, 3), 0, 0) + bytes(9)), LARGE),
        "jpeg-10000": (jpeg(10000, 10000, scan((1, 2, 3), 0, 0) + bytes(9)), MEMORY),
        "jpeg-10000-whole": (jpeg(10000, 10000, dc_scan(10000, 10000)), MEMORY),
        "jpeg-1000-scans": (many_scans(64, 64, 1000), SCANS),
        "jpeg-1000-scans-large": (many_scans(9900, 9900, 1000), SCANS),
        "jpeg-90-scans-large": (many_scans(8000, 8000, 90), LONG_SCANS),
        "jpeg-90-baseline-scans": (jpeg(8000, 8000, scan((1,), 0, 63) * 90, progressive=False), LONG_SCANS),
        "jpeg-turned": (jpeg(9000, 9000, dc_scan(9000, 9000), before=turned(6)), MEMORY),
        "jpeg-0": (jpeg(0, 0, scan((1, 2, 3), 0, 0)), NO_SIZE),
        "jpeg-no-height": (jpeg(100, 0, scan((1, 2, 3), 0, 0)), NO_SIZE),
        "jpeg-looping-exif": (jpeg(64, 64, dc_scan(64, 64), before=LOOPING_EXIF), OK),
        "jpeg-exifs": (jpeg(64, 64, dc_scan(64, 64), before=LOOPING_EXIF * 20), OK),
        "jpeg-profile": (jpeg(64, 64, dc_scan(64, 64), before=COLOUR_PROFILE), OK),
        "jpeg-tables": (jpeg(64, 64, dc_scan(64, 64), before=TABLES * 5000), OK),
        "jpeg-fill": (b"\xff\xd8" + b"\xff" * MEGABYTE, CUT),
        "jpeg-tail": (short + b"\xff\xd0" * 500000, OK),
        "webp-lossless": (riff(lossless(9900, 9900)), MEMORY, UNSUPPORTED),
        "webp-canvas": (animation(9900, 9900, 1), MEMORY, UNSUPPORTED),
        "webp-canvas-huge": (animation(1 << 24, 1 << 24, 1), LARGE, UNSUPPORTED),
        "webp-frames": (animation(16, 16, 20000), OK, UNSUPPORTED),
        "avif-9000": (avif(9000, 9000), MEMORY, UNSUPPORTED),
        "avif-65535": (avif(65535, 65535), LARGE, UNSUPPORTED),
        "avif-0": (avif(0, 0), NO_SIZE, UNSUPPORTED),
        "bmp-0": (bmp(0, 0), NO_SIZE),
        "bmp-negative": (bmp(-5, -5), LARGE),
        "bmp-lowest": (bmp(10, -(2**31)), LARGE),
        "bmp-no-width": (bmp(0, 2**31 - 1, 8), NO_SIZE),
        "bmp-10000": (bmp(10000, 10000), CUT),
        "pnm-0": (b"P6 0 0 255\n", NO_SIZE),
        "pnm-10000": (b"P6 10000 10000 255\n", CUT),
        "pnm-beyond": (b"P5 99999999999999999999 1 255\n", NO_SIZE),
        "pnm-comment": (b"P6 #" + b"a" * MEGABYTE, CUT),
        "psd": (b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 30000, 30000, 8, 3), UNSUPPORTED),
        "pic": (b"\x53\x80\xf6\x34" + bytes(84) + b"PICT\xff\xff\xff\xff", ("not_an_image", "")),
        "hdr": (b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 65535 +X 65535\n", UNSUPPORTED),
    }  # fmt: skip


def expected(bomb, stb):
    """Its code and words of its message."""
    return bomb[2] if stb and len(bomb) > 2 else bomb[1]
