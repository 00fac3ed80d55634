# SPDX-License-Identifier: MIT
"""What a JPEG's header says."""
import pathlib
import struct
import sys
from typing import NamedTuple


class Jpeg(NamedTuple):
    progressive: bool
    width: int
    height: int


def read_header(path):
    """None when the file is no JPEG of the common kinds."""
    with open(path, "rb") as file:
        data = file.read()
    at = 2
    while data[:2] == b"\xff\xd8" and at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in (0xC0, 0xC1, 0xC2):
            height, width = struct.unpack(">HH", data[at + 5:at + 9])
            return Jpeg(marker == 0xC2, width, height)
        at += 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
    return None


def largest(kind, folder):
    """The largest picture of a kind, or nothing."""
    found = [(header.width * header.height, str(path)) for path in pathlib.Path(folder).iterdir() if path.is_file()
             and (header := read_header(path)) and header.progressive == (kind == "progressive")]
    return max(found)[1] if found else ""


if __name__ == "__main__":
    print(largest(*sys.argv[1:3]))
