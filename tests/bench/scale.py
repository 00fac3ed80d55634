# SPDX-License-Identifier: MIT
"""One run at several lengths of its list, from nginx on the same processors.

The pictures are a few hundred files under as many URLs as are wanted: what is behind the question mark is nothing to
nginx. What is compared takes turns, so that a machine that is slower for a while is so to all; a ratio is the median of
those in each round. Memory and descriptors are the main process's: its resident memory as last seen before its end, the most
descriptors seen in a look a second. Every run is checked: as many maps as URLs that are there, and a line for each URL.
"""
import argparse
import contextlib
import itertools
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time
from typing import NamedTuple

import servers
from downloads import SMALL_SIZES, render_sizes
from timed import shown

LIMIT = 16
QUALITY = 65  # at which the small pictures have 29 KB on average
TINY_SIZES = ["96x64", "128x96", "160x120"]
PERIOD_S = 0.05  # between two looks at the process
LOOKS = 20  # at its memory, for one at its descriptors: thousands, which take the kernel long to list
MOST_SLOWER, MOST_MORE_MB, LEAST_RATE = 1.10, 64, 1700  # what is wanted


class Served(NamedTuple):
    """A folder below the server's root, and its pictures."""
    url: str
    names: list
    mean_bytes: float


class Run(NamedTuple):
    part: str
    folder: pathlib.Path  # below which it is done
    served: Served
    count: int  # URLs
    missing: bool  # a tenth of them
    options: tuple = ()


class Seen(NamedTuple):
    wall_s: float
    resident_mb: float
    descriptors: int
    stats: dict


