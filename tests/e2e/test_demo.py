# SPDX-License-Identifier: MIT
"""demo and serve: the whole thing without a network."""

import re
import signal
import subprocess
import urllib.request

import numpy
import pytest

import pictures
import runner
from runner import ROOT, manifest, manifest_lines, write_list

SAMPLES = ROOT / "data" / "samples"


@pytest.fixture(scope="session")
def samples(tmp_path_factory):
    """The bundled pictures; where they are not there, twelve of our own."""
    if len(list(SAMPLES.glob("*.jpg"))) == 12:
        return SAMPLES
    directory = tmp_path_factory.mktemp("samples")
    for i in range(12):
        pixels = pictures.scene(960 + 40 * i, 540)
        (directory / f"{i}.jpg").write_bytes(pictures.save(pixels, "JPEG"))
    return directory


@pytest.mark.parametrize("limit", (4, 12))
def test_demo(samples, out, limit):
    """Goal: the demo makes twelve originals, byte for byte, and twelve edge maps; its server never
    saw more requests at once than the limit; exit 0."""
    result = runner.run(
        "demo", "-o", out, "-l", limit, "--latency", "0.2", "--samples", samples
    )
    assert result.code == 0, result
    assert result.sums == {"ok": 12, "failed": 0, "skipped": 0, "cancelled": 0}
    report = re.search(r"answered (\d+) requests, at most (\d+) at once", result.err)
    assert int(report[1]) == 12 and int(report[2]) <= limit
    originals = sorted(path.read_bytes() for path in (out / "original").iterdir())
    assert originals == sorted(path.read_bytes() for path in samples.glob("*.jpg"))
    for line in manifest(out).values():
        edges = pictures.gray(out / line["edges"][0]["path"])
        assert edges.shape == (line["height"], line["width"])
        assert set(numpy.unique(edges)) == {0, 255}


def test_demo_finds_its_pictures(out):
    """Goal: the demo of the build tree needs no option; the pictures are 1920x1080."""
    if not (runner.PROGRAM.parent / "../../data/samples").exists():
        pytest.skip("the program does not stand in a build tree")
    result = runner.run("demo", "-q", "-o", out, "--latency", "0", "-l", "12")
    assert result.code == 0, result
    lines = manifest_lines(out)
    sizes = [(line["width"], line["height"], line["type"]) for line in lines]
    assert sizes == [(1920, 1080, "jpeg")] * 12


def test_demo_again(samples, tmp_path, out):
    """Goal: the demo does its pictures every time, under the same names."""
    few = tmp_path / "few"
    few.mkdir()
    for path in sorted(samples.glob("*.jpg"))[:2]:
        (few / path.name).write_bytes(path.read_bytes())
    names = []
    for _ in range(2):
        result = runner.run("demo", "-o", out, "--latency", "0", "--samples", few)
        assert result.sums["ok"] == 2
        names.append(sorted(path.name for path in (out / "edges").iterdir()))
    assert names[0] == names[1] and len(names[0]) == 2


def test_demo_ignores_proxies(samples, out):
    """Goal: the demo needs no network, whatever the environment says about proxies."""
    env = {"http_proxy": "http://no-such-proxy.invalid:1", "all_proxy": "http://127.0.0.1:1"}
    result = runner.run("demo", "-o", out, "--latency", "0", "--samples", samples, env=env)
    assert result.code == 0, result


def test_demo_without_pictures(tmp_path, out):
    """Goal: a folder without pictures is exit 4 with its name."""
    result = runner.run("demo", "-o", out, "--samples", tmp_path)
    assert result.code == 4 and str(tmp_path) in result.err


def test_demo_takes_no_list(out):
    """Goal: a list for the demo is a mistake: exit 2."""
    assert runner.run("demo", "-o", out, "list").code == 2


# ---- serve ----


@pytest.fixture
def folder(tmp_path):
    """A folder of six pictures."""
    directory = tmp_path / "folder"
    directory.mkdir()
    for i in range(6):
        (directory / f"{i}.png").write_bytes(pictures.png(seed=i))
    return directory


def test_serve(edgefetch, origin, folder, tmp_path, out):
    """Goal: 'edgefetch serve' serves a folder, and its front page is the list of it."""
    base = origin(folder)
    with urllib.request.urlopen(base + "/") as answer:
        urls = answer.read().decode().split()
    assert sorted(urls) == [f"{base}/{i}.png" for i in range(6)]
    assert edgefetch(write_list(tmp_path / "list", urls)).code == 0
    for i in range(6):
        path = manifest(out)[f"{base}/{i}.png"]["original"]["path"]
        assert (out / path).read_bytes() == pictures.png(seed=i)


def test_serve_at_a_port(edgefetch, origin, folder, refused_port):
    """Goal: --port is where it listens; a port that is taken is told."""
    result = runner.run("serve", "--port", refused_port, folder)
    assert result.code == 4 and str(refused_port) in result.err
    url = origin(folder)
    again = runner.run("serve", "--port", url.rpartition(":")[2], folder)
    assert again.code == 4 and url.rpartition(":")[2] in again.err


def test_serve_within_its_limit(edgefetch, origin, folder):
    """Goal: a server that takes two requests at once never sees a third from --limit 2."""
    base = origin(folder, "--latency", "0.05", "--parallel", "2")
    urls = [f"{base}/{i}.png" for i in range(6)]
    assert edgefetch("-l", "2", *urls).code == 0


def test_serve_beyond_its_limit(edgefetch, origin, folder, out):
    """Goal: what is too much for the server is answered with 503."""
    base = origin(folder, "--latency", "0.3", "--parallel", "1")
    result = edgefetch("-l", "6", *(f"{base}/{i}.png" for i in range(6)))
    assert result.code == 1 and result.sums["ok"] >= 1
    failed = [line for line in manifest(out).values() if line["status"] == "failed"]
    assert failed and {line["http"]["status"] for line in failed} == {503}


def test_serve_missing_and_forbidden(edgefetch, origin, folder, out):
    """Goal: nothing but the folder's files is served."""
    (folder.parent / "secret.png").write_bytes(pictures.png())
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    base = origin(folder)
    urls = [f"{base}/{path}" for path in ("missing.png", "%2e%2e/secret.png", "..%2fsecret.png")]
    urls.append(f"{base}/link.png")
    assert edgefetch(*urls).sums["failed"] == 4
    assert {line["http"]["status"] for line in manifest(out).values()} == {404}


@pytest.mark.parametrize("number", (signal.SIGINT, signal.SIGTERM))
def test_serve_ends_with_a_report(folder, number):
    """Goal: a signal ends the server tidily, and it tells what it has done."""
    command = [runner.PROGRAM, "serve", folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        base = server.stdout.readline().decode().strip().rstrip("/")
        urllib.request.urlopen(f"{base}/0.png").close()
        server.send_signal(number)
        out, err = server.communicate(timeout=20 * runner.PATIENCE)
    assert server.returncode == 0
    assert b"1 request" in out + err


def test_serve_what_is_not_there(tmp_path):
    """Goal: a folder that is not there is named: exit 4."""
    result = runner.run("serve", tmp_path / "nowhere")
    assert result.code == 4 and "nowhere" in result.err
