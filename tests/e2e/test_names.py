# SPDX-License-Identifier: MIT
"""The names of the files: readable, stable, harmless, never shared."""

import hashlib
import pathlib

import pytest

import pages
import pictures
from runner import codes, manifest, manifest_lines, write_list

PNG = pictures.png()


def hash8(url):
    return hashlib.sha256(url.encode()).hexdigest()[:8]


def name_of(line):
    """The name in a manifest line, after the checks that every file name has to pass."""
    edges = pathlib.PurePosixPath(line["edges"][0]["path"])
    original = pathlib.PurePosixPath(line["original"]["path"])
    assert (edges.parts[0], original.parts[0]) == ("edges", "original")
    assert len(edges.parts) == len(original.parts) == 2
    assert edges.stem == original.stem
    assert len(edges.name.encode()) <= 255
    return edges.stem


def fetch_one(edgefetch, out, *args):
    """Runs a list of one URL; the name it got."""
    result = edgefetch(*args)
    assert result.code == 0, result
    (line,) = manifest_lines(out)
    assert (out / line["edges"][0]["path"]).is_file()
    assert (out / line["original"]["path"]).is_file()
    return name_of(line)


def test_stem_and_hash(edgefetch, faults, out):
    """Goal: a name is the last segment without its extension and 8 digits of the URL's hash."""
    url = faults.add("/photos/Old%20Bridge.JPG", pages.good(PNG)) + "?w=1920"
    assert fetch_one(edgefetch, out, url) == f"Old_Bridge-{hash8(url)}"


# the last segment of a URL, and the stem that it makes
SEGMENTS = {
    "a.tar.gz": "a.tar.gz",
    "v1.2.png": "v1.2",
    "%C3%A9t%C3%A9.jpg": "\u00e9t\u00e9",
    "..%2F..%2Fetc%2Fpasswd": "_._.._etc_passwd",
    "%2e%2ehidden": "_.hidden",
    "-rf": "_rf",
    "a%00b": "a",
    "a%0Ab%1B%5B31m": "a_b__31m",
    "%E2%80%AEgnp.exe": "_gnp.exe",
    "a;b$(c)`d`": "a_b__c__d_",
    "nul%FFbyte": "nul_byte",
    "AUX.tar.gz": "_AUX.tar.gz",
}


@pytest.mark.parametrize("segment", SEGMENTS)
def test_segments_are_made_safe(edgefetch, faults, out, segment):
    """Goal: whatever the URL says, the file stands in its directory under a harmless name."""
    url = faults.add(f"/x/{segment}", pages.good(PNG))
    assert fetch_one(edgefetch, out, url) == f"{SEGMENTS[segment]}-{hash8(url)}"


def test_no_segment(edgefetch, faults, out):
    """Goal: a URL without a last segment is named after its host."""
    url = faults.add("/", pages.good(PNG))
    assert fetch_one(edgefetch, out, url) == f"127.0.0.1-{hash8(url)}"


@pytest.mark.parametrize("segment", ("x" * 4096, "%C3%A9" * 1365), ids=("ascii", "utf-8"))
def test_segment_of_4_kilobytes(edgefetch, faults, out, segment):
    """Goal: a long segment is cut, between characters, and the hash still stands behind it."""
    url = faults.add(f"/{segment}.png", pages.good(PNG))
    name = fetch_one(edgefetch, out, url)
    stem, _, digits = name.rpartition("-")
    assert digits == hash8(url)
    assert set(stem) <= {"x", "\u00e9"} and len(stem) > 50


def test_the_same_segment_in_different_places(edgefetch, faults, out):
    """Goal: equal last segments never share a file."""
    urls = [
        faults.add(f"/{i}/photo.png", pages.good(pictures.png(seed=i))) for i in range(5)
    ]
    urls += [url + "?size=2" for url in urls]
    assert edgefetch(*urls).code == 0
    lines = manifest(out)
    assert len({name_of(line) for line in lines.values()}) == len(urls)
    for i, url in enumerate(urls[:5]):
        assert (out / lines[url]["original"]["path"]).read_bytes() == pictures.png(seed=i)


def test_names_do_not_depend_on_the_run(edgefetch, faults, out, tmp_path):
    """Goal: another run, another order, another directory: the same names."""
    urls = [faults.add(f"/{i}/a.png", pages.good(pictures.png(seed=i))) for i in range(6)]
    assert edgefetch(*urls).code == 0
    other = tmp_path / "other"
    assert edgefetch("-o", other, "-l", "1", *reversed(urls[2:])).code == 0
    for url, line in manifest(other).items():
        assert name_of(line) == name_of(manifest(out)[url])


