# SPDX-License-Identifier: MIT
"""Content-Encoding, which nobody has asked for: gzip is undone, what is none changes nothing, and
everything else is called what it is."""

import gzip
import hashlib

import pytest

import pages
import pictures
from runner import error_code, manifest

PNG = pictures.png()
ZIPPED = gzip.compress(PNG)


def coded(coding, body):
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (coding, len(body))
    return pages.raw(head + body)


@pytest.mark.parametrize("mode", ("async", "threads", "sync"))
@pytest.mark.parametrize("coding", (b"gzip", b"X-GZIP", b"identity, gzip"))
def test_gzip_is_undone(edgefetch, faults, out, coding, mode):
    """Goal: the picture is the one that was packed, and so is the file."""
    url = faults.add("/a.png", coded(coding, ZIPPED))
    edgefetch("--mode", mode, url)
    line = manifest(out)[url]
    assert error_code(line) == "ok", line
    assert (out / line["original"]["path"]).read_bytes() == PNG
    assert line["original"]["sha256"] == hashlib.sha256(PNG).hexdigest()


def test_to_a_file(edgefetch, faults, out):
    """Goal: the same where no worker sees the body."""
    url = faults.add("/a.png", coded(b"gzip", ZIPPED))
    edgefetch("--stage", "download", url)
    line = manifest(out)[url]
    assert (out / line["original"]["path"]).read_bytes() == PNG


@pytest.mark.parametrize("coding", (b"utf-8", b"aws-chunked", b"binary", b"none", b""))
def test_words_that_are_no_coding(edgefetch, faults, out, coding):
    """Goal: servers that say something else there are put up with."""
    url = faults.add("/a.png", coded(coding, PNG))
    edgefetch(url)
    assert error_code(manifest(out)[url]) == "ok"


BROKEN = {
    "br": (coded(b"br", ZIPPED), "only gzip"),
    "twice": (coded(b"gzip, gzip", gzip.compress(ZIPPED)), "only gzip"),
    "plain": (coded(b"gzip", PNG), "damaged"),
    "cut": (coded(b"gzip", ZIPPED[:-20]), "ends too early"),
    "flipped": (coded(b"gzip", ZIPPED[:-6] + bytes(6)), "damaged"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken(edgefetch, faults, out, name):
    """Goal: bytes that do not unpack are the server's fault, and nothing of them is kept."""
    page, words = BROKEN[name]
    url = faults.add("/a.png", page)
    edgefetch(url)
    line = manifest(out)[url]
    assert error_code(line) == "protocol_error"
    assert words in line["error"]["message"]
    assert not list((out / "original").iterdir())


def test_limit_is_for_what_is_unpacked(edgefetch, faults, out):
    """Goal: a picture of exactly --max-bytes passes, and one of a byte more does not."""
    padded = PNG + bytes(10000)
    small = faults.add("/small.png", coded(b"gzip", gzip.compress(padded)))
    edgefetch("--max-bytes", len(padded), small)
    assert error_code(manifest(out)[small]) == "ok"
    edgefetch("--force", "--max-bytes", len(padded) - 1, small)
    assert error_code(manifest(out)[small]) == "too_large"


def test_goes_on_unpacked(edgefetch, faults, out):
    """Goal: a coded body that is cut off is asked for anew, for its bytes here are not the server's."""

    def cut_first(exchange):
        whole = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nETag: \"1\"\r\nAccept-Ranges: bytes\r\n"
        whole += b"Content-Length: %d\r\n\r\n%s" % (len(ZIPPED), ZIPPED)
        assert "range" not in exchange.request.headers
        exchange.send(whole if faults.count("/a.png") > 1 else whole[:-30])
        exchange.close()

    url = faults.add("/a.png", cut_first)
    edgefetch("--retries", 1, "--retry-wait", 0.05, url)
    line = manifest(out)[url]
    assert error_code(line) == "ok" and line["attempts"] == 2, line
