# SPDX-License-Identifier: MIT
"""Lists with columns: CSV, tab-separated values, JSON lines."""

import csv
import gzip
import io
import json

import pytest

import pages
import pictures
from runner import codes, manifest, run


def good(faults, count=2):
    return [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(count)]


CAPTIONS = ['a "cat", sat\r\non it', "\x1b[31mred \u202e\u7c73\x00<b>", "", "'; =cmd()"]


def as_csv(rows):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["key", "url", "caption"], *rows])
    return text.getvalue().encode()


def as_tsv(rows):
    rows = [["key", "url", "caption"], *rows]
    return "".join("\t".join(map(str, row)) + "\n" for row in rows).encode()


def as_jsonl(rows):
    rows = [dict(zip(("key", "url", "caption"), row)) for row in rows]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


FORMATS = {"csv": as_csv, "tsv": as_tsv, "jsonl": as_jsonl}


@pytest.mark.parametrize("packed", (False, True), ids=("plain", "gzip"))
@pytest.mark.parametrize("told", ("by name", "by row", "by option"))
@pytest.mark.parametrize("kind", FORMATS)
def test_formats(edgefetch, faults, out, tmp_path, kind, told, packed):
    """Goal: each format, however it is told, gives the URLs and carries what stands beside them."""
    urls = good(faults)
    data = FORMATS[kind]([(f"k{i}", url, f"c, {i}") for i, url in enumerate(urls)])
    path = tmp_path / (f"list.{kind}" if told == "by name" else "list")
    path = path.with_name(path.name + ".gz") if packed and told == "by name" else path
    path.write_bytes(gzip.compress(data) if packed else data)
    options = ("--list-format", kind) if told == "by option" else ("--url-column", "url")
    result = edgefetch(*options, path)
    assert result.code == 0, result
    found = {url: (line["columns"], line["index"]) for url, line in manifest(out).items()}
    assert found == {
        url: ({"key": f"k{i}", "caption": f"c, {i}"}, i + 1) for i, url in enumerate(urls)
    }


def test_csv_as_programs_write_it(edgefetch, faults, out, tmp_path):
    """Goal: quotes, line ends in quotes, CR LF, a byte-order mark and hostile text are read as meant,
    and written so that a terminal is safe."""
    urls = good(faults, len(CAPTIONS))
    path = tmp_path / "list.csv"
    path.write_bytes(b"\xef\xbb\xbf" + as_csv(zip(range(9), urls, CAPTIONS)))
    result = edgefetch("--json", "--url-column", "url", path)
    assert result.code == 0, result
    lines = manifest(out)
    for url, caption in zip(urls, CAPTIONS):
        assert lines[url]["columns"]["caption"] == caption.replace("\0", "\ufffd")
    raw = (out / "manifest.jsonl").read_bytes() + result.out_bytes
    assert all(c == 10 or 32 <= c < 127 for c in raw)


def test_json_values_stay_as_they_are(edgefetch, faults, out, tmp_path):
    """Goal: numbers, lists, objects and null of JSON lines are carried as such."""
    (url,) = good(faults, 1)
    others = {"n": 7, "f": 0.25, "l": [1, {"a": None}], "t": True, "z": None, "\u00e9": "\u2028"}
    path = tmp_path / "list.jsonl"
    path.write_text("\n" + json.dumps({"link": url, **others}) + "\n \n")
    assert edgefetch("--url-column", "link", path).code == 0
    assert manifest(out)[url]["columns"] == others


def test_name_column(edgefetch, faults, out, tmp_path):
    """Goal: --name-column gives the files their names, as the tab of a text list does."""
    urls = good(faults)
    path = tmp_path / "list"
    path.write_bytes(as_csv([("one", urls[0], "a"), ("../two", urls[1], "b")]))
    assert edgefetch("--url-column", "url", "--name-column", "key", path).code == 1
    lines = manifest(out)
    assert lines[urls[0]]["original"]["path"] == "original/one.png"
    assert lines[urls[0]]["columns"] == {"caption": "a"}
    assert lines[urls[1]]["error"]["code"] == "bad_name"


@pytest.mark.parametrize("kind", FORMATS)
def test_no_such_column(edgefetch, faults, out, tmp_path, kind):
    """Goal: a file without the column is refused before anything starts; the message names file, column
    and what is there."""
    path = tmp_path / f"list.{kind}"
    path.write_bytes(FORMATS[kind]([("k", *good(faults, 1), "c")]))
    result = edgefetch("--url-column", "link", path)
    assert result.code == 2, result
    assert f"list '{path}': it has no column 'link'; its first row begins with '" in result.err
    assert not faults.requests and not out.exists()


