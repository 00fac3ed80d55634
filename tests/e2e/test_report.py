# SPDX-License-Identifier: MIT
"""`--report` and `edgefetch report`: what is in the page. How the page shows it is tested in a browser."""

import base64
import html.parser
import io
import json
import os
import urllib.parse

import numpy
import pytest
from PIL import Image

import pages
import pictures
from runner import manifest, manifest_lines, run


class Scripts(html.parser.HTMLParser):
    """The text of the script elements, by id."""

    def __init__(self):
        super().__init__()
        self.texts, self.open = {}, None

    def handle_starttag(self, tag, attributes):
        self.open = dict(attributes).get("id", "") if tag == "script" else None

    def handle_endtag(self, tag):
        self.open = None

    def handle_data(self, data):
        if self.open is not None:
            self.texts[self.open] = self.texts.get(self.open, "") + data


def data_of(page):
    """The data of a page, as a browser takes the page apart."""
    scripts = Scripts()
    scripts.feed(page.read_text())
    assert "<" not in scripts.texts["data"]
    return json.loads(scripts.texts["data"])


def thumbnail(url):
    kind, text = url.split(",", 1)
    assert kind == "data:image/jpeg;base64"
    return Image.open(io.BytesIO(base64.b64decode(text, validate=True)))


@pytest.fixture
def page(tmp_path):
    return tmp_path / "pages" / "report.html"


@pytest.fixture(autouse=True)
def folder(page):
    page.parent.mkdir()


def good(faults, count):
    return [faults.add(f"/{i}.png", pages.good(pictures.png(40, 30, seed=i))) for i in range(count)]


def test_report(edgefetch, faults, out, page):
    """Goal: the lines of the manifest as they are, what the run came to, and links that lead to the
    files."""
    urls = [*good(faults, 5), faults.url("/missing")]
    assert edgefetch("--report", page, *urls).code == 1
    data = data_of(page)
    (shown,) = data["runs"]
    assert {line["url"]: line for line in shown["pictures"]} == manifest(out)
    assert data["left_out"] == 0 and data["title"] == str(out)
    assert (shown["stats"]["ok"], shown["stats"]["failed"]) == (5, 1)
    assert shown["stats"]["verdict"] and shown["options"]["limit"] == 4
    assert shown["machine"]["cpus"] == os.cpu_count()
    assert all(line["ms"]["at"] >= shown["started_ms"] for line in shown["pictures"])
    for line in shown["pictures"][:5]:
        if line["status"] == "ok":
            link = urllib.parse.unquote(shown["base"]) + line["edges"][0]["path"]
            assert (page.parent / link).samefile(out / line["edges"][0]["path"])
    assert list(page.parent.iterdir()) == [page]  # nothing half-written beside it


@pytest.mark.parametrize("package", ((), ("--package", "tar")))
def test_thumbnails(edgefetch, faults, page, package):
    """Goal: small JPEGs of a picture and of its edges, in the picture's proportions; also out of a package."""
    smooth = numpy.asarray(Image.radial_gradient("L").resize((800, 600)).convert("RGB"))
    large = faults.add("/large.png", pages.good(pictures.save(smooth, "PNG")))
    assert edgefetch("--report", page, *package, large).code == 0
    (pair,) = data_of(page)["thumbnails"].values()
    original, edges = thumbnail(pair["original"]), thumbnail(pair["edges"])
    assert original.size == edges.size == (320, 240)
    wanted = Image.fromarray(smooth).resize(original.size, Image.BOX)
    assert numpy.abs(numpy.int16(original) - numpy.int16(wanted)).mean() < 3


def test_pictures_that_are_gone(edgefetch, faults, out, page):
    """Bad input: files that were changed or removed since, paths that lead elsewhere. Goal: a page
    without their thumbnails."""
    urls = good(faults, 4)
    edgefetch(*urls)
    lines = manifest(out)
    (out / lines[urls[0]]["original"]["path"]).write_bytes(b"no picture")
    (out / lines[urls[1]]["original"]["path"]).unlink()
    text = (out / "manifest.jsonl").read_text()
    text = text.replace(lines[urls[2]]["original"]["path"], "../../etc/passwd")
    (out / "manifest.jsonl").write_text(text)
    assert run("report", out, "--report", page).code == 0
    thumbnails = data_of(page)["thumbnails"]
    made = [thumbnails[url]["original"] is not None for url in urls]
    assert made == [False, False, False, True]


