# SPDX-License-Identifier: MIT
"""`edgefetch merge`: one manifest, summary and report of the shards of a list, or of several runs."""

import hashlib
import json
import re
import shutil
import signal

import pytest

import pages
import pictures
from processes import Process
from runner import SLOW, Background, codes, error_code, manifest, run, wait_until, write_list
from test_report import data_of

SHARDS, URLS = 3, 14
PATHS = re.compile(r'"(?:path|quarantine)":"([^"]*)"')


def shard_directory(out, number, count=SHARDS):
    return out / f"shard-{number:05}-of-{count:05}"


def shard_of(url, count=SHARDS):
    """The number of the shard, by the rule that edgefetch(1) tells."""
    return int.from_bytes(hashlib.sha256(url.encode()).digest()[:8], "big") % count + 1


def numbers(result, what):
    """The shards that the summary calls missing or incomplete, as it has them."""
    found = re.search(f"^{what} of \\d+ shards: (.*)$", result.out, re.MULTILINE)
    return found and found.group(1)


def merged(out):
    """The merged manifest: its head, and its lines as bytes."""
    head, *lines = (out / "manifest.jsonl").read_bytes().splitlines(keepends=True)
    return json.loads(head), lines


@pytest.fixture
def urls(faults):
    """URLs of which every shard has two at least, one of them missing at the server."""
    chosen = {number: [] for number in range(1, SHARDS + 1)}
    i = 0
    while sum(map(len, chosen.values())) < URLS or min(map(len, chosen.values())) < 2:
        url = faults.url(f"/{i}.png")
        chosen[shard_of(url)].append(url)
        if i != 5:
            faults.add(f"/{i}.png", pages.good(pictures.png(40 + i, 30, i)))
        i += 1
    return [faults.url(f"/{j}.png") for j in range(i)]


@pytest.fixture
def run_shards(edgefetch, urls):
    """run_shards(*options, which=): runs these shards of the list."""

    def begin(*options, which=range(1, SHARDS + 1)):
        return [edgefetch("--shard", f"{number}/{SHARDS}", *options, *urls) for number in which]

    return begin


@pytest.mark.parametrize("package", (False, True), ids=("files", "packages"))
def test_all_shards(run_shards, urls, out, tmp_path, package):
    """Goal: the merged manifest has every URL once, shard by shard, each line as it was but for its paths, which hold
    where it stands: verify finds every file and no other; merging again gives the same bytes."""
    options = ("--package", "tar", "--samples-per-package", "5") if package else ("-d", "neighbor,sobel")
    run_shards(*options)
    stats, page = tmp_path / "stats.json", tmp_path / "report.html"
    result = run("merge", "--stats", stats, "--report", page, out)
    assert result.code == 1 and result.sums == {"ok": len(urls) - 1, "failed": 1, "skipped": 0, "cancelled": 0}, result
    assert "3 of 3 shards" in result.out and "missing" not in result.out and "http_4xx" in result.out
    head, lines = merged(out)
    assert head["merged"] == {"shards": 3, "by": "url", "from": [""]} and head["schema"] == 1
    expected = []
    for number in range(1, SHARDS + 1):
        folder = f"{shard_directory(out, number).name}/"
        own = (out / folder / "manifest.jsonl").read_text().splitlines(keepends=True)[1:]
        expected += [PATHS.sub(lambda m: m[0].replace(m[1], folder + m[1]), line).encode() for line in own]
    assert lines == expected and {json.loads(line)["url"] for line in lines} == set(urls)
    verified = run("verify", "--strict", out)
    files = (2 if package else 3) * (len(urls) - 1)
    assert verified.code == 0 and verified.out.startswith(f"{files} files verified, 0 missing, 0 different; 0 unknown")
    (shown,) = data_of(page)["runs"]
    assert {line["url"]: line for line in shown["pictures"]} == manifest(out) and shown["base"] == "./out/"
    thumbnails = data_of(page)["thumbnails"]
    assert len(thumbnails) >= 11 and all(t["original"] and t["edges"] for t in thumbnails.values())
    told = json.loads(stats.read_text())
    assert (told["distinct"], told["ok"], told["failures"]) == (len(urls), len(urls) - 1, {"http_4xx": 1})
    assert (told["shards"], told["missing"], told["incomplete"], told["misplaced"]) == (3, [], [], 0)
    before = (out / "manifest.jsonl").read_bytes()
    assert run("merge", out).code == 1
    assert (out / "manifest.jsonl").read_bytes() == before and not list(out.glob("*.partial*"))


