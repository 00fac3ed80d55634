# SPDX-License-Identifier: MIT
"""Everything that can be wrong with a URL: each alone, and all in one list."""

import functools

import pytest

import pages
import pictures
from runner import manifest, write_list

JPEG = pictures.jpeg()


def redirect_loop(faults):
    return faults.add("/loop", pages.redirect("/loop"))


def chain(faults, hops):
    """A URL that is `hops` redirects away from a picture."""
    faults.add("/chain/0", pages.good(pictures.png()))
    for i in range(1, hops + 1):
        faults.add(f"/chain/{i}", pages.redirect(f"/chain/{i - 1}"))
    return faults.url(f"/chain/{hops}")


def redirect_to(path, answer):
    """A redirect to a page of this answer."""

    def make(faults):
        faults.add(path, answer)
        return faults.add("/redirect", pages.redirect(path))

    return make


def page(path, answer):
    """A case made of one page."""
    return lambda faults: faults.add(path, answer)


ANSWER = b"HTTP/1.1 200 -\r\n"
LONG_HEADER = ANSWER + b"X: " + b"a" * 1000000 + b"\r\n\r\n"
MANY_HEADERS = ANSWER + b"X: " + b"a" * 1000 + b"\r\n" + b"Y: b\r\n" * 100000 + b"\r\n"
CHUNKED = ANSWER + b"Transfer-Encoding: chunked\r\n\r\n"

# name: (what makes the URL, the status code, words of the message)
CASES = {
    "404": (page("/404", pages.status(404)), "http_4xx", "404"),
    "410": (page("/410", pages.status(410)), "http_4xx", "410"),
    "500": (page("/500", pages.status(500)), "http_5xx", "500"),
    "503": (page("/503", pages.status(503)), "http_5xx", "503"),
    "304": (page("/304", pages.status(304, b"")), "http_other", "304"),
    "empty-body": (page("/empty", pages.status(200, b"")), "empty_body", "empty"),
    "no-content": (page("/204", pages.status(204, b"")), "empty_body", "empty"),
    "html": (
        page("/page.jpg", pages.good(b"<!doctype html><title>no</title>", "image/jpeg")),
        "not_an_image",
        "HTML",
    ),
    "text": (page("/text.png", pages.good(b"just text\n" * 9)), "not_an_image", "not a picture"),
    "tiff": (
        page("/a.tif", pages.good(b"II*\0" + bytes(24))),
        "image_unsupported",
        "TIFF",
    ),
    "truncated-jpeg": (page("/half.jpg", pages.good(JPEG[:900])), "image_truncated", ""),
    "truncated-png": (page("/half.png", pages.good(pictures.png()[:-300])), "image_truncated", ""),
    "damaged-png": (
        page("/bad.png", pages.good(pictures.png()[:41] + b"!" * 9 + pictures.png()[50:])),
        "image_corrupt",
        "damaged",
    ),
    "truncated-transfer": (
        page("/short", pages.shorter_than_announced(JPEG, 2 * len(JPEG))),
        "transfer_truncated",
        "announced length",
    ),
    "reset-before-answer": (page("/rst", pages.reset_before_answer), "connection_reset", "broke"),
    "reset-in-body": (page("/rst2", pages.reset_in_body(JPEG)), "connection_reset", "broke"),
    "close-without-answer": (page("/bye", pages.close_without_answer), "empty_reply", "without"),
    "redirect-loop": (redirect_loop, "too_many_redirects", "10 redirects"),
    "11-redirects": (functools.partial(chain, hops=11), "too_many_redirects", "10 redirects"),
    "redirect-to-file": (
        page("/file", pages.redirect("file:///etc/passwd")),
        "bad_redirect",
        "not http or https",
    ),
    "redirect-to-ftp": (
        page("/ftp", pages.redirect("ftp://127.0.0.1/a.png")),
        "bad_redirect",
        "not http or https",
    ),
    "garbage": (page("/garbage", pages.garbage), "protocol_error", "HTTP"),
    "garbage-behind-redirect": (redirect_to("/g", pages.garbage), "protocol_error", "HTTP/0.9"),
    "long-header": (page("/head", pages.raw(LONG_HEADER)), "protocol_error", "too large"),
    "many-headers": (page("/heads", pages.raw(MANY_HEADERS)), "protocol_error", "headers"),
    "bad-chunk-size": (page("/chunk", pages.raw(CHUNKED + b"zzzz\r\n")), "protocol_error", "chunk"),
    "long-chunk-size": (
        page("/chunk2", pages.raw(CHUNKED + b"1" * 40 + b"\r\n")),
        "protocol_error",
        "chunk",
    ),
    "bad-chunk-end": (page("/chunk3", pages.raw(CHUNKED + b"1\r\nabcd")), "protocol_error", "chunk"),
    "chunks-cut-short": (
        page("/chunk4", pages.raw(CHUNKED + b"5\r\nab")),
        "transfer_truncated",
        "announced length",
    ),
    "announced-too-large": (page("/large", pages.announced_only(10**8)), "too_large", "1000000"),
    "endless": (page("/endless", pages.endless_chunks), "too_large", "1000000"),
    "huge-header": (
        page("/huge.png", pages.good(pictures.huge_header_png())),
        "image_too_large",
        "60000",
    ),
    "unresolvable": (lambda _: "http://no-such-host.invalid/a.png", "dns_failed", "resolve"),
    "not-a-url": (lambda _: "no/scheme.png", "bad_url", "http"),
    "other-scheme": (lambda _: "ftp://127.0.0.1/a.png", "bad_url", "http and https"),
}

