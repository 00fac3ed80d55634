# SPDX-License-Identifier: MIT
"""Lists as people and programs write them, good and bad."""

import os
import random

import pytest

import pages
import pictures
from runner import codes, manifest, write_list

PNG = pictures.png()


def good(faults, count=2):
    """URLs of good pictures."""
    return [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(count)]


def test_standard_input(edgefetch, faults, out):
    """Goal: '-' reads the list from standard input."""
    urls = good(faults)
    assert edgefetch("-", input="\n".join(urls)).code == 0
    assert set(codes(out)) == set(urls)


def test_several_sources(edgefetch, faults, out, tmp_path):
    """Goal: files, standard input and URLs are one list, in the order of the command line."""
    urls = good(faults, 5)
    first = write_list(tmp_path / "first", urls[:2])
    last = write_list(tmp_path / "last", urls[4:])
    assert edgefetch(first, "-", urls[3], last, input=urls[2] + "\n").code == 0
    assert {line["url"]: line["index"] for line in manifest(out).values()} == {
        url: i + 1 for i, url in enumerate(urls)
    }


@pytest.mark.parametrize("end", ("\n", "\r\n"))
@pytest.mark.parametrize("last", (True, False), ids=("newline-at-the-end", "no-newline"))
def test_line_ends(edgefetch, faults, out, tmp_path, end, last):
    """Goal: both kinds of line ends do, and the last line needs none."""
    urls = good(faults)
    list_file = tmp_path / "list"
    list_file.write_bytes((end.join(urls) + (end if last else "")).encode())
    assert edgefetch(list_file).code == 0
    assert set(codes(out)) == set(urls)


def test_what_is_not_a_line(edgefetch, faults, out, tmp_path):
    """Goal: a byte-order mark, blank lines, comments and blanks around a URL are no part of it."""
    urls = good(faults)
    lines = [b"\xef\xbb\xbf# my list", "", " \t ", f"  {urls[0]}  ", "#http://127.0.0.1/x", urls[1]]
    assert edgefetch(write_list(tmp_path / "list", lines)).code == 0
    assert set(codes(out)) == set(urls)


def test_byte_order_mark_before_a_url(edgefetch, faults, out, tmp_path):
    """Goal: a byte-order mark does not spoil the first URL."""
    (url,) = good(faults, 1)
    assert edgefetch(write_list(tmp_path / "list", [b"\xef\xbb\xbf" + url.encode()])).code == 0
    assert set(codes(out)) == {url}


@pytest.mark.parametrize("size", (1 << 20, (64 << 10) + 1))
def test_line_that_is_too_long(edgefetch, faults, tmp_path, out, size):
    """Goal: a megabyte in one line is that line's error, and the lines around it are done."""
    urls = good(faults)
    long = "http://127.0.0.1/" + "x" * size
    result = edgefetch(write_list(tmp_path / "list", [urls[0], long, urls[1]]))
    found = codes(out)
    assert result.code == 1
    assert [found.pop(url) for url in urls] == ["ok", "ok"]
    ((shown, code),) = found.items()
    assert shown.startswith("(line 2 of ") and code == "line_too_long"
    assert "list:2" in manifest(out)[shown]["error"]["message"]


def test_url_that_is_too_long(edgefetch, faults, tmp_path, out):
    """Goal: a URL of 20 KB is an error that says how long one may be."""
    urls = good(faults)
    long = "http://127.0.0.1/" + "x" * 20000
    assert edgefetch(write_list(tmp_path / "list", [urls[0], long, urls[1]])).code == 1
    lines = manifest(out)
    assert [lines.pop(url)["status"] for url in urls] == ["ok", "ok"]
    (line,) = lines.values()
    assert line["error"]["code"] == "bad_url" and "16384" in line["error"]["message"]


def test_binary_junk_among_good_lines(edgefetch, faults, tmp_path, out):
    """Goal: lines of random bytes are errors, each of its line, and the good ones are done."""
    urls = good(faults, 3)
    source = random.Random(7)
    junk = [b"%" + source.randbytes(300).replace(b"\n", b"n") for _ in range(20)]
    lines = [urls[0], *junk[:10], urls[1], *junk[10:], urls[2]]
    result = edgefetch(write_list(tmp_path / "list", lines))
    assert result.sums == {"ok": 3, "failed": 20, "skipped": 0, "cancelled": 0}
    assert sorted(codes(out).values()) == ["bad_url"] * 20 + ["ok"] * 3


BAD_LINES = {
    "http://127.0.0.1/a b.png": "%20",
    "no-scheme.example/a.png": "http://",
    "ftp://127.0.0.1/a.png": "only http and https",
    "file:///etc/passwd": "only http and https",
    "javascript://alert(1)": "only http and https",
    "http://": "",
    "http://[::1/a.png": "",
    "http://127.0.0.1:99999/a.png": "",
    "http://127.0.0.1:x/a.png": "",
    "http://a\x7fb/": "control character",
    "http://127.0.0.1/\x01": "control character",
}


