# SPDX-License-Identifier: MIT
"""`edgefetch retry`: what failed is done again, from the manifest and into its directory."""

import json
import os

import pytest

import pages
import pictures
from runner import codes, manifest, manifest_lines, run, write_list

# A path, how it fails, and its code.
FAILURES = {
    "/gone": (pages.status(404), "http_4xx"),
    "/broken": (pages.status(500), "http_5xx"),
    "/page": (pages.good(b"<html>no picture</html>"), "not_an_image"),
    "/cut": (pages.shorter_than_announced(pictures.png()[:100], 9000), "transfer_truncated"),
    "/slow": (pages.never, "timeout"),
}
QUICK = ("--timeout", "0.5")


@pytest.fixture
def failed(edgefetch, faults, out):
    """A run of one good URL and one of each failure; the URLs by path."""
    urls = {path: faults.add(path, page) for path, (page, _) in FAILURES.items()}
    urls["/good"] = faults.add("/good", pages.good(pictures.png()))
    assert edgefetch(*QUICK, *urls.values()).code == 1
    assert codes(out) == {
        urls[path]: FAILURES[path][1] if path in FAILURES else "ok" for path in urls
    }
    faults.requests.clear()
    return urls


def mend(faults):
    for path in FAILURES:
        faults.pages[path] = pages.good(pictures.png())


def retry(out, *args):
    return run("retry", "--allow-private", "--retries", 0, *QUICK, *args, out)


def asked(faults):
    return sorted(request.path for request in faults.requests)


def test_all(faults, out, failed):
    """Goal: exactly what failed is done again; then there is nothing to do, and the list agrees."""
    mend(faults)
    result = retry(out)
    assert result.code == 0 and result.sums["ok"] == len(FAILURES), result
    assert asked(faults) == sorted(FAILURES)
    assert set(codes(out).values()) == {"ok"}
    before = (out / "manifest.jsonl").read_bytes()
    result = retry(out)
    assert result.code == 0 and result.out.startswith("nothing to do"), result
    assert (out / "manifest.jsonl").read_bytes() == before
    assert run("-o", out, *failed.values()).sums["skipped"] == len(failed)
    assert run("verify", "--strict", out).code == 0


@pytest.mark.parametrize(
    "only, expected",
    (
        ("4xx", ["/gone"]),
        ("http_5xx", ["/broken"]),
        ("timeout", ["/slow"]),
        ("network", ["/cut", "/slow"]),
        ("image", ["/page"]),
        ("transfer_truncated,5xx", ["/broken", "/cut"]),
        ("all", sorted(FAILURES)),
        ("worker", []),
        ("cancelled", []),
    ),
)
def test_only(faults, out, failed, only, expected):
    """Goal: a code, a group, several: those and no others."""
    mend(faults)
    result = retry(out, f"--only={only}")
    assert result.code == 0, result
    assert asked(faults) == expected
    assert (result.out.startswith("nothing to do")) == (not expected)


def test_still_failing(faults, out, failed):
    """Goal: what fails again is a failure, with a line more, and can be tried again."""
    assert retry(out, "--only", "4xx").code == 1
    assert [line["status"] for line in manifest_lines(out) if line["url"] == failed["/gone"]] == [
        "failed", "failed",
    ]  # fmt: skip
    mend(faults)
    assert retry(out, "--only", "4xx").code == 0


def test_newest_line_counts(faults, out, failed):
    """Goal: a URL is of the class of its newest failure."""
    faults.pages["/gone"] = pages.status(503)
    retry(out, "--only", "4xx")
    faults.requests.clear()
    assert retry(out, "--only", "4xx").out.startswith("nothing to do")
    retry(out, "--only", "5xx")
    assert asked(faults) == ["/broken", "/gone"]


def append(out, *lines):
    with open(out / "manifest.jsonl", "a", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line) + "\n")


def test_cancelled(faults, out, failed):
    """Goal: what was cancelled is done again, unless it was done before; --only says which."""
    new = faults.add("/new", pages.good(pictures.png()))
    cancelled = {"status": "cancelled", "error": {"code": "cancelled", "message": ""}}
    append(out, {"url": new, "index": 9, **cancelled}, {"url": failed["/good"], **cancelled})
    assert retry(out, "--only", "cancelled").sums["ok"] == 1
    assert asked(faults) == ["/new"]
    append(out, {"url": failed["/gone"], "index": 1, **cancelled})
    mend(faults)
    assert retry(out).sums["ok"] == len(FAILURES)


def test_unknown_class(faults, out, failed):
    """Goal: exit 2, with all that may be written; nothing is begun."""
    told = run("retry", "--help").out
    for only in ("frobs", "", "4xx,", "ok", "4XX", "4xx 5xx", "2xx"):
        result = retry(out, f"--only={only}")
        assert result.code == 2 and not result.out
        for word in ("4xx", "5xx", "timeout", "network", "image", "worker", "cancelled", "all",
                     "dns_failed", "transfer_truncated", "internal"):  # fmt: skip
            assert f" {word}" in result.err and word in told
    assert not faults.requests


@pytest.mark.parametrize("args", ((), ("a", "b"), ("-o", "x", "a"), ("--output=a", "a")))
def test_bad_usage(args):
    """Goal: exactly one directory, and no other place for results."""
    result = run("retry", *args)
    assert result.code == 2 and result.err and not result.out


def test_unreadable(out, tmp_path):
    """Goal: without a directory or a manifest: exit 4, and none is made."""
    result = run("retry", out)
    assert result.code == 4 and str(out) in result.err and not out.exists()
    out.mkdir()
    assert run("retry", out).code == 4 and not list(out.iterdir())


