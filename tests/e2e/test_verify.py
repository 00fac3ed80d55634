# SPDX-License-Identifier: MIT
"""`edgefetch verify`: whether every file is as its manifest says, and repairing what is not."""

import json
import os
import signal

import pytest

import pages
import pictures
from runner import Background, codes, manifest, manifest_lines, run, wait_until

DAMAGES = ("gone", "short", "long", "changed")


@pytest.fixture
def urls(edgefetch, faults):
    """Three good URLs, all done."""
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(3)]
    assert edgefetch(*urls).code == 0
    return urls


def path_of(out, url, kind):
    line = manifest(out)[url]
    return out / (line["original"] if kind == "original" else line["edges"][0])["path"]


def damage(path, how):
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "short":
        path.write_bytes(data[:-1])
    elif how == "long":
        path.write_bytes(data + b"x")
    else:
        path.write_bytes(data[:30] + bytes([data[30] ^ 1]) + data[31:])


def contents(out):
    return {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}


def edit(out, url, change):
    """Appends the newest line about a URL again, changed."""
    line = manifest(out)[url]
    change(line)
    with open(out / "manifest.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def findings(*args):
    """The findings, and the counts, of `verify --json`."""
    lines = [json.loads(line) for line in run("verify", "--json", *args).out.splitlines()]
    return lines[:-1], lines[-1]


def test_all_is_well(out, urls):
    """Goal: exit 0, nothing but the counts, and nothing is changed."""
    before = contents(out)
    result = run("verify", out)
    assert (result.code, result.err) == (0, ""), result
    assert result.out == "6 files verified, 0 missing, 0 different; 0 unknown\n"
    assert contents(out) == before


@pytest.mark.parametrize("kind", ("original", "edges"))
@pytest.mark.parametrize("how", DAMAGES)
def test_one_file_is_not_as_recorded(out, urls, kind, how):
    """Goal: it is named, with its URL and the reason, and no other is: exit 1."""
    path = path_of(out, urls[1], kind)
    damage(path, how)
    result = run("verify", out)
    first, *rest = result.out.splitlines()
    assert result.code == 1 and len(rest) == 1, result
    problem = "missing" if how == "gone" else "different"
    assert first.startswith(f"{problem} {path.relative_to(out)}: ") and first.endswith(f"({urls[1]})")
    assert ("SHA-256" in first) == (how == "changed")
    assert rest[0].startswith("5 files verified, ") and f"1 {problem}" in rest[0]


def test_resized_and_several_detectors(edgefetch, faults, out):
    """Goal: every file that a line tells of is looked at."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    edgefetch("-d", "canny,sobel", "--resize", "8x8", "--save-resized", url)
    line = manifest(out)[url]
    assert run("verify", out).out.startswith("4 files verified")
    for entry in (line["edges"][1], line["resized"]):
        damage(out / entry["path"], "changed")
    found, counts = findings(out)
    assert [entry["path"] for entry in found] == [line["edges"][1]["path"], line["resized"]["path"]]
    assert (counts["verified"], counts["different"]) == (2, 2)


def test_json(out, urls):
    """Goal: the same as JSON lines, the counts last."""
    path = path_of(out, urls[0], "edges")
    damage(path, "gone")
    (out / "edges" / b"\xff\n.png".decode("utf-8", "surrogateescape")).touch()
    found, counts = findings(out, "--strict")
    assert found[0] == {"problem": "missing", "path": str(path.relative_to(out)), "url": urls[0],
                        "why": "No such file or directory"}  # fmt: skip
    assert found[1]["problem"] == "unknown" and len(found) == 2
    assert counts == {"verified": 5, "missing": 1, "different": 0, "unknown": 1, "not_done": 0}


def test_unknown_files(out, urls):
    """Goal: files that no line knows are counted, and with --strict listed and a problem; their
    names are no danger to a terminal."""
    for name in ("original/stray.png", "edges/\x1b[31m.png", "original/folder/a", "resized/b"):
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).touch()
    result = run("verify", out)
    assert result.code == 0
    assert result.out == "6 files verified, 0 missing, 0 different; 4 unknown\n"
    result = run("verify", "--strict", out)
    assert result.code == 1 and "\x1b" not in result.out
    *listed, _ = result.out.splitlines()
    assert sorted(listed) == [
        "unknown edges/\\u{1B}[31m.png", "unknown original/folder/a",
        "unknown original/stray.png", "unknown resized/b",
    ]  # fmt: skip


def test_only_the_newest_line_counts(edgefetch, faults, out, urls):
    """Goal: files of older lines are neither checked nor unknown."""
    edgefetch("-f", "bmp", *urls)
    for path in (out / "edges").glob("*.png"):
        damage(path, "changed")
    result = run("verify", "--strict", out)
    assert result.code == 0 and result.out.startswith("6 files verified, 0 missing")


def test_what_is_not_done(edgefetch, faults, out, urls):
    """Goal: failures have no files to verify; they are counted, and a cancelled line does not undo
    what was done."""
    edgefetch(faults.url("/missing"))
    edit(out, urls[0], lambda line: line.update(status="cancelled"))
    result = run("verify", out)
    assert result.code == 0
    assert result.out.startswith("6 files verified") and "1 URL is not done" in result.out


@pytest.mark.parametrize("where", ("../elsewhere.png", "absolute", "original/../../elsewhere.png"))
def test_path_that_leads_outside(out, urls, tmp_path, where):
    """Goal: it is not followed, even to a file with the right bytes, and is told as missing."""
    original = path_of(out, urls[0], "original")
    (tmp_path / "elsewhere.png").write_bytes(original.read_bytes())
    path = str(tmp_path / "elsewhere.png") if where == "absolute" else where
    edit(out, urls[0], lambda line: line["original"].update(path=path))
    found, counts = findings(out)
    assert [(entry["problem"], entry["path"]) for entry in found] == [("missing", path)]
    assert "out of the directory" in found[0]["why"]
    assert counts["verified"] == 5


def test_foreign_text(out, urls):
    """Goal: what stands in a manifest is escaped before it reaches a terminal."""
    edit(out, urls[0], lambda line: line["original"].update(path="original/\x1b[2J"))
    edit(out, urls[1], lambda line: line.update(url="http://h/\u202e\x07", edges="none", resized=7))
    result = run("verify", out)
    assert result.code == 1
    assert "original/\\u{1B}[2J" in result.out
    assert not set("\x1b\x07\u202e") & set(result.out + result.err)


def test_something_else_in_its_place(out, urls):
    """Goal: neither a directory nor a pipe is read for ever."""
    for url, make in ((urls[0], os.mkdir), (urls[1], os.mkfifo)):
        path = path_of(out, url, "edges")
        path.unlink()
        make(path)
    found, _ = findings(out)
    assert [entry["why"] for entry in found] == ["it is not a file"] * 2


def test_torn_manifest(out, urls):
    """Goal: a torn last line is dropped, and not cut off: verifying changes nothing."""
    path = out / "manifest.jsonl"
    os.truncate(path, path.stat().st_size - 10)
    before = path.read_bytes()
    result = run("verify", out)
    assert result.code == 0 and "not whole" in result.err
    assert result.out == "4 files verified, 0 missing, 0 different; 2 unknown\n"
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", ("", '{"edgefetch":"0.1.0","schema":1}\n'))
def test_empty_manifest(out, text):
    """Goal: a run that came to nothing is no problem."""
    out.mkdir()
    (out / "manifest.jsonl").write_text(text)
    for args in ((), ("--repair",), ("--strict",)):
        result = run("verify", *args, out)
        assert result.code == 0 and result.out.startswith("0 files verified"), result


def test_unreadable(out, tmp_path):
    """Goal: no directory, no manifest, another schema: exit 4, said what and where."""
    (tmp_path / "file").touch()
    for path in (tmp_path / "none", tmp_path / "file"):
        result = run("verify", path)
        assert result.code == 4 and str(path) in result.err and not result.out
    out.mkdir()
    assert "no run has written there" in run("verify", out).err
    (out / "manifest.jsonl").mkdir()
    assert run("verify", out).code == 4
    (out / "manifest.jsonl").rmdir()
    (out / "manifest.jsonl").write_text('{"edgefetch":"9.0.0","schema":99}\n')
    result = run("verify", out)
    assert result.code == 4 and "schema 99" in result.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_forbidden(out, urls):
    """Goal: a directory that may not be read is exit 4."""
    out.chmod(0)
    try:
        assert run("verify", out).code == 4
    finally:
        out.chmod(0o755)


@pytest.mark.parametrize("args", ((), ("a", "b"), ("--only=4xx", "a"), ("-o", "x", "a")))
def test_bad_usage(args):
    """Goal: exactly one directory, and no other place for results."""
    result = run("verify", *args)
    assert result.code == 2 and result.err and not result.out


# ---- --repair ----


def repair(out, *args):
    return run("verify", "--repair", "--allow-private", *args, out)


@pytest.mark.parametrize("how", DAMAGES)
def test_repair_an_original(faults, out, urls, how):
    """Goal: exactly its URL is downloaded again, and all is as before, whatever sizes say."""
    before = contents(out)
    damage(path_of(out, urls[1], "original"), how)
    faults.requests.clear()
    result = repair(out)
    assert result.code == 0 and result.sums["ok"] == 1, result
    assert [request.path for request in faults.requests] == ["/1.png"]
    after = contents(out)
    for path in set(before) - {out / "manifest.jsonl"}:
        assert before[path] == after[path]
    assert set(before) == set(after)
    assert run("verify", "--strict", out).code == 0


@pytest.mark.parametrize("how", DAMAGES)
def test_repair_a_map(faults, out, urls, how):
    """Goal: it is made from the original that stands there, without a request."""
    path = path_of(out, urls[1], "edges")
    before = path.read_bytes()
    damage(path, how)
    faults.requests.clear()
    result = repair(out)
    assert result.code == 0 and result.sums == {"ok": 1, "failed": 0, "skipped": 0, "cancelled": 0}
    assert faults.requests == [] and path.read_bytes() == before
    assert manifest_lines(out)[-1]["index"] == 2  # as in the run that met it
    assert run("verify", "--strict", out).code == 0


def test_repair_both(faults, out, urls):
    """Goal: some from their originals and some by downloads, in one command; all right afterwards."""
    damage(path_of(out, urls[0], "edges"), "gone")
    damage(path_of(out, urls[1], "original"), "changed")
    damage(path_of(out, urls[2], "original"), "gone")
    damage(path_of(out, urls[2], "edges"), "gone")
    faults.requests.clear()
    result = repair(out)
    assert result.code == 0, result
    assert sorted(request.path for request in faults.requests) == ["/1.png", "/2.png"]
    assert "1 URL from" in result.err and "2 by" in result.err
    assert run("verify", "--strict", out).code == 0


def test_repair_in_vain(faults, out, urls):
    """Goal: what cannot be had any more is a failure: exit 1, then not done, and retry has it."""
    damage(path_of(out, urls[1], "original"), "gone")
    faults.pages["/1.png"] = pages.status(404)
    assert repair(out).code == 1
    assert codes(out)[urls[1]] == "http_4xx"
    assert "1 URL is not done" in run("verify", out).out
    faults.pages["/1.png"] = pages.good(pictures.png(seed=1))
    assert run("retry", "--allow-private", out).code == 0
    assert run("verify", "--strict", out).out.startswith("6 files verified, 0 missing")


def test_repair_nothing(faults, out, urls):
    """Goal: where all is well nothing is run and nothing written."""
    before = contents(out)
    result = repair(out)
    assert result.code == 0 and result.out.count("\n") == 1
    assert contents(out) == before


def test_repair_with_the_run_s_options(edgefetch, faults, out):
    """Goal: detectors and sizes are those of the command line; others than before are told of."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    options = ("-d", "canny,sobel", "-f", "bmp", "--resize", "8x8", "--save-resized")
    edgefetch(*options, url)
    before = contents(out)
    for entry in (manifest(out)[url]["edges"][0], manifest(out)[url]["resized"]):
        damage(out / entry["path"], "changed")
    result = repair(out, *options)
    assert result.code == 0 and "other options" not in result.err
    del before[out / "manifest.jsonl"]
    assert before.items() <= contents(out).items()
    damage(out / manifest(out)[url]["edges"][0]["path"], "gone")
    result = repair(out)
    assert result.code == 0 and "other options" in result.err
    assert manifest(out)[url]["edges"][0]["detector"] == "neighbor"


def test_repair_without_originals(edgefetch, faults, out):
    """Goal: without an original there is only the server."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    edgefetch("--no-originals", url)
    damage(path_of(out, url, "edges"), "gone")
    assert repair(out, "--no-originals").code == 0
    assert faults.count("/a.png") == 2 and not (out / "original").exists()


def test_repair_keeps_names(edgefetch, faults, out, tmp_path):
    """Goal: files come back under the names they had, from a list or a template."""
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(2)]
    (tmp_path / "list").write_text(f"{urls[0]}\tthe cat.jpg.png\n{urls[1]}\n")
    edgefetch("--name", "{index}", tmp_path / "list")
    before = contents(out)
    for folder in ("original", "edges"):
        for path in (out / folder).iterdir():
            path.unlink()
    assert repair(out).code == 0
    assert set(contents(out)) == set(before)
    assert (out / "original" / "the cat.jpg.png").exists() and (out / "original" / "2.png").exists()


def test_repair_after_stage_download(edgefetch, faults, out):
    """Goal: a directory of originals alone is verified, and stays so with --stage download."""
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(2)]
    edgefetch("--stage", "download", *urls)
    assert run("verify", "--strict", out).out.startswith("2 files verified")
    damage(path_of(out, urls[0], "original"), "changed")
    assert repair(out, "--stage", "download").code == 0
    assert faults.count("/0.png") == 2 and faults.count("/1.png") == 1
    assert not (out / "edges").exists()
    assert run("verify", "--strict", out).code == 0


def test_repair_a_part(faults, out, urls):
    """Goal: --stage process makes maps and leaves what would have to be downloaded: exit 1."""
    damage(path_of(out, urls[0], "edges"), "gone")
    damage(path_of(out, urls[1], "original"), "gone")
    faults.requests.clear()
    result = repair(out, "--stage", "process")
    assert result.code == 1 and "cannot repair" in result.err, result
    assert faults.requests == []
    found, _ = findings(out)
    assert [entry["url"] for entry in found] == [urls[1]]


def test_repair_of_local_pictures(out, tmp_path):
    """Goal: they are verified; to do them again is what 'edges' is for."""
    (tmp_path / "a.png").write_bytes(pictures.png())
    assert run("edges", "-o", out, tmp_path / "a.png").code == 0
    assert run("verify", out).out.startswith("1 files verified")
    damage(next((out / "edges").iterdir()), "gone")
    result = repair(out)
    assert result.code == 1 and "'edgefetch edges'" in result.err


def test_repair_interrupted(edgefetch, faults, out, tmp_path):
    """Goal: a signal ends the first of two runs, and there is no second one: exit 130."""
    urls = [faults.add(f"/{i}.png", pages.good(pictures.heavy())) for i in range(6)]
    assert edgefetch(*urls).code == 0
    for url in urls[1:]:
        damage(path_of(out, url, "edges"), "gone")
    damage(path_of(out, urls[0], "original"), "gone")
    faults.requests.clear()
    options = ("--repair", "--allow-private", "-v", "-w", 1)
    background = Background(("verify", *options, out), tmp_path)
    wait_until(lambda: "\nok  " in background.err, "a map has been made")
    background.signal(signal.SIGINT)
    result = background.wait()
    assert result.code == 130, result
    assert faults.requests == []
    assert repair(out).code == 0
    assert run("verify", "--strict", out).code == 0