@pytest.mark.parametrize(
    "template, expected",
    (
        ("{index}-{stem}", ["1-a", "2-b"]),
        ("{host}_{stem}", ["127.0.0.1_a", "127.0.0.1_b"]),
        ("{stem}", ["a", "b"]),
        ("img {index}", ["img_1", "img_2"]),
        ("com{index}", ["_com1", "_com2"]),
        ("LPT{index}.{stem}", ["_LPT1.a", "_LPT2.b"]),
        ("{stem}..", ["a", "b"]),
    ),
)
def test_template(edgefetch, faults, out, template, expected):
    """Goal: --name makes names of its fields."""
    urls = [faults.add(f"/{name}.png", pages.good(PNG)) for name in "ab"]
    assert edgefetch("--name", template, *urls).code == 0
    assert [name_of(manifest(out)[url]) for url in urls] == expected


def test_template_that_collides(edgefetch, faults, out):
    """Goal: where a template gives two URLs one name, the second gets its hash."""
    urls = [faults.add(f"/{i}/a.png", pages.good(PNG)) for i in range(3)]
    assert edgefetch("-l", "1", "--name", "{stem}", *urls).code == 0
    names = [name_of(manifest(out)[url]) for url in urls]
    assert names == ["a", f"a-{hash8(urls[1])}", f"a-{hash8(urls[2])}"]


@pytest.mark.parametrize(
    "given, name",
    (
        ("cat", "cat"),
        ("cat.jpg", "cat"),
        ("cat.PNG", "cat"),
        ("v1.2", "v1.2"),
        ("two words", "two words"),
        ("\u732b", "\u732b"),
        ("x" * 160, "x" * 160),
    ),
)
def test_name_from_the_list(edgefetch, faults, out, tmp_path, given, name):
    """Goal: a name behind a tab is used as it is, without a picture's extension."""
    url = faults.add("/a.png", pages.good(PNG))
    assert fetch_one(edgefetch, out, write_list(tmp_path / "list", [f"{url}\t{given}"])) == name


HOSTILE = (
    "../../etc/passwd", "/etc/passwd", "..", ".hidden", "-rf", "a/b", "a\\b", "a\x01b",
    "a\x1b[31mb", "a\u202eb", "x" * 161, "x" * 4096, b"a\xffb", "CON", "nul.tar", "com1", "LPT\u00b2", "Aux .x",
    "conout$", "a.",
)  # fmt: skip


@pytest.mark.parametrize("given", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_name_from_the_list(edgefetch, faults, out, tmp_path, given):
    """Goal: a name that could do harm is its line's error; nothing is fetched; the rest goes on."""
    bad = faults.add("/bad.png", pages.good(PNG))
    good = faults.add("/good.png", pages.good(PNG))
    given = given if isinstance(given, bytes) else given.encode()
    list_file = write_list(tmp_path / "list", [bad.encode() + b"\t" + given, f"{good}\tgood"])
    assert edgefetch(list_file).code == 1
    assert codes(out) == {bad: "bad_name", good: "ok"}
    assert faults.count("/bad.png") == 0
    assert [path.name for path in (out / "edges").iterdir()] == ["good.png"]


def test_the_same_name_twice(edgefetch, faults, out, tmp_path):
    """Goal: the second URL with a name gets its hash behind it, and keeps it on a re-run."""
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(2)]
    list_file = write_list(tmp_path / "list", [f"{url}\tcat" for url in urls])
    expected = ["cat", f"cat-{hash8(urls[1])}"]
    for options in ((), ("--force",)):
        assert edgefetch("-l", "1", *options, list_file).code == 0
        assert [name_of(manifest(out)[url]) for url in urls] == expected


def test_a_name_that_an_earlier_run_gave(edgefetch, faults, out, tmp_path):
    """Goal: a new URL does not take the name, and the file, of one that is done."""
    first, second = (
        faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(2)
    )
    assert edgefetch(write_list(tmp_path / "list1", [f"{first}\tcat"])).code == 0
    assert edgefetch(write_list(tmp_path / "list2", [f"{second}\tcat"])).code == 0
    assert name_of(manifest(out)[second]) == f"cat-{hash8(second)}"
    assert (out / "original/cat.png").read_bytes() == pictures.png(seed=0)


def test_a_url_twice(edgefetch, faults, out):
    """Goal: a URL that appears again is done once and counted."""
    url = faults.add("/a.png", pages.good(PNG))
    result = edgefetch(url, url, url)
    assert result.sums == {"ok": 1, "failed": 0, "skipped": 0, "cancelled": 0}
    assert "2 repeated URLs were in the list more than once" in result.out
    assert faults.count("/a.png") == 1
    assert len(manifest_lines(out)) == 1
