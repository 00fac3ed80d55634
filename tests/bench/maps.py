# SPDX-License-Identifier: MIT
"""Prints a digest of the pixels of every picture in a folder, sorted: maps are the same whatever their PNG is like."""
import hashlib
import pathlib
import sys

from PIL import Image

for line in sorted(hashlib.sha256(repr(picture.size).encode() + picture.convert("L").tobytes()).hexdigest()
                   for picture in map(Image.open, pathlib.Path(sys.argv[1]).iterdir())):
    print(line)
