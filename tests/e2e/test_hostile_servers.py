# SPDX-License-Identifier: MIT
"""Servers that send without end: each costs its own URL and nothing else, neither memory nor time of
the others, and is called what it is."""

import functools
import gzip
import json

import pytest

import h2server
import pages
import pictures
from certificates import Authority
from h2server import ACK, CONTINUATION, DATA, H2Server, HEADERS, PING, PRIORITY, SETTINGS
from runner import SLOW, SOME_MODES, codes, error_code, manifest

PNG = pictures.png()
MOST_BYTES = 64 << 20  # of main, with bodies of at most 1 MB

OK = b"HTTP/1.1 200 -\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
WHOLE = b"Content-Length: %d\r\n\r\n%s" % (len(PNG), PNG)
IN_CHUNKS = CHUNKED + b"%x\r\n%s\r\n0\r\n" % (len(PNG), PNG)
MOVED = b"HTTP/1.1 302 -\r\nLocation: /elsewhere\r\n"
ZEROS = bytes(65536)


@functools.cache
def zipped(times):
    """64 MB of nothing, compressed so many times over."""
    return gzip.compress(zipped(times - 1), 1) if times else bytes(64 << 20)


def encoded(header, names, body):
    return pages.raw(OK + b"%s: %s\r\nConnection: close\r\n\r\n" % (header, names) + body)


# What a server sends, the status that its URL has then, and words of the message.
ENDLESS = {
    "100-gb-announced": (pages.floods(OK + b"Content-Length: 100000000000\r\n\r\n", ZEROS), "too_large", "--max-bytes"),
    "body": (pages.floods(OK + b"\r\n", ZEROS), "too_large", "--max-bytes"),
    "chunks": (pages.endless_chunks, "too_large", "--max-bytes"),
    "chunks-of-a-byte": (pages.floods(CHUNKED, b"1\r\nx\r\n" * 1000), "protocol_error", "pieces of a few bytes"),
    "chunk-size": (pages.floods(CHUNKED, b"0" * 65536), "protocol_error", "chunk"),
    "chunk-extension": (pages.floods(CHUNKED + b"5;x=", b"y" * 65536), "stall_timeout", "--stall-timeout"),
    "trailers": (pages.floods(IN_CHUNKS, b"X: y\r\n" * 1000), "protocol_error", "headers"),
    "trailer-line": (pages.floods(IN_CHUNKS + b"X: ", b"y" * 65536), "protocol_error", "header"),
    "header-line-of-10-mb": (pages.raw(OK + b"X: " + b"a" * 10**7 + b"\r\n" + WHOLE), "protocol_error", "header"),
    "headers-of-10-mb": (pages.raw(OK + (b"X: " + b"a" * 1000 + b"\r\n") * 10**4 + WHOLE), "protocol_error", "headers"),
    "10000-headers": (pages.raw(OK + b"X: y\r\n" * 10**4 + WHOLE), "protocol_error", "headers"),
    "headers": (pages.floods(OK, b"X: y\r\n" * 1000), "protocol_error", "headers"),
    "folded-header": (pages.floods(OK + b"X: y\r\n", b" z\r\n" * 1000), "protocol_error", "headers"),
    "header-of-nul": (pages.floods(OK + b"X: ", ZEROS), "protocol_error", "header"),
    "status-line": (pages.floods(b"HTTP/1.1 200 ", b"a" * 65536), "protocol_error", "header"),
    "no-status-line": (pages.floods(b"", b"a" * 65536), "protocol_error", "HTTP/0.9"),
    "empty-lines": (pages.floods(b"", b"\r\n" * 1000), "protocol_error", ""),
    "100-continue": (pages.floods(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), "protocol_error", "headers"),
    "103-early-hints": (
        pages.floods(b"", (b"HTTP/1.1 103 -\r\nLink: " + b"a" * 500 + b"\r\n\r\n") * 100),
        "protocol_error",
        "headers",
    ),
    "headers-of-redirect": (pages.floods(MOVED, b"X: y\r\n" * 1000), "protocol_error", "headers"),
    "body-of-redirect": (
        pages.floods(MOVED + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + ZEROS + b"\r\n"),
        "stall_timeout",
        "--stall-timeout",
    ),
    "20000-locations": (pages.raw(MOVED + b"Location: /a\r\n" * 20000 + WHOLE), "protocol_error", "headers"),
    "404-body": (pages.floods(b"HTTP/1.1 404 -\r\n\r\n", ZEROS), "http_4xx", "404"),
    "transfer-gzip": (encoded(b"Transfer-Encoding", b"gzip", zipped(1)), "too_large", "--max-bytes"),
    "transfer-gzip-gzip-gzip": (
        encoded(b"Transfer-Encoding", b"gzip, gzip, gzip", zipped(3)),
        "too_large",
        "--max-bytes",
    ),
    "transfer-gzip-1000": (
        encoded(b"Transfer-Encoding", b", ".join([b"gzip"] * 1000), zipped(1)),
        "protocol_error",
        "encodings",
    ),
    "content-gzip": (encoded(b"Content-Encoding", b"gzip", zipped(1)), "too_large", "--max-bytes"),
    "content-gzip-gzip": (encoded(b"Content-Encoding", b"gzip, gzip", zipped(2)), "protocol_error", "only gzip"),
}