def resident_mb(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def watch(command, stats):
    """Runs it to its end."""
    begun = time.monotonic()
    process = subprocess.Popen(command)
    resident, descriptors = 0.0, 0
    for look in itertools.count():
        if process.poll() is not None:
            break
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            resident = resident_mb(process.pid) or resident  # 0 when it has just ended
            if look % LOOKS == 0:
                descriptors = max(descriptors, len(os.listdir(f"/proc/{process.pid}/fd")))
        time.sleep(PERIOD_S)
    if process.returncode not in (0, 1):  # 1: some URLs are not there
        sys.exit(f"{shown(command)}: exit code {process.returncode}")
    return Seen(time.monotonic() - begun, resident, descriptors, json.loads(stats.read_text()))


def write_list(path, served, count, missing):
    """Every tenth URL is one that the server does not know, if some are to be missing."""
    with open(path, "w", encoding="ascii") as file:
        for i in range(count):
            name = served.names[i % len(served.names)]
            gone = missing and i % 10 == 9
            file.write(f"{served.url}/{'none' if gone else name}?{i}\n")


def check(out, count, missing, packed):
    lines = (out / "manifest.jsonl").read_bytes().count(b"\n") - 1
    good = count - count // 10 if missing else count
    if packed:
        maps = sum(index.read_bytes().count(b".edges.png") for index in (out / "packages").glob("*.idx"))
    else:
        maps = sum(1 for _ in os.scandir(out / "edges"))
    if (lines, maps) != (count, good):
        sys.exit(f"{out}: {lines} lines and {maps} maps of {count} URLs, {good} of which are there")


class Bench:
    def __init__(self, arguments):
        self.edgefetch, self.rounds = arguments.edgefetch, arguments.rounds
        self.records = []

    def run(self, run, turn):
        folder = run.folder / f"{run.part}-{run.count}-{turn}"
        folder.mkdir()
        url_list, stats, out = folder / "list", folder / "stats.json", folder / "out"
        write_list(url_list, run.served, run.count, run.missing)
        command = [self.edgefetch, "-q", "--progress", "none", "-l", str(LIMIT), "--allow-private", "--stats", stats,
                   "-o", out, *run.options, url_list]
        seen = watch([*map(str, command)], stats)
        check(out, run.count, run.missing, "tar" in run.options)
        shutil.rmtree(folder)
        return seen, shown([*map(str, command)])

    def measure(self, *runs):
        """Takes turns with these runs, and makes a record of the medians of each."""
        seen = [[] for _ in runs]
        for turn in range(self.rounds):
            for i, run in enumerate(runs) if turn % 2 == 0 else reversed([*enumerate(runs)]):
                seen[i].append(self.run(run, turn))
        for run, of_run in zip(runs, seen):
            self.record(run, [looked for looked, _ in of_run], of_run[0][1])

    def record(self, run, seen, command):
        def middle(of):
            return statistics.median(map(of, seen))

        count = run.count
        record = {
            "part": run.part, "urls": count, "mean_bytes": round(run.served.mean_bytes), "rounds": self.rounds,
            "seconds": middle(lambda one: one.wall_s), "each_s": [one.wall_s for one in seen],
            "rate": count / middle(lambda one: one.wall_s),
            "url_us": middle(lambda one: one.wall_s) / count * 1e6,
            "main_cpu_us": middle(lambda one: one.stats["main_cpu_s"]) / count * 1e6,
            "worker_cpu_us": middle(lambda one: one.stats["worker_cpu_s"]) / count * 1e6,
            "resident_mb": middle(lambda one: one.resident_mb),
            "worker_mb": middle(lambda one: one.stats["worker_peak_bytes"]) / 2**20,
            "descriptors": max(one.descriptors for one in seen), "command": command,
        }  # fmt: skip
        self.records.append(record)
        print(f"  {run.part:9} {count:9} URLs  {record['seconds']:8.2f} s  {record['rate']:7.0f} /s  "
              f"{record['url_us']:7.1f} us a URL (CPU: main {record['main_cpu_us']:.0f}, workers "
              f"{record['worker_cpu_us']:.0f})  main {record['resident_mb']:.1f} MB, {record['descriptors']} "
              "descriptors", flush=True)


def tell(what, value, bound, well):
    print(f"  {'held  ' if well else 'MISSED'} {what}: {value} (wanted: {bound})")


def ratio_of(record, other):
    return statistics.median(a / b for a, b in zip(record["each_s"], other["each_s"]))


def judge(records):
    by_part = {}
    for record in records:
        by_part.setdefault(record["part"], []).append(record)
    print("\nwhat is wanted")
    if "files" in by_part:
        rate = by_part["files"][0]["rate"]
        tell("pictures a second, to files", f"{rate:.0f}", f"at least {LEAST_RATE}", rate >= LEAST_RATE)
    if "packages" in by_part and "files" in by_part:
        ratio = ratio_of(by_part["packages"][0], by_part["files"][0])
        tell("packages' time by files'", f"{ratio:.3f}", "at most 1", ratio <= 1)
    for longer in by_part.get("length", [])[1:]:
        shortest = by_part["length"][0]
        slower = ratio_of(longer, shortest) * shortest["urls"] / longer["urls"]
        more = longer["resident_mb"] - shortest["resident_mb"]
        tell(f"time a URL, {longer['urls']} by {shortest['urls']}", f"{slower:.3f}", f"at most {MOST_SLOWER}",
             slower <= MOST_SLOWER)
        tell(f"resident memory of main, {longer['urls']} less {shortest['urls']}", f"{more:.1f} MB",
             f"at most {MOST_MORE_MB} MB", more <= MOST_MORE_MB)


def machine(edgefetch):
    model = next(line.partition(":")[2].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                 if line.startswith("model name"))
    version = subprocess.run([edgefetch, "--version"], capture_output=True, text=True, check=True).stdout
    nginx = subprocess.run([servers.NGINX, "-v"], capture_output=True, text=True, check=True).stderr
    return {"CPU": model, "cores": os.cpu_count(), "kernel": " ".join(os.uname()[0:3:2]), "nginx": nginx.strip(),
            "edgefetch": version.splitlines()[0]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--sizes", type=lambda text: [*map(int, text.split(","))], required=True)
    parser.add_argument("--edgefetch", required=True)
    parser.add_argument("--scenes", required=True)
    parser.add_argument("--memory", type=pathlib.Path, required=True, help="an empty folder in memory")
    parser.add_argument("--disk", type=pathlib.Path, required=True, help="an empty folder with room")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("parts", nargs="+", choices=["files", "packages", "length"])
    arguments = parser.parse_args()
    about = machine(arguments.edgefetch)
    print(*(f"{name}: {value}" for name, value in about.items()), sep="\n")
    bench = Bench(arguments)
    www = arguments.memory / "www"
    www.mkdir()
    with servers.nginx(www, arguments.memory / "nginx") as base:
        served = {}
        for name, sizes in (("small", SMALL_SIZES), ("tiny", TINY_SIZES)):
            (www / name).mkdir()
            rendered = render_sizes(arguments.edgefetch, arguments.scenes, arguments.memory, sizes, QUALITY)
            for i, path in enumerate(rendered):
                shutil.copy(path, www / name / f"{i:03}.jpg")
            paths = sorted((www / name).iterdir())
            served[name] = Served(f"{base}/{name}", [path.name for path in paths],
                                  statistics.mean(path.stat().st_size for path in paths))
        in_memory = {"files": (), "packages": ("--package", "tar")}
        bench.measure(*(Run(part, arguments.memory, served["small"], arguments.sizes[0], False, options)
                        for part, options in in_memory.items() if part in arguments.parts))
        if "length" in arguments.parts:
            bench.measure(*(Run("length", arguments.disk, served["tiny"], size, True, ("--no-originals",))
                            for size in arguments.sizes))
    judge(bench.records)
    print("\ncommands", *(record["command"] for record in bench.records), sep="\n  ")
    if arguments.json:
        arguments.json.write_text(json.dumps({"about": about, "records": bench.records}, indent=1))


if __name__ == "__main__":
    main()
