# SPDX-License-Identifier: MIT
"""`--package tar`: samples in tar files, as WebDataset has them; killed, repeated, verified."""

import io
import json
import os
import random
import signal
import subprocess
import tarfile
import threading
import time

import pytest
from PIL import Image

import pages
import pictures
import reference
from runner import PATIENCE, codes, manifest, run, wait_until, write_list

KILLS, URLS, PER_PACKAGE = 5, 40, 7


def served(faults, count, **how):
    return [faults.add(f"/{i}.png", pages.good(pictures.png(40 + i, 30, i), **how)) for i in range(count)]


def package(*args, per_package=PER_PACKAGE):
    return ("--package", "tar", "--samples-per-package", per_package, *args)


def members(path):
    """(name, bytes) of a package, in order."""
    with tarfile.open(path) as tar:
        return [(member.name, tar.extractfile(member).read()) for member in tar]


def samples(path):
    """{key: {extension: bytes}} by WebDataset's rule: a key ends at the first dot."""
    found = {}
    for name, data in members(path):
        key, _, extension = name.partition(".")
        found.setdefault(key, {})[extension] = data
    return found


def packages(out):
    """The bytes of every file of the packages."""
    return {path.name: path.read_bytes() for path in (out / "packages").iterdir()}


def members_of_all(out):
    return [member for path in sorted((out / "packages").glob("*.tar")) for member in members(path)]


def indices(path):
    return [json.loads(sample["json"])["index"] for sample in samples(path).values()]


def test_a_package(edgefetch, faults, out, tmp_path):
    """Goal: picture, map and line of every sample, in this order and that of the list although they came in another,
    with headers that tell of nobody and no time; an index of the members; tar(1) reads it; nothing else is left."""
    bodies = [pictures.png(40 + i, 30, i) for i in range(3)]
    urls = [faults.add(f"/{i}.png", pages.good(body, delay=(3 - i) * 0.05)) for i, body in enumerate(bodies)]
    assert edgefetch(*package("-t", 90, write_list(tmp_path / "list", urls))).code == 0
    path = out / "packages" / "000000.tar"
    lines = [manifest(out)[url] for url in urls]
    keys = [line["original"]["path"].partition("#")[2].partition(".")[0] for line in lines]
    assert [name for name, _ in members(path)] == [
        f"{key}.{extension}" for key in keys for extension in ("png", "edges.png", "json")
    ]
    for body, sample, line in zip(bodies, samples(path).values(), lines):
        assert sample["png"] == body
        assert (pictures.rgb(sample["edges.png"])[..., 0] == reference.neighbor(pictures.rgb(body), 90)).all()
        told = json.loads(sample["json"])
        assert told == {key: line[key] for key in told if key != "http"} | {"http": told["http"]}
        assert told["width"] == line["width"] and told["original"]["sha256"] == line["original"]["sha256"]
    with tarfile.open(path) as tar:
        assert {(m.mtime, m.uid, m.gid, m.mode, m.uname, m.isreg()) for m in tar} == {(0, 0, 0, 0o644, "", True)}
    data = path.read_bytes()
    for line, (name, content) in zip((out / "packages" / "000000.idx").read_text().splitlines(), members(path)):
        offset, size, told = line.split("\t")
        assert told == name and data[int(offset) : int(offset) + int(size)] == content
    assert len(data) % 512 == 0 and data.endswith(bytes(1024))
    listed = subprocess.run(["tar", "tf", path], capture_output=True, text=True, check=True)
    assert listed.stdout.split() == [name for name, _ in members(path)] and not listed.stderr
    assert {path.name for path in out.iterdir()} == {"packages", "manifest.jsonl"}


def test_packages_by_index(edgefetch, faults, out):
    """Goal: a package has the samples of so many lines of the list; those that failed are missing from it; a second run
    asks for nothing but these and changes no package."""
    urls = served(faults, 8)
    faults.add("/3.png", pages.status(404))
    result = edgefetch(*package(*urls, per_package=3))
    assert result.code == 1 and result.sums["ok"] == 7, result
    found = {path.name: indices(path) for path in (out / "packages").glob("*.tar")}
    assert found == {"000000.tar": [1, 2, 3], "000001.tar": [5, 6], "000002.tar": [7, 8]}
    before, asked = packages(out), len(faults.requests)
    result = edgefetch(*package(*urls, per_package=3))
    assert result.code == 1 and result.sums["skipped"] == 7, result
    assert packages(out) == before and len(faults.requests) == asked + 1