@pytest.fixture
def expect(edgefetch, faults, out, tmp_path):
    """expect(url, code, words, *options): this URL ends so, and others of another server are done."""

    def run(url, code, words, *options):
        others = [faults.add(f"/good{i}.png", pages.good(pictures.png(seed=i)), "127.0.0.2") for i in range(3)]
        stats = tmp_path / "stats.json"
        result = edgefetch("--max-bytes", 10**6, "--stall-timeout", 3 if SLOW else 0.7, "--timeout", 30,
                           "--stats", stats, *options, others[0], url, *others[1:])  # fmt: skip
        found = manifest(out)
        assert [error_code(found[other]) for other in others] == ["ok"] * 3, result
        assert error_code(found[url]) == code, found[url]
        assert words in found[url].get("error", {}).get("message", ""), found[url]
        if not SLOW:
            assert json.loads(stats.read_text())["main_peak_bytes"] < MOST_BYTES

    return run


@pytest.mark.parametrize("mode", SOME_MODES)
@pytest.mark.parametrize("name", ENDLESS)
def test_endless(expect, faults, name, mode):
    """Goal: bounded in memory, ended, and named."""
    page, code, words = ENDLESS[name]
    expect(faults.add(f"/{name}.png", page), code, words, "--mode", mode)


def test_a_flood_takes_no_turns(edgefetch, faults, out):
    """Goal: while a server sends without end what we read only to skip it, others are served in one
    and the same loop: this flood ends only when all of them have asked for theirs."""
    good = [f"/{i}.png" for i in range(40)]

    def flood(exchange):
        exchange.send(CHUNKED + b"5;x=")
        while not faults.stopping and not all(map(faults.count, good)):
            exchange.send(b"y" * 65536)
        exchange.reset()

    urls = [faults.add(path, pages.good(pictures.png(seed=i)), "127.0.0.2") for i, path in enumerate(good)]
    bad = faults.add("/flood.png", flood)
    edgefetch("--stall-timeout", 50, "--timeout", 50, bad, *urls)
    assert codes(out) == {**dict.fromkeys(urls, "ok"), bad: "connection_reset"}


def frames(*methods):
    """These methods of an h2server.Stream, each with its arguments."""

    def fault(stream):
        for name, *args in methods:
            getattr(stream, name)(*args)

    return fault


FIELD = b"\0\1x" + b"\x7f\x81\x06" + b"a" * 256  # a header of HPACK that is not remembered
HEAD = ("head", len(PNG))

# What the server of an HTTP/2 connection sends, and the statuses that its URL may have then:
# whichever of the limits, nghttp2's, libcurl's or ours, is met first.
HTTP2 = {
    "continuations": frames(("frame", HEADERS, FIELD), ("flood", CONTINUATION, FIELD)),
    "empty-continuations": frames(("frame", HEADERS, FIELD), ("flood", CONTINUATION)),
    "headers": frames(("flood", HEADERS, FIELD, h2server.END_HEADERS)),
    "pings": frames(("flood", PING, b"12345678", 0, 0)),
    "ping-answers": frames(("flood", PING, b"12345678", ACK, 0)),
    "settings": frames(("flood", SETTINGS, b"\0\4\0\1\0\0", 0, 0)),
    "empty-settings": frames(("flood", SETTINGS, b"", 0, 0)),
    "priorities": frames(("flood", PRIORITY, b"\0\0\0\0\1")),
    "empty-data": frames(HEAD, ("flood", DATA)),
    "unknown-frames": frames(("flood", 99, b"x")),
    "1xx": frames(("flood", HEADERS, b"\x08\x03103", h2server.END_HEADERS)),
}
MAY_BE = {"protocol_error", "connection_reset", "stall_timeout", "empty_reply", "transfer_truncated"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("certificates") / "authority")


@pytest.mark.parametrize("mode", SOME_MODES)
@pytest.mark.parametrize("name", HTTP2)
def test_http2(edgefetch, faults, out, tmp_path, authority, name, mode):
    """Goal: bounded in memory, ended and named, and others are done."""
    server = H2Server(authority.context(f"{name}-{mode}"), HTTP2[name], PNG)
    stats = tmp_path / "stats.json"
    stall = 3 if SLOW or mode == "async" else 1.5  # there, the good one waits for the flood's end
    good = faults.add("/good.png", pages.good(PNG))
    try:
        edgefetch("--cacert", authority.certificate, "--stall-timeout", stall, "--timeout", 30,
                  "--mode", mode, "--stats", stats, server.faulty_url(), good)  # fmt: skip
    finally:
        server.stop()
    found = manifest(out)
    assert error_code(found[good]) == "ok"
    assert error_code(found[server.faulty_url()]) in MAY_BE, found[server.faulty_url()]
    if not SLOW:
        assert json.loads(stats.read_text())["main_peak_bytes"] < MOST_BYTES
