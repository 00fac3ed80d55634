# SPDX-License-Identifier: MIT
"""--dry-run: what a run would do and under which names, and nothing is done."""

import json
import pathlib

import pages
import pictures
import runner
from runner import manifest, write_list

PNG = pictures.png(30, 20)


def urls_of(faults, *paths):
    return [faults.add(path, pages.good(PNG)) for path in paths]


def told(result):
    """The lines about URLs: [what, name, url]."""
    return [line.split("\t") for line in result.out.splitlines() if not line.startswith("#")]


def test_nothing_is_done_and_names_are_right(edgefetch, faults, out, tmp_path):
    """Goal: no request and no file; then the run does what was told, under the names that were told."""
    first, second, third = urls_of(faults, "/x/a.png", "/x/b.png", "/y/b.png")
    lines = [first, f"{second}\tnice", third, first, "ftp://x/"]
    urls = write_list(tmp_path / "urls.txt", lines)
    result = edgefetch("--dry-run", "--name", "{index}-{stem}", urls)
    assert result.code == 1 and not out.exists() and not faults.connections
    assert [(what, url) for what, _, url in told(result)] == [
        ("do", first), ("do", second), ("do", third), ("fail", "ftp://x/")]  # fmt: skip
    assert "# 3 to do, 0 done before, 1 cannot be used; 1 duplicates" in result.out
    edgefetch("--name", "{index}-{stem}", urls)
    names = {url: name for what, name, url in told(result) if what == "do"}
    lines = manifest(out)
    assert names == {url: pathlib.Path(lines[url]["original"]["path"]).stem for url in (first, second, third)}
    assert "nice" in names.values()


def test_what_was_done_before(edgefetch, faults, out):
    """Goal: what is done is skipped, asked for or done again, as the options say; the manifest stays as it is."""
    done, new = urls_of(faults, "/a.png", "/b.png")
    edgefetch(done)
    with open(out / "manifest.jsonl", "a") as file:
        file.write('{"url": "torn')
    before = (out / "manifest.jsonl").read_bytes()
    for options, what in (((), "skip"), (("--refresh",), "refresh"), (("--force",), "do"), (("-d", "canny"), "do"),
                          (("--discard",), "do")):  # fmt: skip
        assert [line[0] for line in told(edgefetch("--dry-run", *options, done, new))] == [what, "do"]
    assert (out / "manifest.jsonl").read_bytes() == before
    assert faults.connections == 1


def test_json(edgefetch, faults, out):
    """Goal: with --json an object for the settings, and one for each URL."""
    (url,) = urls_of(faults, "/a.png")
    result = edgefetch("--dry-run", "--json", "-l", 7, url, "ftp://x/", env={"EDGEFETCH_DETECTOR": "canny"})
    settings, good, bad = map(json.loads, result.out.splitlines())
    assert settings["output"] == str(out)
    assert {"option": "limit", "value": "7", "from": "command line"} in settings["settings"]
    assert {"option": "detector", "value": "canny", "from": "EDGEFETCH_DETECTOR"} in settings["settings"]
    assert (good["url"], good["index"], good["would"]) == (url, 1, "do") and good["name"].startswith("a-")
    assert bad["would"] == "fail" and bad["message"] and "name" not in bad


def test_where_settings_come_from(tmp_path):
    """Goal: each setting with its value and place, the one that counts; secrets are not shown."""
    (tmp_path / "edgefetch.conf").write_text("limit = 3\n\ndetector = sobel\nheader = X-Key: secret\n")
    (tmp_path / "config/edgefetch").mkdir(parents=True)
    (tmp_path / "config/edgefetch/config").write_text("proxy = http://me:secret@127.0.0.1:9\nquality = 50\n")
    env = {"EDGEFETCH_NO_CONFIG": "no", "XDG_CONFIG_HOME": str(tmp_path / "config"), "EDGEFETCH_LIMIT": "4",
           "EDGEFETCH_QUALITY": "60"}  # fmt: skip
    result = runner.run("--dry-run", "--quality", 70, "-H", "X-Other: secret", "http://127.0.0.1/", env=env,
                        before=("env", "-C", tmp_path))  # fmt: skip
    for line in ("limit = 4  (EDGEFETCH_LIMIT)", "detector = sobel  (edgefetch.conf:3)", "quality = 70  (command line)",
                 "header = X-Key: (not shown)  (edgefetch.conf:4)", "header = X-Other: (not shown)  (command line)",
                 f"proxy = (not shown)  ({tmp_path}/config/edgefetch/config:1)"):  # fmt: skip
        assert f"#   {line}\n" in result.out, result
    assert "secret" not in result.out + result.err


def test_shards_and_local_pictures(edgefetch, faults, tmp_path):
    """Goal: a shard tells of its part, in its own directory; 'edges' of pictures."""
    urls = urls_of(faults, *(f"/{i}.png" for i in range(40)))
    parts = [edgefetch("--dry-run", "--shard", f"{k}/2", *urls) for k in (1, 2)]
    assert "shard-00001-of-00002" in parts[0].out
    assert sorted(line[2] for part in parts for line in told(part)) == sorted(urls)
    assert f"; {len(told(parts[1]))} of other shards" in parts[0].out
    (tmp_path / "p.png").write_bytes(PNG)
    result = edgefetch("--dry-run", "-q", "-o", tmp_path / "none", "http://127.0.0.1/")
    assert len(result.out.splitlines()) == 1
    result = runner.run("edges", "--dry-run", "-o", tmp_path / "none", tmp_path / "p.png")
    ((what, name, url),) = told(result)
    assert (what, url) == ("do", f"file://{tmp_path}/p.png") and name.startswith("p-")
    assert not (tmp_path / "none").exists()


def test_a_manifest_that_cannot_be_read(edgefetch, out):
    """Goal: an output that is no directory is told; a list that is damaged too."""
    out.write_text("")
    result = edgefetch("--dry-run", "http://127.0.0.1/")
    assert result.code == 4 and str(out) in result.err
    result = edgefetch("--dry-run", "--discard", "-", input=b"\x1f\x8b\x08\0\0\0\0\0\0\0damaged")
    assert result.code == 4