@pytest.mark.parametrize("line", BAD_LINES)
def test_bad_line(edgefetch, faults, tmp_path, out, line):
    """Goal: a line that is no URL is its own error with list and line number; the rest is done."""
    urls = good(faults)
    assert edgefetch(write_list(tmp_path / "list", [urls[0], line, urls[1]])).code == 1
    lines = manifest(out)
    assert [lines.pop(url)["status"] for url in urls] == ["ok", "ok"]
    (bad,) = lines.values()
    assert bad["error"]["code"] == "bad_url"
    assert BAD_LINES[line] in bad["error"]["message"]
    assert "list:2" in bad["error"]["message"]


def test_long_url(edgefetch, faults, out):
    """Goal: a URL of 8 KB, as signed ones are, is fetched."""
    url = faults.add("/a.png", pages.good(PNG)) + "?signature=" + "s" * 8000
    assert edgefetch(url).code == 0
    assert faults.requests[0].target.endswith("s" * 8000)


def test_fragment_and_query(edgefetch, faults, out):
    """Goal: the query is sent and the fragment is not."""
    url = faults.add("/a.png", pages.good(PNG)) + "?x=1&y=%20#part"
    assert edgefetch(url).code == 0
    assert faults.requests[0].target == "/a.png?x=1&y=%20"


def test_non_ascii_path(edgefetch, faults, out, tmp_path):
    """Goal: a URL with characters as people see them is fetched percent-encoded."""
    faults.add("/%c3%a9t%c3%a9.png", pages.good(PNG))
    url = faults.url("/\u00e9t\u00e9.png")
    result = edgefetch(write_list(tmp_path / "list", [url]))
    assert result.code == 0, result
    assert manifest(out)[url]["status"] == "ok"


@pytest.mark.parametrize(
    "host", ("b\u00fccher.invalid", "\u4f8b\u3048.invalid", "xn--bcher-kva.invalid")
)
@pytest.mark.parametrize("locale", ("C", "C.UTF-8"))
def test_non_ascii_host(edgefetch, faults, out, tmp_path, host, locale):
    """Goal: a host name in any script is looked up in every locale (and here not found)."""
    urls = [f"http://{host}/a.png", *good(faults)]
    assert edgefetch(write_list(tmp_path / "list", urls), env={"LC_ALL": locale}).code == 1
    assert list(codes(out)[url] for url in urls) == ["dns_failed", "ok", "ok"]


def test_host_that_is_not_valid_text(edgefetch, faults, out, tmp_path):
    """Goal: a host name that is not UTF-8 is that line's error."""
    urls = good(faults)
    list_file = write_list(tmp_path / "list", [urls[0], b"http://b\xfccher.invalid/", urls[1]])
    result = edgefetch(list_file)
    assert result.sums == {"ok": 2, "failed": 1, "skipped": 0, "cancelled": 0}
    assert set(codes(out).values()) <= {"ok", "bad_url", "dns_failed"}


@pytest.mark.parametrize("content", (b"", b"\n\n", b"# nothing\n", b"\xef\xbb\xbf"))
def test_empty_list(edgefetch, tmp_path, content):
    """Goal: an empty list ends at once, says that there was nothing to do, and is no error."""
    list_file = tmp_path / "list"
    list_file.write_bytes(content)
    result = edgefetch(list_file)
    assert result.code == 0
    assert "nothing to do" in result.out


def test_empty_standard_input(edgefetch):
    """Goal: the same for standard input."""
    result = edgefetch("-", input="")
    assert result.code == 0 and "nothing to do" in result.out


# ---- lists that cannot be read: exit 2, and nothing is begun ----


def refused(edgefetch, out, *args):
    """What standard error says about a command that must not begin."""
    result = edgefetch(*args)
    assert (result.code, result.out) == (2, ""), result
    assert not out.exists()
    return result.err


def test_missing_list(edgefetch, faults, out, tmp_path):
    """Goal: a list that is not there is named, and not even a good one beside it is begun."""
    list_file = write_list(tmp_path / "list", good(faults))
    assert "no-such-list" in refused(edgefetch, out, list_file, tmp_path / "no-such-list")
    assert not faults.requests


def test_unreadable_list(edgefetch, out, tmp_path):
    """Goal: a list that cannot be opened is named with the reason."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    message = refused(edgefetch, out, loop)
    assert str(loop) in message and os.strerror(40) in message


def test_directory_as_list(edgefetch, out, tmp_path):
    """Goal: a directory is not a list; the message says what it is, and which command takes one."""
    message = refused(edgefetch, out, tmp_path)
    assert "directory" in message and "'edgefetch edges DIR'" in message


def test_url_without_a_scheme(edgefetch, out):
    """Goal: what a browser takes for a URL is told how one begins; what can only be a path is not."""
    assert "https://" in refused(edgefetch, out, "photos.example.org/a.jpg")
    for path in ("lists/a.jpg", "../photos.example.org/a.jpg", "list.txt"):
        assert os.strerror(2) in refused(edgefetch, out, path)


def test_picture_as_list(edgefetch, out, tmp_path):
    """Goal: a binary file is refused as a whole."""
    picture = tmp_path / "a.png"
    picture.write_bytes(PNG)
    assert "binary" in refused(edgefetch, out, picture)


def test_mistyped_command(edgefetch, out):
    """Goal: a word that is neither a list nor a command is answered with the nearest command."""
    assert "demo" in refused(edgefetch, out, "dmeo")
