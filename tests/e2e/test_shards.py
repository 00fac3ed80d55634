# SPDX-License-Identifier: MIT
"""A list that several runs share: --shard, and what batch engines tell their tasks."""

import gzip
import hashlib
import json
import random
import shutil
import signal
import threading

import pytest

import pages
import pictures
from runner import codes, manifest, run, wait_until, write_list

PNG = pictures.png()

# What engines set must not come from where the tests run.
NO_ENGINE = (
    "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP", "SLURM_ARRAY_TASK_COUNT",
    "JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", "PARALLEL_SEQ",
    "EDGEFETCH_SHARD", "EDGEFETCH_SHARDS",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_engine(monkeypatch):
    for name in NO_ENGINE:
        monkeypatch.delenv(name, raising=False)


def directory(out, number, count):
    return out / f"shard-{number:05}-of-{count:05}"


def shard_of(text, count):
    """The number of the shard, by the rule that edgefetch(1) tells."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % count + 1


def test_union(edgefetch, faults, out, tmp_path):
    """Goal: every URL is in one shard, that of its hash, and has the name that it has without shards;
    each shard counts its own."""
    urls = [faults.add(f"/{i}.png", pages.good(PNG)) for i in range(40)]
    bad = ["nonsense", "http://" + "x" * 70000]
    lines = [*urls[:6], *bad, *urls, urls[3]]
    path = write_list(tmp_path / "list", lines)
    seen = {}
    for number in (1, 2, 3):
        result = edgefetch("--shard", f"{number}/3", path)
        assert "in other shards" in result.out
        found = manifest(directory(out, number, 3))
        assert sum(result.sums.values()) == len(found)
        assert not seen.keys() & found.keys()
        assert sorted(line["index"] for line in found.values()) == list(range(1, len(found) + 1))
        seen.update(found)
        for url in urls:
            assert (url in found) == (shard_of(url, 3) == number)
    assert edgefetch(path).code == 1
    whole = manifest(out)
    assert seen.keys() == whole.keys() and len(whole) == len(urls) + len(bad)
    for url, line in whole.items():
        assert line.get("original") == seen[url].get("original")


@pytest.mark.parametrize("seed", range(4))
def test_by_host(edgefetch, faults, out, tmp_path, seed):
    """Goal: with --shard-by host no host is asked from two shards, however it is written."""
    source = random.Random(seed)
    faults.add("/a.png", pages.good(PNG))
    hosts = [f"h{source.randrange(9)}.example" for _ in range(9)]
    urls = sorted({
        f"http://{source.choice((host, host.upper(), host + '.'))}:{port}/a.png?{i}"
        for i, host in enumerate(hosts * 2) for port in (faults.port, 81)
    })  # fmt: skip
    path = write_list(tmp_path / "list", urls)
    asked = {}
    for number in (1, 2, 3):
        divided = ("--shard", f"{number}/3", "--shard-by", "host")
        result = edgefetch(*divided, "--connect-to", f"::127.0.0.1:{faults.port}", path)
        assert result.code == 0, result
        for url in manifest(directory(out, number, 3)):
            host = url.split("/")[2].split(":")[0].lower().rstrip(".")
            assert asked.setdefault(host, number) == number == shard_of(host, 3)
    assert set(asked) == set(hosts)


def test_directory_of_a_shard(edgefetch, faults, out, tmp_path):
    """Goal: a shard has its directory and tells of itself in its manifest; retry, verify and report
    work on it."""
    url = faults.add("/a.png", pages.status(404))
    assert edgefetch("--shard", "1/1", "--shard-by", "url", url).code == 1
    where = directory(out, 1, 1)
    header = json.loads((where / "manifest.jsonl").read_text().splitlines()[0])
    assert header["shard"] == {"number": 1, "count": 1, "by": "url"}
    assert [p.name for p in out.iterdir()] == ["shard-00001-of-00001"]
    faults.add("/a.png", pages.good(PNG))
    assert run("retry", "--allow-private", where).code == 0
    assert codes(where) == {url: "ok"}
    assert run("verify", where).code == 0
    assert run("report", where, "--report", tmp_path / "report.html").code == 0
    again = edgefetch("--shard", "1/1", url)
    assert again.code == 0 and again.sums["skipped"] == 1


AUTO = {
    "EDGEFETCH_SHARD": ({"EDGEFETCH_SHARD": "2/3", "SLURM_ARRAY_TASK_ID": "9"}, (2, 3)),
    "Slurm": (
        {
            "SLURM_ARRAY_TASK_ID": "14", "SLURM_ARRAY_TASK_MIN": "10", "SLURM_ARRAY_TASK_MAX": "18",
            "SLURM_ARRAY_TASK_STEP": "4", "SLURM_ARRAY_TASK_COUNT": "3",
        },
        (2, 3),
    ),
    "Kubernetes": ({"JOB_COMPLETION_INDEX": "0", "EDGEFETCH_SHARDS": "4"}, (1, 4)),
    "AWS Batch": ({"AWS_BATCH_JOB_ARRAY_INDEX": "2", "AWS_BATCH_JOB_ARRAY_SIZE": "3"}, (3, 3)),
    "parallel": ({"PARALLEL_SEQ": "1", "EDGEFETCH_SHARDS": "2"}, (1, 2)),
}  # fmt: skip


@pytest.mark.parametrize("engine", AUTO)
def test_auto(edgefetch, faults, out, engine):
    """Goal: --shard auto takes number and count from the engine's variables."""
    variables, shard = AUTO[engine]
    urls = [faults.add(f"/{i}.png", pages.good(PNG)) for i in range(8)]
    result = edgefetch("--shard", "auto", "-", input="\n".join(urls), env=variables)
    assert result.code == 0, result
    assert set(codes(directory(out, *shard))) == {u for u in urls if shard_of(u, shard[1]) == shard[0]}


REFUSED = {
    ("0/4",): "must have a K from 1 to 4: shards count from 1",
    ("5/4",): "must have a K from 1 to 4: shards count from 1",
    ("1/0",): "must have an N from 1 to 99999",
    ("1/100000",): "must have an N from 1 to 99999",
    ("3",): "must be K/N, such as 3/100, or auto",
    ("1/2x",): "must be K/N, such as 3/100, or auto",
    ("99999999999/2",): "must be K/N, such as 3/100, or auto",
    ("auto",): "needs a task of a Slurm array, a Kubernetes Indexed Job, an AWS Batch array or GNU "
    "parallel, or EDGEFETCH_SHARD=K/N",
    ("auto", "EDGEFETCH_SHARD=0/2"): "EDGEFETCH_SHARD must have a K from 1 to 2: shards count from 1",
    ("auto", "JOB_COMPLETION_INDEX=1"): "Kubernetes tells the number of the task, not of how many it "
    "is one; set EDGEFETCH_SHARDS to that, from 1 to 99999",
    ("auto", "JOB_COMPLETION_INDEX=4", "EDGEFETCH_SHARDS=4"): "task 4 of Kubernetes is none of 4 from 0 "
    "in steps of 1; set EDGEFETCH_SHARD to K/N",
    ("auto", "SLURM_ARRAY_TASK_ID=7", "SLURM_ARRAY_TASK_MIN=1", "SLURM_ARRAY_TASK_COUNT=3"): "task 7 of "
    "Slurm is none of 3 from 1 in steps of 1; set EDGEFETCH_SHARD to K/N",
    ("auto", "SLURM_ARRAY_TASK_ID=x\x1b"): "SLURM_ARRAY_TASK_ID is 'x\\u{1B}', which is no number",
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: " ".join(case).replace("\x1b", "ESC"))
def test_refused(edgefetch, out, case):
    """Goal: what is no shard is an error of the command line that says what is right."""
    result = edgefetch("--shard", case[0], "http://h/", env=dict(v.split("=", 1) for v in case[1:]))
    assert result.code == 2 and REFUSED[case] in result.err, result
    assert "--shard" in result.err and not out.exists()


def test_shard_by_alone(edgefetch, out):
    """Goal: --shard-by without --shard is an error."""
    result = edgefetch("--shard-by", "host", "http://h/")
    assert result.code == 2 and "add that" in result.err, result


@pytest.mark.parametrize(
    "number,options,code",
    (
        (signal.SIGTERM, ("--shard", "1/1"), 75),
        (signal.SIGINT, ("--shard", "1/1"), 130),
        (signal.SIGTERM, (), 130),
    ),
)
def test_taken_away(start, edgefetch, faults, out, number, options, code):
    """Goal: a shard that an engine takes its machine from (SIGTERM) asks to be tried again, and the next
    attempt does the rest alone; another run, and one that a person stops, do not."""
    gate = threading.Event()
    urls = [faults.add(f"/{i}.png", pages.good(PNG, gate=gate)) for i in range(6)]
    background = start("-l", "2", *options, *urls)
    wait_until(lambda: faults.in_flight() == 2, "two downloads are in flight")
    background.signal(number)
    wait_until(lambda: "stopping" in background.err, "the signal has been seen")
    gate.set()
    result = background.wait()
    assert result.code == code, result
    assert result.sums == {"ok": 2, "failed": 0, "skipped": 0, "cancelled": 4}
    again = edgefetch(*options, *urls)
    assert again.code == 0 and again.sums == {"ok": 4, "failed": 0, "skipped": 2, "cancelled": 0}
    assert len(faults.requests) == 6


def complete(out):
    path = directory(out, 1, 1) / "complete.json"
    return {k: v for k, v in json.loads(path.read_text()).items() if k != "edgefetch"} if path.exists() else None


def test_complete(start, edgefetch, faults, out):
    """Goal: a shard notes that it has come to the end of its list; a run that was killed, interrupted or has given up
    has not, whatever the one before noted; retry does not change it."""
    urls = [faults.add("/a.png", pages.good(PNG)), faults.url("/none.png"), faults.add("/slow.png", pages.never)]
    shard = ("--shard", "1/1")
    assert edgefetch(*shard, *urls[:2]).code == 1
    assert complete(out) == {"listed": 2, "urls": 2}
    for number in (signal.SIGKILL, signal.SIGTERM):
        asked = faults.count("/slow.png")
        background = start(*shard, *urls)
        wait_until(lambda: faults.count("/slow.png") > asked, "the picture that never comes is asked for")
        assert complete(out) is None
        background.signal(number)
        if number == signal.SIGTERM:
            wait_until(lambda: "stopping" in background.err, "the signal has been seen")
            background.signal(number)
        background.wait()
        assert complete(out) is None
    assert edgefetch(*shard, "--on-error", "abort", *urls[:2]).code == 3
    assert run("retry", "--allow-private", "--only", "4xx", directory(out, 1, 1)).code == 1
    assert complete(out) is None
    assert edgefetch(*shard, *urls[:2]).code == 1
    assert run("retry", "--allow-private", "--only", "4xx", directory(out, 1, 1)).code == 1
    assert complete(out) == {"listed": 2, "urls": 2}


@pytest.mark.parametrize("options,code", ((("--shard", "1/1"), 75), ((), 4)))
def test_surroundings_that_fail(start, faults, out, options, code):
    """Goal: a shard whose surroundings fail under it asks to be tried again."""
    gate = threading.Event()
    url = faults.add("/a.png", pages.good(PNG, gate=gate))
    background = start(*options, url)
    wait_until(lambda: faults.count("/a.png") == 1, "the picture is asked for")
    shutil.rmtree(out)
    gate.set()
    assert background.wait().code == code


@pytest.mark.parametrize("shard,code", ((("--shard", "1/1"), 75), ((), 4)))
def test_another_attempt(start, edgefetch, faults, shard, code):
    """Goal: a shard that another attempt is at work on asks to be tried again, and leaves what that does
    alone; another run does not ask."""
    gate = threading.Event()
    urls = [faults.add(f"/{i}.png", pages.good(PNG, gate=gate)) for i in range(3)]
    first = start(*shard, *urls)
    wait_until(lambda: faults.in_flight() == 3, "the first attempt is at work")
    second = edgefetch(*shard, *urls)
    assert second.code == code and f"another run (process {first.pid})" in second.err, second
    assert "wait for its end, or give this one another directory" in second.err, second
    gate.set()
    assert first.wait().code == 0
    assert edgefetch(*shard, *urls).sums["skipped"] == 3
    assert len(faults.requests) == 3


def test_what_no_other_attempt_cures(edgefetch, faults, tmp_path):
    """Goal: a shard whose list is damaged, or whose output cannot be made, does not ask to be tried
    again."""
    path = tmp_path / "list.gz"
    path.write_bytes(gzip.compress(faults.add("/a.png", pages.good(PNG)).encode())[:-4])
    damaged = edgefetch("--shard", "1/1", path)
    assert damaged.code == 4 and "ends too early" in damaged.err, damaged
    assert edgefetch("--shard", "1/1", "-o", "/proc/no/such", "http://h/").code == 4
