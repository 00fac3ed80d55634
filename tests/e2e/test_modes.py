# SPDX-License-Identifier: MIT
"""The three ways to schedule downloads: what they share, and what each is."""

import signal
import threading

import pytest

import pages
import pictures
from processes import Process
from runner import MODES, codes, manifest, run, wait_until, write_list



def files_of(directory):
    """Every file but the manifest, with its bytes."""
    return {
        path.relative_to(directory): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and path.name != "manifest.jsonl"
    }


def facts_of(directory):
    """The manifest without times, by URL. The index is that of the list, whatever came first."""
    lines = manifest(directory)
    for line in lines.values():
        del line["ms"]
    return lines


def test_the_same_outputs(faults, tmp_path):
    """Goal: files are the same bytes in every mode, and manifests differ in times only."""
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(9)]
    urls += [faults.url("/missing"), faults.add("/none.png", pages.good(b"nothing"))]
    found = {}
    for mode in MODES:
        out = tmp_path / mode
        result = run("-o", out, "--allow-private", "--mode", mode, *urls)
        assert result.code == 1 and result.sums["ok"] == 9, result
        found[mode] = (files_of(out), facts_of(out))
    assert len(found["async"][0]) == 18
    assert found["async"] == found["threads"] == found["sync"]


@pytest.mark.parametrize("mode, most", (("async", 3), ("threads", 3), ("sync", 1)))
def test_most_at_once(edgefetch, faults, mode, most):
    """Goal: --limit is kept to, and used; sync is one after another whatever it says."""
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i), delay=0.1)) for i in range(9)]
    assert edgefetch("--mode", mode, "-l", "3", *urls).code == 0
    assert faults.peak() == most


def test_sync_takes_turns(start, faults, out):
    """Goal: sync downloads everything before it processes anything."""
    gate = threading.Event()
    urls = [faults.add(f"/{i}.png", pages.good(pictures.png(seed=i))) for i in range(4)]
    urls.append(faults.add("/last.png", pages.good(pictures.png(seed=9), gate=gate)))
    background = start("--mode", "sync", *urls)
    wait_until(lambda: len(faults.requests) == 5, "the last one is asked for")
    assert not list((out / "edges").iterdir())
    gate.set()
    assert background.wait().sums["ok"] == 5


@pytest.mark.parametrize("mode", MODES)
def test_little_memory(edgefetch, faults, mode):
    """Goal: bodies wait for --max-memory in every mode, announced or not, and all are done."""
    body = pictures.save(pictures.noise(60, 60), "PNG")
    urls = [faults.add(f"/{i}.png", pages.good(body)) for i in range(6)]
    urls += [faults.add(f"/{i}.chunked", pages.chunked([body[:5000], body[5000:]])) for i in (7, 8)]
    size = str(len(body) + 100)
    result = edgefetch("--mode", mode, "--max-memory", size, "--max-bytes", size, *urls)
    assert result.code == 0 and result.sums["ok"] == 8, result


@pytest.mark.parametrize("mode", MODES)
def test_interrupted(start, faults, out, tmp_path, mode):
    """Goal: the first signal finishes what is in hand, in every mode; nothing is unaccounted for."""
    gate = threading.Event()
    urls = [
        faults.add(f"/{i}.png", pages.good(pictures.png(seed=i), gate=gate)) for i in range(8)
    ]
    most = 1 if mode == "sync" else 2
    background = start("--mode", mode, "-l", "2", write_list(tmp_path / "list", urls))
    wait_until(lambda: faults.in_flight() == most, "downloads are in flight")
    background.signal(signal.SIGINT)
    wait_until(lambda: not Process(background.pid).pending(signal.SIGINT), "it has been caught")
    gate.set()
    result = background.wait()
    assert result.code == 130
    assert result.sums == {"ok": most, "failed": 0, "skipped": 0, "cancelled": 8 - most}
    assert len(manifest(out)) == 8


@pytest.mark.parametrize("mode", MODES)
def test_interrupted_twice(start, faults, out, mode):
    """Goal: the second signal breaks off a transfer that waits for ever, in every mode."""
    urls = [faults.add(f"/{i}.png", pages.never) for i in range(4)]
    background = start("--mode", mode, "-l", "2", *urls)
    wait_until(lambda: faults.in_flight() > 0, "downloads are in flight")
    background.signal(signal.SIGINT)
    if mode == "sync":  # whose loop hears nothing while it waits
        wait_until(lambda: not Process(background.pid).pending(signal.SIGINT), "it is caught")
    else:
        wait_until(lambda: "stopping" in background.err, "the loop has heard of it")
    background.signal(signal.SIGINT)
    assert background.wait().code == 130
    assert set(codes(out).values()) == {"cancelled"} and len(codes(out)) == 4


@pytest.mark.parametrize("mode", ("asink", "", "ASYNC"))
def test_unknown_mode(edgefetch, out, mode):
    """Goal: another name is a mistake of the command line."""
    result = edgefetch("--mode", mode, "http://127.0.0.1/")
    assert result.code == 2 and "async" in result.err
    assert not out.exists()


def test_slow_turns_are_named(edgefetch, faults):
    """Goal: --debug names what keeps the loop busy for longer than --slow-callback; in sync mode
    that is every transfer that takes so long, by its URL. Others do not wait on the loop."""
    slow = faults.add("/slow.png", pages.good(pictures.png(), delay=0.9))
    quick = faults.add("/quick.png", pages.good(pictures.png(seed=2)))
    options = ("--debug", "--slow-callback", "0.8")
    err = edgefetch("--mode", "sync", *options, slow, quick).err
    assert f"in a blocking transfer of {slow}" in err and quick not in err
    assert "turns of the loop: the longest took " in err
    for mode in ("async", "threads"):
        err = edgefetch("--mode", mode, "--force", *options, slow, quick).err
        assert "a blocking transfer" not in err and "turns of the loop:" in err


def test_slow_callback_needs_debug(edgefetch, faults):
    """Goal: without --debug nothing is said of the loop."""
    url = faults.add("/slow.png", pages.good(pictures.png(), delay=0.1))
    assert "turn" not in edgefetch("--mode", "sync", "--slow-callback", "0.01", url).err
