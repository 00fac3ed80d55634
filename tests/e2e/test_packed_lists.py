# SPDX-License-Identifier: MIT
"""Lists that are compressed: told by their first bytes, read as a stream, broken ones told of."""

import gzip
import random
import re
import subprocess

import pytest

import pages
import pictures
from built import needs
from runner import codes, run


def zstd(text):
    return subprocess.run(["zstd", "-qc"], input=text, capture_output=True, check=True).stdout


PACK = {"gzip": gzip.compress, "zstd": zstd}
# An empty frame that decoders skip, and what tapes put behind a gzip file.
BESIDE = {"gzip": (b"", b"\0" * 600), "zstd": (b"\x50\x2a\x4d\x18\x03\0\0\0abc", b"")}

packings = pytest.mark.parametrize(
    "packing",
    [pytest.param("gzip", marks=needs("zlib")), pytest.param("zstd", marks=needs("libzstd"))],
)


def good(faults, count):
    return [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(count)]


def text_of(urls):
    return "".join(url + "\n" for url in urls).encode()


@packings
@pytest.mark.parametrize("way", ("file", "standard input"))
def test_packed(edgefetch, faults, out, tmp_path, packing, way):
    """Goal: a compressed list is read whatever its name, members behind each other as one text."""
    urls = good(faults, 4)
    text = text_of(urls)
    before, behind = BESIDE[packing]
    parts = [text[:70], b"", text[70:]]
    data = before + b"".join(map(PACK[packing], parts)) + behind
    path = tmp_path / "list.txt"
    path.write_bytes(data)
    result = edgefetch(path) if way == "file" else edgefetch("-", input=data)
    assert result.code == 0, result
    assert set(codes(out)) == set(urls)


@packings
def test_long_packed_list(edgefetch, faults, out, tmp_path, packing):
    """Goal: a list of many blocks, the same text a hundred times, is read to its last line."""
    urls = good(faults, 2)
    text = b"# " + b"x" * 50000 + b"\n" + text_of(urls[:1])
    path = tmp_path / "list"
    path.write_bytes(PACK[packing](text * 100 + text_of(urls[1:])))
    result = edgefetch(path)
    assert result.code == 0, result
    assert set(codes(out)) == set(urls)


@packings
@pytest.mark.parametrize("way", ("file", "standard input"))
def test_packed_list_that_ends_too_early(edgefetch, faults, out, tmp_path, packing, way):
    """Goal: a truncated list is an error that names list and byte; what was read of it is done."""
    urls = good(faults, 2)
    data = PACK[packing](text_of(urls[:1])) + PACK[packing](text_of(urls[1:]))[:-4]
    path = tmp_path / "list"
    path.write_bytes(data)
    result = edgefetch(path) if way == "file" else edgefetch("-", input=data)
    assert result.code == 4, result
    name = str(path) if way == "file" else "standard input"
    assert f"{name}: its {packing} data ends too early, at byte {len(data)}" in result.err
    assert codes(out)[urls[0]] == "ok"


@packings
def test_damaged_packed_list(edgefetch, faults, out, tmp_path, packing):
    """Goal: damage is an error that names list and byte; what stands before it is done."""
    urls = good(faults, 1)
    sound = PACK[packing](text_of(urls))
    path = tmp_path / "list"
    path.write_bytes(sound + b"no member at all, and long enough to be one")
    result = edgefetch(path)
    assert result.code == 4, result
    found = re.search(rf"{path}: its {packing} data is damaged at byte (\d+): \w+", result.err)
    assert found and len(sound) <= int(found[1]) <= len(sound) + 4, result
    assert codes(out) == {urls[0]: "ok"}


@packings
def test_damage_in_the_middle(edgefetch, faults, out, tmp_path, packing):
    """Goal: what stands before the damage, in the same block of the file, is done."""
    urls = good(faults, 2)
    noise = random.Random(3)
    filler = "".join(f"# {noise.getrandbits(400)}\n" for _ in range(6000)).encode()
    data = PACK[packing](text_of(urls[:1]) + filler + text_of(urls[1:]))
    path = tmp_path / "list"
    half = len(data) // 2
    path.write_bytes(data[:half] + b"\xff" * 40 + data[half + 40 :])
    result = edgefetch(path)
    assert result.code == 4 and f"its {packing} data is damaged at byte" in result.err, result
    assert codes(out)[urls[0]] == "ok"


@packings
@pytest.mark.parametrize("seed", range(3))
def test_packed_noise(edgefetch, tmp_path, packing, seed):
    """Goal: noise that begins like a compressed list is an error and nothing worse."""
    head = PACK[packing](b"")[:4]
    path = tmp_path / "list"
    path.write_bytes(head + random.Random(seed).randbytes(3000))
    result = edgefetch(path)
    assert result.code == 4 and f"its {packing} data" in result.err, result


def test_version_tells_what_lists_are_read():
    """Goal: --version says which compressed lists this build reads."""
    assert re.search(r"^lists: text( gzip)?( zstd)?$", run("--version").out, re.MULTILINE)
