# SPDX-License-Identifier: MIT
"""A long run in which everything goes wrong now and then: faulty URLs, workers that are killed. By default a small one;
with EDGEFETCH_FULL=1, 20,000 URLs."""

import contextlib
import random
import time

import pytest

import pages
import pictures
from processes import Process, workers_of
from runner import FULL, SLOW, codes, write_list

URLS = 20_000 if FULL else 500
KILL_EVERY = 0.3  # seconds

pytestmark = pytest.mark.skipif(SLOW, reason="a sanitizer's memory is not the program's")

GOOD = [pictures.png(40 + i, 30 + i, i) for i in range(12)]
BEGUN = b"HTTP/1.1 200 -\r\nContent-Length: 9000\r\n\r\n" + GOOD[0][:50]  # and the rest is missing
FAULTS = (
    pages.status(404),
    pages.status(503),
    pages.close_without_answer,
    pages.reset_before_answer,
    pages.breaks(BEGUN),
    pages.shorter_than_announced(GOOD[1][:100], 9000),
    pages.stalls(BEGUN),
    pages.good(b"no picture"),
    pages.good(GOOD[2][: len(GOOD[2]) // 2]),
    pages.garbage,
)


def build(faults, directory):
    """Every tenth URL is faulty. Returns the list and the good URLs."""
    good, all_urls = set(), []
    for i in range(URLS):
        faulty = i % 10 == 9
        page = FAULTS[i // 10 % len(FAULTS)] if faulty else pages.good(GOOD[i % len(GOOD)])
        all_urls.append(faults.add(f"/{i}.png", page, host=f"127.0.0.{1 + i % 2}"))
        if not faulty:
            good.add(all_urls[-1])
    return write_list(directory / "list", all_urls), good


class Sample:
    """What main and its workers hold now."""

    def __init__(self, background):
        main = Process(background.pid)
        self.main_kib = main.status("VmRSS")
        self.main_files = main.descriptors()
        workers = [w for w in workers_of(background) if w.status("VmRSS") > 0]
        self.worker_kib = max(w.status("VmRSS") for w in workers)
        self.worker_files = max(w.descriptors() for w in workers)

    def __repr__(self):
        return str(vars(self))


def median(samples, key):
    values = sorted(getattr(sample, key) for sample in samples)
    return values[len(values) // 2]


def watch(background, out):
    """Kills a worker now and then until the run ends; samples, with how many lines there were."""
    chance = random.Random(1)
    samples, next_kill, killed = [], time.monotonic(), 0
    while background.process.poll() is None:
        with contextlib.suppress(OSError, ValueError, IndexError):  # something has just ended
            lines = (out / "manifest.jsonl").read_bytes().count(b"\n")
            samples.append((lines, Sample(background)))
            if time.monotonic() >= next_kill:
                chance.choice(workers_of(background)).signal(9)
                killed += 1
                next_kill = time.monotonic() + KILL_EVERY
        time.sleep(0.05)
    return samples, killed


def test_soak(start, faults, out, tmp_path):
    """Goal: every good URL is done, but for the few whose worker was killed over them; main and workers hold at the end
    what they held after the first tenth."""
    listed, good = build(faults, tmp_path)
    background = start("-l", 16, "-w", 2, "--retries", 1, "--retry-wait", 0.05, "--stall-timeout", 1,
                       "--progress", "none", listed)  # fmt: skip
    samples, killed = watch(background, out)
    result = background.wait(600)
    assert result.code == 1 and sum(result.sums.values()) == URLS, result
    found = codes(out)
    lost = {url: found[url] for url in good if found[url] != "ok"}
    assert set(lost.values()) <= {"worker_crashed"} and len(lost) <= killed and killed > 0, lost
    assert {found[url] for url in set(found) - good}.isdisjoint({"ok"})
    settled = [sample for lines, sample in samples if lines >= URLS / 10]
    early, late = settled[: len(settled) // 3], settled[-(len(settled) // 3) :]
    assert early
    for key in ("main_kib", "main_files", "worker_kib", "worker_files"):
        assert median(late, key) <= median(early, key) * 1.1 + 2, (key, early[0], late[-1])