def test_columns(edgefetch, faults, out, tmp_path):
    """Goal: what the list has beside a URL, a caption say, is in its sample."""
    urls = served(faults, 2)
    rows = ["url,caption", *(f'{url},"a ""cat"", {i}"' for i, url in enumerate(urls))]
    assert edgefetch(*package("--url-column", "url", write_list(tmp_path / "list.csv", rows))).code == 0
    told = [json.loads(sample["json"]) for sample in samples(out / "packages" / "000000.tar").values()]
    assert [line["columns"] for line in told] == [{"caption": f'a "cat", {i}'} for i in range(2)]


def test_of_a_shard(edgefetch, faults, out):
    """Goal: packages of a shard carry its number, also those that `retry` makes, and are known to verify and to the next
    run."""
    urls = served(faults, 12)
    faults.add("/3.png", pages.status(404))
    for number in (1, 2):
        edgefetch("--shard", f"{number}/2", *package(*urls, per_package=6))
    failed = next(path for path in out.iterdir() if urls[3] in manifest(path))
    served(faults, 12)
    assert run("retry", "--allow-private", *package(failed, per_package=6)).code == 0
    found = {}
    for path in sorted(out.iterdir()):
        number = path.name.split("-")[1]
        for package_path in (path / "packages").glob("*.tar"):
            assert package_path.name.startswith(f"shard-{number}-00000"), package_path
            assert package_path.with_suffix(".idx").exists() and package_path.name not in found
            found[package_path.name] = [json.loads(sample["json"])["url"] for sample in samples(package_path).values()]
        assert run("verify", "--strict", path).code == 0
        again = edgefetch("--shard", f"{int(number)}/2", *package(*urls, per_package=6))
        assert again.code == 0 and again.sums["ok"] == 0, again
    assert sorted(url for packed in found.values() for url in packed) == sorted(urls)
    (late,) = [name for name, packed in found.items() if urls[3] in packed]
    assert late.startswith(failed.name[:11])


@pytest.mark.parametrize("how", ("again", "retry"))
def test_later_samples(edgefetch, faults, out, how):
    """Goal: what comes when its package is made goes into one of its own; also by `retry`, whose samples go where their
    indices say."""
    urls = served(faults, 6)
    for i in (1, 4):
        faults.add(f"/{i}.png", pages.status(404))
    edgefetch(*package(*urls, per_package=3))
    before = packages(out)
    served(faults, 6)
    if how == "again":
        result = edgefetch(*package(*urls, per_package=3))
    else:
        result = run("retry", "--allow-private", *package(out, per_package=3))
    assert result.code == 0 and result.sums["ok"] == 2, result
    after = packages(out)
    assert before.items() <= after.items() and len(after) == len(before) + 4
    assert indices(out / "packages" / "000000-1.tar") == [2] and indices(out / "packages" / "000001-1.tar") == [5]
    assert run("verify", "--strict", out).code == 0


def test_made_while_the_run_goes_on(start, faults, out):
    """Goal: a package is there as soon as its last URL is finished, whole, while the run goes on."""
    gate = threading.Event()
    urls = served(faults, 4)
    urls.append(faults.add("/slow.png", pages.good(pictures.png(seed=9), gate=gate)))
    background = start(*package(*urls, per_package=2))
    for name in ("000000", "000001"):
        wait_until(lambda: (out / "packages" / f"{name}.tar").exists(), f"{name}.tar is there")
        assert len(samples(out / "packages" / f"{name}.tar")) == 2
    assert not (out / "packages" / "000002.tar").exists() and background.process.poll() is None
    gate.set()
    assert background.wait().code == 0
    assert len(samples(out / "packages" / "000002.tar")) == 1


def test_killed_as_if_never(start, edgefetch, faults, out, tmp_path):
    """Goal: however often a run is killed, in the end the packages are those of an undisturbed run, byte for byte, and
    nothing that was done was asked for again."""
    urls = served(faults, URLS, delay=0.004)
    faults.add("/11.png", pages.status(404))
    options = package("-w", "2", write_list(tmp_path / "list", urls))
    chance = random.Random(11)
    asked = {}  # requests for each URL when it was found done
    for _ in range(KILLS):
        background = start(*options)
        time.sleep(chance.random() * 0.15 * PATIENCE)
        background.signal(signal.SIGKILL)
        background.wait()
        for path in (out / "packages").glob("*.tar"):
            samples(path)  # it is whole
        for url in (url for url, code in codes(out).items() if code == "ok") if (out / "manifest.jsonl").exists() else ():
            asked.setdefault(url, faults.count("/" + url.rpartition("/")[2]))
    assert edgefetch(*options).code == 1
    for url, count in asked.items():
        assert faults.count("/" + url.rpartition("/")[2]) == count, url
    assert edgefetch("-o", tmp_path / "once", *options).code == 1
    assert packages(out) == packages(tmp_path / "once") and len(packages(out)) == 2 * 6
    assert {path.name for path in out.iterdir()} == {"packages", "manifest.jsonl"}
    assert run("verify", "--strict", out).code == 0