def test_empty_manifest(out):
    """Goal: nothing to do."""
    out.mkdir()
    (out / "manifest.jsonl").touch()
    result = run("retry", out)
    assert result.code == 0 and "nothing to do" in result.out
    assert run("retry", "-q", out).out == ""
    assert run("retry", "--json", out).out == ""


def test_torn_manifest(faults, out, failed):
    """Goal: a torn last line is dropped: what stood before counts, and the file is whole again."""
    path = out / "manifest.jsonl"
    text = path.read_text().splitlines(keepends=True)
    gone = next(line for line in text if failed["/gone"] in line)
    path.write_text("".join(text) + gone.replace("failed", "ok")[:-20])
    mend(faults)
    assert retry(out).sums["ok"] == len(FAILURES)
    assert set(codes(out).values()) == {"ok"}


def test_index_and_template(edgefetch, faults, out, tmp_path):
    """Goal: a URL keeps the index of its run, so that --name gives what it would have given."""
    urls = [faults.add(f"/{i}.png", pages.status(500)) for i in range(4)]
    for i in (0, 2):
        faults.pages[f"/{i}.png"] = pages.good(pictures.png(seed=i))
    edgefetch("--name", "{index}-{stem}", write_list(tmp_path / "list", urls))
    for i in (1, 3):
        faults.pages[f"/{i}.png"] = pages.good(pictures.png(seed=i))
    assert retry(out, "--name", "{index}-{stem}").sums["ok"] == 2
    assert {line["index"] for line in manifest(out).values()} == {1, 2, 3, 4}
    assert sorted(path.name for path in (out / "edges").iterdir()) == [
        f"{i + 1}-{i}.png" for i in range(4)
    ]


def test_names(edgefetch, faults, out, tmp_path):
    """Goal: a URL that once was ok keeps the name of its files; that of a list which never was is
    not known, and derived."""
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(2)]
    names = write_list(tmp_path / "list", [f"{urls[0]}\tthe cat", f"{urls[1]}\tthe dog"])
    faults.pages["/1.png"] = pages.status(500)
    edgefetch(names)
    faults.pages["/0.png"] = pages.status(500)
    edgefetch("--force", names)
    for i in range(2):
        faults.pages[f"/{i}.png"] = pages.good(pictures.png(seed=i))
    assert retry(out).sums["ok"] == 2
    assert manifest(out)[urls[0]]["original"]["path"] == "original/the cat.png"
    assert manifest(out)[urls[1]]["original"]["path"].startswith("original/1-")


def test_the_newest_name(edgefetch, faults, out):
    """Goal: of several names that a URL has had the last one counts."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    edgefetch("--name", "one-{stem}", url)
    edgefetch("--name", "two-{stem}", "--force", url)
    faults.pages["/a.png"] = pages.status(500)
    edgefetch("--force", url)
    faults.pages["/a.png"] = pages.good(pictures.png())
    assert retry(out).code == 0
    assert manifest(out)[url]["original"]["path"] == "original/two-a.png"


def test_what_is_no_url(edgefetch, faults, out, tmp_path):
    """Goal: lines of a list that are no URL are left out, with a warning; so are local pictures."""
    (tmp_path / "a.png").write_bytes(b"no picture")
    edgefetch("-q", write_list(tmp_path / "list", ["no url", "ftp://h/a.png", b"x" * 70000]))
    run("edges", "-o", out, tmp_path / "a.png")
    before = len(manifest_lines(out))
    result = retry(out)
    assert result.code == 0 and "nothing to do: no other URL" in result.out, result
    assert "4 are no URL that can be downloaded" in result.err
    assert len(manifest_lines(out)) == before


def test_after_stage_download(edgefetch, faults, out):
    """Goal: a stage's failures are done again by the same stage, or as a whole."""
    urls = [faults.add(f"/{i}.png", pages.status(500)) for i in range(2)]
    faults.pages["/0.png"] = pages.good(pictures.png())
    edgefetch("--stage", "download", *urls)
    faults.pages["/1.png"] = pages.good(pictures.png(seed=1))
    assert retry(out, "--stage", "download").sums["ok"] == 1
    assert not (out / "edges").exists()
    assert run("verify", "--strict", out).out.startswith("2 files verified")
    assert run("-o", out, "--stage", "process", "--max-pixels", "100", *urls).code == 1
    faults.requests.clear()
    assert retry(out, "--stage", "process", "--only", "image").sums["ok"] == 2
    assert not faults.requests


@pytest.mark.parametrize("mode", ("threads", "sync"))
def test_modes(faults, out, failed, mode):
    """Goal: the options of a run are there."""
    mend(faults)
    assert retry(out, "--mode", mode, "-d", "canny", "--json").code == 0
    assert {line["edges"][0]["detector"] for line in manifest(out).values()} == {"canny", "neighbor"}


def test_leaves_nothing_behind(faults, out, failed):
    """Goal: the list of what is to be done is no file that anybody sees."""
    mend(faults)
    retry(out)
    assert sorted(os.listdir(out)) == ["edges", "manifest.jsonl", "original"]


def test_many(faults, out):
    """Goal: of a long manifest only what failed is asked for."""
    out.mkdir()
    many = 20_000
    base = faults.url("/")
    with open(out / "manifest.jsonl", "w", encoding="ascii") as file:
        file.write('{"edgefetch":"0.1.0","schema":1}\n')
        for i in range(many):
            status = "failed" if i % 1000 == 7 else "ok"
            line = {"url": f"{base}{i}.png", "index": i + 1, "status": status}
            file.write(json.dumps({**line, "error": {"code": "http_5xx"}}) + "\n")
    assert retry(out, "--only", "5xx", "-l", "16").sums["failed"] == many // 1000
    assert len(faults.requests) == many // 1000