def test_all_done(run_shards, faults, urls, out):
    """Goal: exit 0 where every URL of every shard is done, also after a retry in a shard; the newest line counts."""
    run_shards()
    faults.add("/5.png", pages.good(pictures.png()))
    assert run("retry", "--allow-private", shard_directory(out, shard_of(urls[5]))).code == 0
    result = run("merge", out)
    assert result.code == 0 and result.sums["ok"] == len(urls), result
    assert set(codes(out).values()) == {"ok"} and len(merged(out)[1]) == len(urls)
    assert run("verify", "--strict", out).code == 0
    assert run("report", out).code == 0


def test_repeated_rows(edgefetch, faults, out):
    """Goal: a shard whose list has a URL twice is complete, whether or not the run has noticed."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    for options in ((), ("--no-dedupe",)):
        assert edgefetch("--shard", "1/1", *options, url, url).code == 0
        result = run("merge", out)
        assert result.code == 0 and result.sums["ok"] == 1 and not result.err, result


def test_damage_is_found(run_shards, urls, out):
    """Goal: verify of the merged directory finds a file that has changed, one that is gone, and one that nobody knows, in
    whatever shard."""
    run_shards()
    run("merge", out)
    first, second = (manifest(out)[url]["original"]["path"] for url in urls[:2])
    (out / first).write_bytes(b"x")
    (out / second).unlink()
    stray = shard_directory(out, 2) / "edges" / "stray.png"
    stray.write_bytes(b"x")
    result = run("verify", "--strict", out)
    assert result.code == 1 and "1 missing, 1 different; 1 unknown" in result.out, result
    assert all(path in result.out for path in (first, second, str(stray.relative_to(out))))


def test_what_waits_for_its_package(start, faults, urls, out):
    """Goal: samples of a killed run, which wait for their package, are verified where they are."""
    faults.add("/1.png", pages.never)
    number = shard_of(urls[1])
    options = ("--package", "tar", "--shard", f"{number}/{SHARDS}")
    background = start(*options, *urls)
    where = shard_directory(out, number)
    count = sum(shard_of(url) == number for url in urls) - 1
    wait_until(lambda: (where / "manifest.jsonl").exists() and len(codes(where)) == count, "all others are done")
    background.signal(signal.SIGKILL)
    background.wait()
    assert run("merge", out).code == 1
    done = sum(code == "ok" for code in codes(out).values())
    assert run("verify", out).out.startswith(f"{2 * done} files verified, 0 missing")


def test_missing_and_incomplete(run_shards, start, faults, urls, out):
    """Goal: a shard that nobody ran is missing; one that was killed, or interrupted, is incomplete until it has been run to
    its end; the summary and the exit code say so."""
    number = shard_of(urls[1])
    other, missing = (n for n in range(1, SHARDS + 1) if n != number)
    faults.add("/5.png", pages.good(pictures.png()))
    run_shards(which=[other])
    faults.add("/1.png", pages.never)
    for sent in (signal.SIGKILL, signal.SIGTERM):
        background = start("--shard", f"{number}/{SHARDS}", *urls)
        asked = faults.count("/1.png")
        wait_until(lambda: faults.count("/1.png") > asked, "the one that never comes is asked for")
        background.signal(sent)
        if sent == signal.SIGTERM:
            wait_until(lambda: "stopping" in background.err, "the signal has been seen")
            background.signal(sent)
        background.wait()
        result = run("merge", out)
        assert result.code == 1 and result.sums["failed"] == 0, result
        assert (numbers(result, "missing"), numbers(result, "incomplete")) == (str(missing), str(number))
        assert f"{shard_directory(out, number).name} is incomplete: no run has come to the end" in result.err
    faults.add("/1.png", pages.good(pictures.png()))
    run_shards(which=[number])
    result = run("merge", out)
    assert result.code == 1 and numbers(result, "incomplete") is None and numbers(result, "missing") == str(missing)
    shard_directory(out, missing).mkdir()
    (shard_directory(out, missing) / "manifest.jsonl").touch()
    assert numbers(run("merge", out), "missing") == str(missing)
    run_shards(which=[missing])
    assert run("merge", out).code == 0


def fake_line(index, folder="original", **more):
    url = f"http://h.example/{index}.png"
    file = {"path": f"{folder}/{index}.png", "bytes": 3, "sha256": "0" * 64}
    return {"url": url, "index": index, "status": "ok", "original": file, **more}


def fake(path, lines, shard=None, by="url", complete=None, head=()):
    """The directory of a run that never was; `shard` is (number, count)."""
    path.mkdir(parents=True, exist_ok=True)
    first = {"edgefetch": "0.1.0", "schema": 1, "started": "2026-01-02T03:04:05Z", **dict(head)}
    if shard:
        first["shard"] = {"number": shard[0], "count": shard[1], "by": by}
    write_list(path / "manifest.jsonl", [json.dumps(line) for line in (first, *lines)])
    if complete:
        (path / "complete.json").write_text(json.dumps(dict(zip(("listed", "urls"), complete))))
    return path


def fake_shard(out, number, count, indices=None, **how):
    """A shard of the list whose line I is http://h.example/I.png, of 40 lines."""
    lines = [fake_line(i) for i in indices or range(1, 41)]
    own = [line for line in lines if shard_of(line["url"], count) == number or indices]
    how.setdefault("complete", (40, len(own)))
    return fake(shard_directory(out, number, count), own, (number, count), **how)