def killed_with_one_waiting(start, faults, out):
    """A run that was killed with the sample of the first of two URLs in the spool; the URLs."""
    gate = threading.Event()
    urls = [*served(faults, 1), faults.add("/slow.png", pages.good(pictures.png(seed=9), gate=gate))]
    background = start(*package(*urls))
    wait_until(lambda: (out / "manifest.jsonl").exists() and len(codes(out)) == 1, "the first one is done")
    background.signal(signal.SIGKILL)
    background.wait()
    gate.set()
    return urls


def test_what_waits_is_done(start, edgefetch, faults, out):
    """Goal: a sample whose package is not made is verified where it is, and done for the next run, which packs it."""
    urls = killed_with_one_waiting(start, faults, out)
    assert run("verify", out).out.startswith("2 files verified, 0 missing")
    result = edgefetch(*package(*urls))
    assert result.code == 0 and result.sums["skipped"] == 1, result
    assert faults.count("/0.png") == 1
    assert indices(out / "packages" / "000000.tar") == [1, 2]


def test_what_waits_undone(start, edgefetch, faults, out):
    """Goal: what was written but not told of before a kill is not in the package when its URL fails the next time."""
    urls = killed_with_one_waiting(start, faults, out)
    path = out / "manifest.jsonl"
    path.write_bytes(path.read_bytes().split(b"\n")[0] + b"\n")
    faults.add("/0.png", pages.status(404))
    assert edgefetch(*package(*urls)).code == 1
    assert indices(out / "packages" / "000000.tar") == [2]


def test_made_and_still_waiting(edgefetch, faults, out):
    """Goal: samples that a kill has left waiting behind their package are not packed again."""
    urls = served(faults, 2)
    edgefetch(*package(*urls))
    before = packages(out)
    (out / ".spool" / "000000").mkdir(parents=True)
    second = before["000000.idx"].splitlines()[3].split(b"\t")
    (out / ".spool" / "000000" / "000000000001-left").write_bytes(before["000000.tar"][: int(second[0]) - 512])
    assert edgefetch(*package(*urls)).sums["skipped"] == 2
    assert packages(out) == before and not (out / ".spool").exists()


def test_interrupted_between_two(start, faults, out):
    """Goal: a package of which one URL was cancelled is not made, although the others are finished and the run goes on."""
    gates = [threading.Event(), threading.Event()]
    first, waiting = (faults.add(f"/{name}.png", pages.good(pictures.png(), gate=gates[0])) for name in ("first", "waiting"))
    last = faults.add("/last.png", pages.good(pictures.png(), gate=gates[1]), host="127.0.0.2")
    background = start("--per-host", "1", *package(first, waiting, last, per_package=2))
    wait_until(lambda: faults.in_flight() == 2, "one of each host waits for its gate")
    background.signal(signal.SIGINT)
    wait_until(lambda: "stopping" in background.err, "the signal has been seen")
    gates[0].set()
    wait_until(lambda: codes(out).get(first) == "ok", "the first one is told of")
    gates[1].set()
    assert background.wait().code == 130
    assert codes(out) == {first: "ok", waiting: "cancelled", last: "ok"}
    assert packages(out) == {}


def test_interrupted(start, edgefetch, faults, out):
    """Goal: an interrupt leaves samples waiting rather than a package that lacks some; the same command makes it whole."""
    gate = threading.Event()
    urls = [*served(faults, 1), *(faults.add(f"/slow{i}.png", pages.good(pictures.png(seed=i), gate=gate)) for i in range(3))]
    background = start("-l", "2", *package(*urls))
    wait_until(lambda: faults.in_flight() == 2 and faults.count("/0.png") == 1, "two wait for the gate")
    background.signal(signal.SIGINT)
    wait_until(lambda: "stopping" in background.err, "the signal has been seen")
    gate.set()
    assert background.wait().code == 130
    assert packages(out) == {}
    result = edgefetch(*package(*urls))
    assert result.code == 0 and result.sums["skipped"] == 3, result
    assert indices(out / "packages" / "000000.tar") == [1, 2, 3, 4]