def test_many_pictures(edgefetch, faults, page):
    """Goal: the thumbnails are spread over the run."""
    urls = good(faults, 60)
    assert edgefetch("--report", page, *urls).code == 0
    data = data_of(page)
    assert len(data["runs"][0]["pictures"]) == 60
    numbers = sorted(line["index"] for line in data["runs"][0]["pictures"] if line["url"] in data["thumbnails"])
    assert len(numbers) == 12 and numbers[0] <= 10 and numbers[-1] >= 50


def test_of_a_directory(edgefetch, faults, out):
    """Goal: the page of what two runs have left, with the newest line about each URL, stands in the
    directory, where verify takes it for ours."""
    flaky = faults.add("/flaky", pages.in_turn(pages.status(404), pages.good(pictures.png())))
    urls = [*good(faults, 2), flaky]
    assert edgefetch(*urls).code == 1
    assert edgefetch(*urls).code == 0
    result = run("report", out)
    assert result.code == 0 and result.out == f"{out}/report.html\n"
    (shown,) = data_of(out / "report.html")["runs"]
    assert shown["base"] == "./" and shown["stats"] is None
    assert {line["url"]: line for line in shown["pictures"]} == manifest(out)
    assert len(shown["pictures"]) == 3 and len(manifest_lines(out)) == 4
    assert run("verify", "--strict", out).code == 0


def test_hostile_text(edgefetch, faults, out, page):
    """Bad input: a URL that would end the script, and one in a message. Goal: they stay text."""
    urls = [faults.url("/</script><script>alert(1)</script>"), "http://a<!--<script>/"]
    edgefetch("--report", page, *urls)
    (shown,) = data_of(page)["runs"]
    assert {line["url"] for line in shown["pictures"]} == set(manifest(out))


def test_with_discard(edgefetch, faults, page):
    """Goal: a run that leaves nothing has a page, without files."""
    assert edgefetch("--discard", "--report", page, *good(faults, 3)).code == 0
    data = data_of(page)
    assert len(data["runs"][0]["pictures"]) == 3 and data["thumbnails"] == {}
    assert data["runs"][0]["base"] == ""


def test_nothing_to_do(edgefetch, faults, page):
    """Goal: a run that had nothing to do has a page that says so."""
    urls = good(faults, 2)
    edgefetch(*urls)
    assert edgefetch("--report", page, *urls).code == 0
    (shown,) = data_of(page)["runs"]
    assert shown["pictures"] == [] and shown["stats"]["skipped"] == 2


@pytest.mark.parametrize("where", ("nowhere/report.html", "."))
def test_not_writable(edgefetch, faults, out, tmp_path, where):
    """Bad input: a page in no directory, or in place of one. Goal: the run is done, exit code 4."""
    result = edgefetch("--report", tmp_path / where, *good(faults, 2))
    assert result.code == 4 and result.sums["ok"] == 2
    assert "cannot be written" in result.err
    assert not list(tmp_path.glob("**/*.partial-*"))


def test_report_of_nothing(tmp_path, out):
    """Bad input: no manifest, no directory. Goal: an error that says so."""
    assert "has no manifest.jsonl" in run("report", tmp_path).err
    result = run("report", out)
    assert result.code == 4 and str(out) in result.err
    assert run("report").code == 2


def test_bench(tmp_path, page):
    """Goal: a run of each mode, side by side."""
    simulation = ("--simulate", "images=3,size=64x48,latency=0.01s")
    result = run("bench", "--runs", 1, "--limits", "1,3", *simulation, "--report", page)
    assert result.code == 0
    runs = data_of(page)["runs"]
    assert [r["name"].split(",")[0] for r in runs] == ["sync", "threads", "async"]
    assert all(len(r["pictures"]) == 3 and r["stats"]["ok"] == 3 for r in runs)


def test_demo(out, page):
    """Goal: the page of twelve pictures, with all their thumbnails, has less than a megabyte."""
    assert run("demo", "-o", out, "--latency", 0, "--report", page).code == 0
    assert page.stat().st_size < 1_000_000
    pairs = data_of(page)["thumbnails"].values()
    assert len(pairs) == 12 and all(p["original"] and p["edges"] for p in pairs)