OPTIONS = ("--max-bytes", "1000000", "--no-originals")


@pytest.mark.parametrize("name", CASES)
def test_each_fault_has_its_own_status(edgefetch, faults, tmp_path, out, name):
    """Goal: a URL that fails ends with the status that says why, and a message with the facts."""
    make, code, words = CASES[name]
    url = make(faults)
    result = edgefetch(*OPTIONS, write_list(tmp_path / "list", [url]))
    line = manifest(out)[url]
    assert (result.code, line["status"], line["error"]["code"]) == (1, "failed", code), result
    assert words in line["error"]["message"], line
    assert not list((out / "edges").iterdir())


def test_refused_port(edgefetch, refused_port, out):
    """Goal: a port at which nobody listens is connect_failed."""
    url = f"http://127.0.0.1:{refused_port}/a.png"
    assert edgefetch(url).code == 1
    assert manifest(out)[url]["error"]["code"] == "connect_failed"


def test_ten_redirects_are_followed(edgefetch, faults, out):
    """Goal: the tenth redirect is still followed, and the manifest says where it led."""
    url = chain(faults, 10)
    assert edgefetch(url).code == 0
    assert manifest(out)[url]["http"]["final_url"] == faults.url("/chain/0")


@pytest.mark.parametrize("status", (301, 302, 303, 307, 308))
def test_redirect_to_another_host(edgefetch, faults, out, status):
    """Goal: every kind of redirect leads to another host."""
    faults.add("/b.png", pages.good(pictures.png()))
    target = faults.url("/b.png", host="127.0.0.2")
    url = faults.add("/a.png", pages.redirect(target, status))
    assert edgefetch(url).code == 0
    assert manifest(out)[url]["http"]["final_url"] == target


@pytest.mark.parametrize("mode", ("async", "threads", "sync"))
def test_mixed_list(edgefetch, faults, tmp_path, out, refused_port, mode):
    """Goal: in every mode: the good ones are done, every bad one has its own status and message,
    the sums add up, exit 1."""
    good = [faults.add(f"/good{i}.png", pages.good(pictures.png(seed=i))) for i in range(8)]
    bad = {make(faults): code for make, code, _ in CASES.values()}
    bad[f"http://127.0.0.1:{refused_port}/a.png"] = "connect_failed"
    # good ones before, between and behind the bad ones, and one of each twice
    half, rest = list(bad)[:12], list(bad)[12:]
    lines = [*good[:3], *half, *good[3:6], *rest, *good[6:], good[0], half[0]]
    result = edgefetch(*OPTIONS, "-v", "--mode", mode, write_list(tmp_path / "list", lines))
    found = manifest(out)
    assert result.code == 1, result
    assert set(found) == set(good) | set(bad)
    assert {url: found[url]["error"]["code"] for url in bad} == bad
    assert all(found[url]["status"] == "ok" for url in good)
    assert result.sums == {"ok": 8, "failed": len(bad), "skipped": 0, "cancelled": 0}
    assert "2 repeated URLs were in the list more than once" in result.out


def test_failures_are_grouped_by_reason(edgefetch, faults, refused_port):
    """Goal: the summary counts the failures of each kind and gives an example."""
    urls = [faults.url(f"/missing{i}") for i in range(3)]
    result = edgefetch(*urls, f"http://127.0.0.1:{refused_port}/x")
    rows = [line.split() for line in result.out.splitlines()]
    assert any(row[:2] == ["3", "http_4xx"] for row in rows), result
    assert any(row[:2] == ["1", "connect_failed"] for row in rows), result
    assert any("such as " + url in result.out for url in urls)


def test_messages_of_the_run_name_url_and_reason(edgefetch, faults):
    """Goal: standard error has a line for a failure with the URL, the reason and the status."""
    url = faults.add("/gone.png", pages.status(404))
    line = next(line for line in edgefetch(url).err.splitlines() if url in line)
    assert "request is at fault" in line and "404" in line and "http_4xx" in line