def test_pairs_of_equal_size(edgefetch, faults, out):
    """Goal: with --save-resized the picture of a sample is the resized one, as large as each of its maps, which are named
    by their detectors when there are several."""
    (url,) = served(faults, 1)
    options = ("--resize", "16x16", "--fit", "cover", "--save-resized", "-d", "canny,sobel")
    assert edgefetch(*package(*options, url)).code == 0
    (sample,) = samples(out / "packages" / "000000.tar").values()
    assert list(sample) == ["png", "canny.png", "sobel.png", "json"]
    assert {Image.open(io.BytesIO(sample[name])).size for name in list(sample)[:3]} == {(16, 16)}
    assert edgefetch(*package(*options, url)).sums["skipped"] == 1


def test_keys_have_no_dots(edgefetch, faults, out, tmp_path):
    """Goal: names are keys up to their first dot, so they have none; two that become the same stay apart; names of more
    than 100 bytes are whole."""
    long = "n" * 158
    lines = [f"{url}\t{name}" for url, name in zip(served(faults, 4), ("a.b.c", "a_b_c", "é.v2", long))]
    assert edgefetch(*package(write_list(tmp_path / "list", lines))).code == 0
    keys = list(samples(out / "packages" / "000000.tar"))
    assert keys[0] == "a_b_c" and keys[1].startswith("a_b_c-") and keys[2:] == ["é_v2", long]
    listed = subprocess.run(["tar", "tf", out / "packages" / "000000.tar"], capture_output=True, text=True, check=True)
    assert f"{long}.edges.png" in listed.stdout.split()
    assert run("verify", "--strict", out).code == 0
    assert edgefetch(*package(tmp_path / "list")).sums["skipped"] == 4


def test_verify_a_damaged_package(edgefetch, faults, out):
    """Goal: one changed byte is told of with its member, a package that is gone with all of its members; repairing makes
    it anew."""
    urls = served(faults, 2)
    edgefetch(*package(*urls, per_package=1))
    path = out / "packages" / "000000.tar"
    data = path.read_bytes()
    path.write_bytes(data[:600] + bytes([data[600] ^ 1]) + data[601:])
    result = run("verify", out)
    assert result.code == 1 and "1 different" in result.out, result
    assert manifest(out)[urls[0]]["original"]["path"] in result.out
    path.unlink()
    assert "2 missing" in run("verify", out).out
    result = run("verify", "--repair", "--allow-private", *package(out, per_package=1))
    assert result.code == 0, result
    assert path.read_bytes() == data and run("verify", "--strict", out).code == 0


def test_files_are_no_packages(edgefetch, faults, out):
    """Goal: what was done as files is done again for packages, and not the other way round; maps can be made from
    packaged originals."""
    (url,) = served(faults, 1)
    assert edgefetch(url).sums["ok"] == 1
    assert edgefetch(*package(url)).sums["ok"] == 1
    assert edgefetch(url).sums["skipped"] == 1
    asked = len(faults.requests)
    assert edgefetch("--stage", "process", "-d", "sobel", url).sums["ok"] == 1
    assert len(faults.requests) == asked
    assert (out / manifest(out)[url]["edges"][0]["path"]).exists()


def test_process_from_packages(edgefetch, faults, out, tmp_path):
    """Goal: originals come out of more packages than are remembered, by several threads at once, each the right one."""
    urls = served(faults, 14)
    assert edgefetch(*package(*urls, per_package=2)).code == 0
    asked = len(faults.requests)
    assert edgefetch("--stage", "process", "-d", "sobel", *urls).sums["ok"] == 14
    assert len(faults.requests) == asked
    assert edgefetch("-o", tmp_path / "files", "-d", "sobel", *urls).sums["ok"] == 14
    folders = [{path.name: path.read_bytes() for path in (there / "edges").iterdir()} for there in (out, tmp_path / "files")]
    assert len(folders[0]) == 14 and folders[0] == folders[1]


def test_local_pictures(out, tmp_path):
    """Goal: `edges` packages maps of local pictures."""
    (tmp_path / "a.png").write_bytes(pictures.png())
    result = run("edges", "-o", out, *package(tmp_path / "a.png"))
    assert result.code == 0, result
    (sample,) = samples(out / "packages" / "000000.tar").values()
    assert list(sample) == ["edges.png", "json"]