def test_no_such_column_in_a_pipe(edgefetch, faults, out):
    """Goal: of a pipe that is known only when it is read: the list is told to be unusable."""
    result = edgefetch("--url-column", "link", "-", input=as_csv([("k", *good(faults, 1), "c")]))
    assert result.code == 4, result
    assert "standard input: it has no column 'link'" in result.err
    assert not faults.requests


def test_twins(edgefetch, out, tmp_path):
    """Goal: two columns of one name are refused."""
    path = tmp_path / "list.csv"
    path.write_text("url,a,a\nhttp://h/,1,2\n")
    result = edgefetch("--url-column", "url", path)
    assert result.code == 2 and "two of its columns are called 'a'" in result.err, result


BAD_ROWS = {
    "csv": {
        "{url}": "it has 1 fields, and the first row has 2",
        "{url},a,b": "it has 3 fields, and the first row has 2",
        '{url},"a"b': "something stands behind a closing quote",
        "{url}," + "x" * 20000: "more than 16384 bytes",
        "{url}," + "x" * 70000: "at most 65536 bytes long",
    },
    "tsv": {"{url}\ta\tb": "it has 3 fields, and the first row has 2"},
    "jsonl": {
        "{{": "expected",
        "[1]": "not a JSON object",
        '{{"url": 7}}': "no text in the column of the URL",
        '{{"caption": 7}}': "no text in the column of the URL",
        '{{"url": "{url}", "c": "\\u0000"}}': "\\u0000 is not allowed",
    },
}


@pytest.mark.parametrize("kind,row", [(k, row) for k in BAD_ROWS for row in BAD_ROWS[k]])
def test_bad_row(edgefetch, faults, out, tmp_path, kind, row):
    """Goal: a row that cannot be used is a failure of its own that names list and line; the rest is done."""
    urls = good(faults, 3)
    rows = {
        "csv": 'url,caption\n{0},"two\nlines"\n{row}\n{1},b\n',
        "tsv": "url\tcaption\n{0}\ta\n\n{row}\n{1}\tb\n",
        "jsonl": '{{"url": "{0}"}}\n\n\n{row}\n{{"url": "{1}"}}\n',
    }[kind].format(*urls, row=row.format(url=urls[2]))
    path = tmp_path / f"list.{kind}"
    path.write_text(rows)
    assert edgefetch("--url-column", "url", path).code == 1
    lines = manifest(out)
    assert [lines.pop(url)["status"] for url in urls[:2]] == ["ok", "ok"]
    (bad,) = lines.values()
    assert bad["error"]["code"] == ("line_too_long" if len(row) > 65536 else "bad_row")
    assert BAD_ROWS[kind][row] in bad["error"]["message"]
    assert bad["error"]["message"].endswith(f"list.{kind}:4)") and bad["url"].startswith("(line 4")


def test_quote_that_is_never_closed(edgefetch, faults, out, tmp_path):
    """Goal: a quote that nobody closes costs its row, not the thousand behind it."""
    urls = good(faults)
    path = tmp_path / "list.csv"
    filler = "".join(f"{urls[1]},{'x' * 90}\n" for _ in range(1000))
    path.write_text(f'url,caption\n{urls[0]},a\nhttp://h/,"open\n{filler}')
    assert edgefetch("--url-column", "url", path).code == 1
    found = codes(out)
    assert [found.pop(url) for url in urls] == ["ok", "ok"]
    assert list(found.values()) == ["bad_row"] and "(line 3 of" in list(found)[0]


def test_retry_keeps_columns(edgefetch, faults, out, tmp_path):
    """Goal: a URL that is done again has its columns still, in its newest line."""
    faults.add("/a.png", pages.status(404))
    url = faults.url("/a.png")
    path = tmp_path / "list.jsonl"
    path.write_text(json.dumps({"url": url, "caption": "a\tb\n\u00e9", "n": [1]}) + "\n")
    assert edgefetch("--url-column", "url", path).code == 1
    faults.add("/a.png", pages.good(pictures.png()))
    assert run("retry", "--allow-private", out).code == 0
    line = manifest(out)[url]
    assert line["status"] == "ok" and line["columns"] == {"caption": "a\tb\n\u00e9", "n": [1]}


def test_a_text_list_is_one_still(edgefetch, faults, out, tmp_path):
    """Goal: without these options nothing is taken for a table, whatever its name."""
    urls = good(faults)
    path = tmp_path / "list.csv"
    path.write_text("".join(url + "\n" for url in urls))
    assert edgefetch(path).code == 0
    assert set(codes(out)) == set(urls) and "columns" not in manifest(out)[urls[0]]


def test_text_has_no_columns(edgefetch, out, tmp_path):
    """Goal: a contradiction is an error of the command line."""
    result = edgefetch("--list-format", "text", "--url-column", "url", tmp_path / "list")
    assert result.code == 2 and "--list-format text has no columns" in result.err