def test_ranges(out):
    """Goal: many missing shards are told in ranges."""
    for number in (1, 2, 4, 8, 10):
        fake_shard(out, number, 11)
    fake_shard(out, 5, 11, complete=None)
    fake_shard(out, 6, 11, complete=None)
    result = run("merge", out)
    assert numbers(result, "missing") == "3, 7, 9, 11" and numbers(result, "incomplete") == "5-6", result


def test_other_ways_to_be_incomplete(out):
    """Goal: a manifest that has fewer URLs than its run, and a shard of an older, shorter list, are incomplete."""
    fake_shard(out, 1, 3)
    fake_shard(out, 2, 3, complete=(40, 99))
    fake_shard(out, 3, 3, complete=(39, 0))
    result = run("merge", out)
    assert result.code == 1 and numbers(result, "incomplete") == "2-3", result
    assert "of its 99 URLs" in result.err and "its list had 39 rows and that of another shard 40" in result.err


def test_misplaced(out):
    """Goal: URLs that are in the wrong shard, and so perhaps twice, are told of."""
    fake_shard(out, 1, 2, indices=range(1, 41))
    fake_shard(out, 2, 2)
    wrong = sum(shard_of(fake_line(i)["url"], 2) == 2 for i in range(1, 41))
    result = run("merge", out)
    assert f"{wrong} URLs stand in shards that they do not belong to" in result.err, result


def test_by_host(edgefetch, faults, out):
    """Goal: shards by host are merged; none of their URLs is misplaced, rows that are no URLs included."""
    faults.add("/a.png", pages.good(pictures.png()))
    urls = [f"http://h{i}.example:{faults.port}/a.png" for i in range(8)]
    for number in (1, 2):
        where = ("--shard", f"{number}/2", "--shard-by", "host", "--connect-to", f"::127.0.0.1:{faults.port}")
        edgefetch(*where, "-", input="\n".join([*urls, "nonsense", "x" * 70000]))
    result = run("merge", out)
    assert result.code == 1 and result.sums["ok"] == 8 and result.sums["failed"] == 2, result
    assert "do not belong" not in result.err and merged(out)[0]["merged"]["by"] == "host"