def raw_samples(out, name="000000"):
    """The bytes of every sample of a package, headers and all."""
    data = (out / "packages" / f"{name}.tar").read_bytes()
    lines = [line.split("\t") for line in (out / "packages" / f"{name}.idx").read_text().splitlines()]
    ends = [-(-(int(at) + int(size)) // 512) * 512 for at, size, member in lines if member.endswith(".json")]
    assert data[ends[-1] :] == bytes(1024)
    return [data[begin:end] for begin, end in zip([0, *ends], ends)]


def unpack(out, *series):
    """Puts the samples of the only package back into the spool, as runs leave them that are killed."""
    (out / ".spool" / "000000").mkdir(parents=True)
    for i, parts in enumerate(series):
        (out / ".spool" / "000000" / f"series-00000{i}").write_bytes(b"".join(parts))
    (out / "packages" / "000000.tar").unlink()
    (out / "packages" / "000000.idx").unlink()


def test_by_several_threads(out, tmp_path):
    """Goal: a package of many samples out of two series, which threads share, is what one processor makes of them, and
    its index is right."""
    for i in range(1100):
        (tmp_path / f"{i:04}.png").write_bytes(pictures.png(8 + i % 7, 8, i % 50))
    one = str(min(os.sched_getaffinity(0)))
    arguments = ("-o", out, *package(*sorted(tmp_path.glob("*.png")), per_package=1100))
    assert run("edges", *arguments).code == 0
    before, parts = packages(out), raw_samples(out)
    for how in ((), ("taskset", "-c", one)):
        unpack(out, parts[::2], parts[1::2])
        assert run("edges", *arguments, before=how).sums["skipped"] == 1100
        assert packages(out) == before
    found = members(out / "packages" / "000000.tar")
    assert indices(out / "packages" / "000000.tar") == list(range(1, 1101))
    told = [line.split("\t") for line in before["000000.idx"].decode().splitlines()]
    assert [(name, before["000000.tar"][int(at) : int(at) + int(size)]) for at, size, name in told] == found
    assert run("verify", "--strict", out).code == 0


def test_in_vain(edgefetch, faults, out):
    """Goal: where every URL fails there is no package."""
    assert edgefetch(*package(faults.url("/none.png"))).code == 1
    assert packages(out) == {}


@pytest.mark.parametrize(
    "options", (("--package", "zip"), ("--package", "tar", "--discard"), ("--package", "tar", "--stage", "download"))
)
def test_what_does_not_go(edgefetch, faults, out, options):
    """Goal: another kind of package, and options that leave nothing to package, are refused."""
    result = edgefetch(*options, faults.url("/a.png"))
    assert result.code == 2 and "--package" in result.err, result
    assert not out.exists() and not faults.requests


def test_no_room_for_the_package(start, edgefetch, faults, out):
    """Goal: a package that cannot be made is exit 4; its samples wait, and the same command makes it."""
    gate = threading.Event()
    urls = [*served(faults, 1), faults.add("/slow.png", pages.good(pictures.png(seed=9), gate=gate))]
    background = start(*package(*urls))
    wait_until(lambda: (out / "manifest.jsonl").exists() and len(codes(out)) == 1, "the first one is done")
    in_the_way = out / "packages" / "000000.idx"
    in_the_way.mkdir()
    gate.set()
    result = background.wait()
    assert result.code == 4 and os.strerror(21) in result.err, result
    assert list(packages_of(out)) == ["000000.idx"]
    in_the_way.rmdir()
    result = edgefetch(*package(*urls))
    assert result.code == 0 and result.sums["skipped"] == 2, result
    assert indices(out / "packages" / "000000.tar") == [1, 2]


def packages_of(out):
    return sorted(path.name for path in (out / "packages").iterdir())


@pytest.mark.parametrize("mode", ("sync", "threads"))
def test_other_modes(edgefetch, faults, out, tmp_path, mode):
    """Goal: the packages are the same in every mode."""
    urls = served(faults, 5)
    assert edgefetch(*package(*urls, per_package=2)).code == 0
    assert edgefetch("-o", tmp_path / "other", "-m", mode, *package(*urls, per_package=2)).code == 0
    assert packages(out) == packages(tmp_path / "other")


def test_on_the_disk(edgefetch, faults, out):
    """Goal: --fsync makes the same packages."""
    urls = served(faults, 3)
    assert edgefetch("--fsync", *package(*urls, per_package=2)).code == 0
    assert members_of_all(out) and packages_of(out) == ["000000.idx", "000000.tar", "000001.idx", "000001.tar"]
