# SPDX-License-Identifier: MIT
"""Small files that promise or unpack to far more than they are cost little, and are told by name."""

import json

import pytest

import bombs
import pages
from runner import PATIENCE, SLOW, error_code, manifest, run

MOST_BYTES = 512 << 20  # of a worker
DEADLINE = ("--worker-timeout", 10 * PATIENCE)
CODECS = ("auto", "stb")


def check(out, stats, codec, name_of):
    """Every bomb has its code and its words, and no worker took more memory than it may."""
    lines = {name_of(url): line for url, line in manifest(out).items()}
    wrong = {}
    for name, bomb in bombs.all_bombs().items():
        code, words = bombs.expected(bomb, codec == "stb")
        message = lines[name].get("error", {}).get("message", "")
        if error_code(lines[name]) != code or words not in message:
            wrong[name] = (error_code(lines[name]), message)
    assert not wrong
    if not SLOW:  # where memory is not the program's own
        assert json.loads(stats.read_text())["worker_peak_bytes"] < MOST_BYTES


@pytest.mark.parametrize("codec", CODECS)
def test_local(out, tmp_path, codec):
    """Goal: as local pictures."""
    folder, stats = tmp_path / "bombs", tmp_path / "stats.json"
    folder.mkdir()
    for name, bomb in bombs.all_bombs().items():
        (folder / name).write_bytes(bomb[0])
    files = sorted(folder.iterdir())
    result = run("edges", *files, "-o", out, "--codec", codec, "--stats", stats, *DEADLINE)
    assert result.code == 1, result
    check(out, stats, codec, lambda url: url.rsplit("/", 1)[1])


@pytest.mark.parametrize("codec", CODECS)
def test_downloaded(edgefetch, faults, out, tmp_path, codec):
    """Goal: as downloads."""
    stats = tmp_path / "stats.json"
    urls = [faults.add(f"/{name}", pages.good(bomb[0])) for name, bomb in bombs.all_bombs().items()]
    result = edgefetch("--codec", codec, "--stats", stats, *DEADLINE, *urls)
    assert result.code == 1, result
    check(out, stats, codec, lambda url: url.rsplit("/", 1)[1])


def test_endless_gif(edgefetch, faults, out):
    """Goal: a GIF without an end is cut at --max-bytes."""
    frame = bombs.gif_frame(16, 16) * 1000
    start = b"HTTP/1.1 200 -\r\nContent-Type: image/gif\r\n\r\n" + bombs.gif(16, 16, b"")
    url = faults.add("/endless.gif", pages.floods(start, frame))
    assert edgefetch("--max-bytes", "1M", url).code == 1
    assert error_code(manifest(out)[url]) == "too_large"


def test_max_pixels_decides(out, tmp_path):
    """Goal: --max-pixels refuses what is one pixel larger, a low one too; a high one lets more memory be used."""
    (tmp_path / "a.gif").write_bytes(bombs.gif(8000, 8000, bombs.gif_frame(8, 8) + b";"))
    (tmp_path / "b.gif").write_bytes(bombs.gif(10, 10, bombs.gif_frame(10, 10) + b";"))

    def codes_with(*options):
        run("edges", tmp_path / "a.gif", tmp_path / "b.gif", "-o", out, "--force", *options)
        return [error_code(line) for _, line in sorted(manifest(out).items())]

    assert codes_with() == ["out_of_memory", "ok"]
    assert codes_with("--max-pixels", "120M") == ["ok", "ok"]
    assert codes_with("--max-pixels", "100") == ["image_too_large", "ok"]
    assert codes_with("--max-pixels", "99") == ["image_too_large", "image_too_large"]
    assert run("edges", tmp_path / "a.gif", "--max-pixels", "0").code == 2