def test_foreign_lines(out):
    """Goal: fields that this version does not know stay, byte for byte, also what only looks like a path; a torn last
    line and what is no line are left out with a warning that names the directory."""
    odd = (
        '{"x":{"path":"original/a"},"columns":{"path":"original/1.png","k\\"path":"p"},"url":"http://h.example/1.png", '
        '"status" : "ok","original":{"path" :\t"original/1.png","bytes":3,"r":0.10}, "edges":[ {"path":"edges/1.png"},'
        '{}, {"n":[{"path":"no"}],"path":"edges/2.png"}],"resized":{"path":""},"later":1e3,"quarantine":"quarantine/a"}'
    )
    fake(out / "one", [])
    with open(out / "one" / "manifest.jsonl", "a", encoding="ascii") as file:
        file.write(odd + '\n{"no": "url"}\nnonsense\n{"url":"http://h.example/2.png","sta')
    result = run("merge", "-o", out, out / "one")
    assert result.code == 0 and result.sums["ok"] == 1, result
    assert f"{out}/one/manifest.jsonl: the last line is not whole" in result.err
    assert f"{out}/one/manifest.jsonl: 2 lines are not edgefetch's" in result.err
    (line,) = merged(out)[1]
    for path in ("original/1.png\",\"bytes", "edges/1.png", "edges/2.png", "quarantine/a"):
        odd = odd.replace(f'"{path}', f'"one/{path}')
    assert line.decode() == odd + "\n"


def test_runs_that_are_no_shards(edgefetch, faults, out, tmp_path):
    """Goal: directories of runs are merged, wherever they are below the manifest's; of a URL that two of them have, the
    first one's line is taken."""
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(3)]
    one, two = out / "a" / "one", out / "two"
    assert edgefetch("-o", one, *urls[:2]).code == 0
    assert edgefetch("-o", two, *urls[1:]).code == 0
    result = run("merge", "--json", "-o", out / "manifest.jsonl", f"{two}/", one)
    assert result.code == 0 and result.sums["ok"] == 3 and "1 URL is in several directories" in result.err, result
    assert merged(out)[0]["merged"] == {"from": ["two/", "a/one/"]}
    assert [line.encode() for line in result.out.splitlines(keepends=True)] == merged(out)[1]
    assert manifest(out)[urls[1]]["original"]["path"].startswith("two/original/")
    verified = run("verify", out)
    assert verified.code == 0 and "6 files verified, 0 missing, 0 different; 2 unknown" in verified.out, verified


def test_shards_of_several_machines(run_shards, urls, out):
    """Goal: shards that stand in different directories are merged above them."""
    run_shards()
    for number in range(1, SHARDS + 1):
        (out / f"node{number}").mkdir()
        shutil.move(shard_directory(out, number), out / f"node{number}")
    result = run("merge", "-o", out, *(out / f"node{number}" for number in range(1, SHARDS + 1)))
    assert result.code == 1 and result.sums["ok"] == len(urls) - 1, result
    assert merged(out)[0]["merged"]["from"] == ["node1/", "node2/", "node3/"]
    assert run("verify", "--strict", out).code == 0


def test_only_read(run_shards, faults, urls, out):
    """Goal: a merged manifest is not added to: runs, retry and repair refuse, and say what to do."""
    run_shards()
    run("merge", out)
    before = (out / "manifest.jsonl").read_bytes()
    for command in (("retry", out), ("verify", "--repair", out), ("-o", out, "--allow-private", urls[0])):
        result = run(*command)
        assert result.code == 4 and "is merged" in result.err and "DIR/shard-00001-of-00100" in result.err, result
    assert (out / "manifest.jsonl").read_bytes() == before


def with_map(low):
    return [fake_line(low, edges=[{"detector": "canny", "low": low, "path": "edges/a.png"}])]


REFUSED = {
    "other counts": (lambda o: (fake_shard(o, 1, 2), fake_shard(o, 1, 3), [o])[2], "shards of different counts"),
    "by host too": (lambda o: (fake_shard(o, 1, 2), fake_shard(o, 2, 2, by="host"), [o])[2], "by URL and by host"),
    "a shard and none": (lambda o: ["-o", o, fake_shard(o, 1, 2), fake(o / "a", [])], "are a shard and none"),
    "a shard twice": (
        lambda o: ["-o", o, fake_shard(o / "x", 1, 2), fake_shard(o / "y", 1, 2)], "are the same shard or directory",
    ),
    "a directory twice": (lambda o: ["-o", o, fake(o / "a", []), o / "a"], "are the same shard or directory"),
    "renamed": (lambda o: ["-o", o, fake(o / "b", [], (1, 2))], "is shard 1 of 2, and not called shard-00001-of-00002"),
    "other options": (
        lambda o: ["-o", o, fake(o / "a", with_map(1)), fake(o / "b", with_map(2))],
        "b was made with other options than",
    ),
    "no -o": (lambda o: [fake(o / "a", []), fake(o / "b", [])], "Give -o DIR"),
    "one run, no -o": (lambda o: [fake(o / "a", [])], "Give -o DIR"),
    "elsewhere": (lambda o: ["-o", fake(o / "a" / "b", []).parent, fake(o / "c", [])], "choose an -o that holds all"),
    "over a run's": (lambda o: (fake_shard(o, 1, 1), fake(o, []), [o])[2], "is there and no merged manifest"),
    "merged already": (
        lambda o: ["-o", o, fake(o / "a", [], head={"merged": {}})], "give the directories that it was merged from",
    ),
    "nothing": (lambda o: [], "merge what?"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(out, case):
    """Goal: what does not belong together, or has no place, is exit 2 with the reason, and nothing is written."""
    make, message = REFUSED[case]
    arguments = make(out)
    before = set(out.rglob("*")) if out.exists() else set()
    result = run("merge", *arguments)
    assert result.code == 2 and message in result.err, result
    assert (set(out.rglob("*")) if out.exists() else set()) == before


def test_unreadable(out, tmp_path):
    """Goal: a directory that is not there, one without a manifest, a newer schema and a target in no directory are
    exit 4."""
    (out / "empty").mkdir(parents=True)
    for arguments, message in (
        (["-o", out, out / "none"], "No such file or directory"),
        (["-o", out, out / "empty"], "has no manifest.jsonl"),
        (["-o", out, fake(out / "new", [], head={"schema": 2})], "has schema 2"),
        (["-o", tmp_path / "no" / "such", fake(out / "a", [])], "No such file or directory"),
    ):
        result = run("merge", *arguments)
        assert result.code == 4 and message in result.err, result


def peak_of_merge(out, scratch, count):
    """The largest resident memory, in KiB, of a merge of shards of so many URLs."""
    edges = [{"detector": "neighbor", "threshold": 30, "path": "edges/a.png", "bytes": 3, "sha256": "0" * 64}]
    shards = {number: [] for number in range(1, SHARDS + 1)}
    for i in range(1, count + 1):
        line = fake_line(i, edges=edges, width=3, height=2)
        shards[shard_of(line["url"])].append(line)
    for number, lines in shards.items():
        fake(shard_directory(out, number), lines, (number, SHARDS), complete=(count, len(lines)))
    scratch.mkdir()
    background = Background(("merge", out), scratch)
    peak, process = 0, Process(background.pid)
    while background.process.poll() is None:
        try:
            peak = max(peak, process.status("VmHWM"))
        except (FileNotFoundError, ProcessLookupError):
            break
    result = background.wait()
    assert result.code == 0 and result.sums["ok"] == count, result
    lines = merged(out)[1]
    assert len(lines) == count and error_code(json.loads(lines[-1])) == "ok"
    return peak


@pytest.mark.skipif(SLOW, reason="a sanitizer's memory is not the program's")
def test_memory(tmp_path):
    """Goal: memory does not follow the lines, of which each has three hundred bytes."""
    few, many = 3000, 33000
    less = peak_of_merge(tmp_path / "few", tmp_path / "few-scratch", few)
    more = peak_of_merge(tmp_path / "many", tmp_path / "many-scratch", many)
    assert 0 < less and more - less < 6 * 1024, (less, more)
