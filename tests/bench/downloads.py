# SPDX-License-Identifier: MIT
"""Programs that download the same lists from the same server, side by side: a line of JSON for each on standard output.

A round runs all programs once, one after the other, each into a new folder in memory; the first warms up and is not
counted. After every run what was written is compared with what is served, byte by byte: a program that wrote less or
something else ends the benchmark.
"""
import argparse
import collections
import functools
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from typing import NamedTuple

import servers
from jpeg import read_header
from timed import columns, cost_of, shown

HERE = pathlib.Path(__file__).resolve().parent
LIMIT = 16
LATENCY_S = 0.5
SMALL_SIZES = ["256x256", "320x240", "400x300", "512x384", "640x480"]
CURL = ["curl", "-q", "-sS", "-f", "-Z", "--parallel-immediate", "--parallel-max", str(LIMIT), "--remote-name-all",
        "--output-dir", "OUT/original", "-K", "LIST.curl"]
EDGEFETCH = ["-q", "-l", str(LIMIT), "--allow-private", "-o", "OUT", "LIST"]


class Program(NamedTuple):
    """What is run; OUT and LIST stand for the folder and the list, LIST.curl for a list that curl reads."""
    name: str
    command: list
    packages: str  # what to install when it is not there


class Pictures(NamedTuple):
    """A folder that is served, and its URLs."""
    name: str
    folder: pathlib.Path
    list: pathlib.Path
    pixels: int
    contents: collections.Counter  # digests

    def total(self):
        return sum(path.stat().st_size for path in self.folder.iterdir())


def downloaders(build):
    return [Program("edgefetch", [f"{build}/edgefetch", "--stage", "download", *EDGEFETCH], ""),
            Program("curl", CURL, "curl"),
            Program("wget2", ["wget2", "-q", "--no-config", f"--max-threads={LIMIT}", "-P", "OUT/original", "-i",
                              "LIST"], "wget2"),
            Program("aria2c", ["aria2c", "-q", "--no-conf", "-j", str(LIMIT), "--file-allocation=none", "-d",
                               "OUT/original", "-i", "LIST"], "aria2")]


def edge_finders(build, with_lesson):
    opencv = f"{build}/tests/bench/edges_opencv"
    both = f"{' '.join(CURL)} && {os.path.relpath(opencv)} neighbor OUT/edges OUT/original/*"
    found = [Program("edgefetch", [f"{build}/edgefetch", *EDGEFETCH], ""),
             Program("curl, then OpenCV", ["sh", "-c", both], "curl and OpenCV's")]
    lesson = Program("lesson, Python",
                     [sys.executable, os.path.relpath(HERE / "lesson.py"), str(LIMIT), "OUT", "LIST"], "python3-httpx python3-pil")
    return found + [lesson] if with_lesson else found


@functools.cache
def is_there(name, program, packages, build):
    """Says so, once, when it is not."""
    if name == "lesson, Python":
        found = has_modules("httpx", "PIL")
    elif name == "curl, then OpenCV":
        found = shutil.which("curl") and os.access(f"{build}/tests/bench/edges_opencv", os.X_OK)
    else:
        found = shutil.which(program)
    if not found:
        print(f"{name} is left out: it is not there (packages: {packages})", file=sys.stderr)
    return bool(found)


def has_modules(*names):
    code = ";".join(f"import {name}" for name in names)
    return subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL).returncode == 0


def contents(folder):
    return collections.Counter(hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir())


def filled(words, out, url_list):
    paths = {"OUT": str(out), "LIST": str(url_list)}
    return [re.sub(r"\b(OUT|LIST)\b", lambda found: paths[found[1]], word) for word in words]


def check(program, out, pictures, with_maps):
    if contents(out / "original") != pictures.contents:
        sys.exit(f"{program.name}: {pictures.name}: what it downloaded is not what is served")
    maps = len(list((out / "edges").iterdir()))
    if maps != (sum(pictures.contents.values()) if with_maps else 0):
        sys.exit(f"{program.name}: {pictures.name}: {maps} edge maps")


def pixels_of_maps(out):
    """Digests of the maps, or nothing without Pillow."""
    done = subprocess.run([sys.executable, HERE / "maps.py", out / "edges"], capture_output=True, text=True)
    return done.stdout.split()


class Bench:
    def __init__(self, arguments):
        self.rounds, self.build = arguments.rounds, arguments.build
        self.scratch = pathlib.Path(arguments.scratch)
        self.timed = f"{arguments.build}/tests/bench/timed"
        self.home = self.scratch / "home"  # nobody's settings, and no proxy
        self.home.mkdir()
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8"}

    def run(self, program, pictures, with_maps, see_maps):
        """(cost, digests of the maps if they are to be seen)"""
        out = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        for name in ("original", "edges"):
            (out / name).mkdir()
        cost = cost_of(self.timed, filled(program.command, out, pictures.list), self.env)
        check(program, out, pictures, with_maps)
        maps = pixels_of_maps(out) if see_maps else None
        shutil.rmtree(out)
        return cost, maps

    def warm_up(self, chosen, pictures, with_maps):
        """Maps must have the same pixels, whoever made them."""
        same = with_maps and has_modules("PIL")
        maps = [self.run(program, pictures, with_maps, same)[1] for program in chosen]
        for program, its in zip(chosen, maps):
            if its != maps[0]:
                sys.exit(f"{program.name}: {pictures.name}: its edge maps are not {chosen[0].name}'s")
        return {"check": "same maps"} if same else {}

    def measure(self, part, task, pictures, chosen):
        with_maps = part == "served"
        chosen = [program for program in chosen
                  if is_there(program.name, program.command[0], program.packages, self.build)]
        seen = self.warm_up(chosen, pictures, with_maps)
        rounds = [[self.run(program, pictures, with_maps, False)[0] for program in chosen]
                  for _ in range(self.rounds)]
        for program, costs in zip(chosen, zip(*rounds)):
            print(json.dumps({"part": part, "picture": pictures.name, "task": task, "program": program.name,
                              "megapixels": pictures.pixels / 1e6, "bytes": 0, **columns(costs),
                              "command": shown(program.command), **seen}), flush=True)


def render_sizes(edgefetch, scenes, scratch, sizes, quality=80):
    """The scenes in several sizes, as JPEG files."""
    rendered = []
    for size in sizes:
        out = scratch / f"rendered-{size}"
        subprocess.run([edgefetch, "edges", "-q", "--resize", size, "--fit", "cover", "--save-resized",
                        "--resized-format", "jpg", "--quality", str(quality), "-o", out, scenes], check=True)
        rendered += sorted((out / "resized").iterdir())
    return rendered


def render_small(edgefetch, scenes, www, scratch, count):
    """Small pictures under as many names as are wanted."""
    folder = www / "small"
    folder.mkdir()
    rendered = render_sizes(edgefetch, scenes, scratch, SMALL_SIZES)
    for i in range(count):
        os.link(rendered[i % len(rendered)], folder / f"{i:06}.jpg")
    return folder


def described(name, folder, base_url, url_list):
    """The folder with its lists, which are written as url_list and, for curl, url_list.curl."""
    paths = sorted(folder.iterdir())
    urls = [f"{base_url}/{path.name}" for path in paths]
    url_list.write_text("".join(f"{url}\n" for url in urls))
    pathlib.Path(f"{url_list}.curl").write_text("".join(f'url = "{url}"\n' for url in urls))
    headers = [read_header(path) for path in paths]
    found = Pictures(name, folder, url_list, sum(header.width * header.height for header in headers), contents(folder))
    return found._replace(name=f"{len(paths)} {name}, {found.total() / 1e6:.1f} MB, {found.pixels / 1e6:.0f} MP")


def versions(build):
    said = {"nginx": [servers.NGINX, "-v"], "edgefetch": [f"{build}/edgefetch", "--version"],
            "curl": ["curl", "--version"], "wget2": ["wget2", "--version"], "aria2c": ["aria2c", "--version"],
            "Python": [sys.executable, "--version"],
            "httpx": [sys.executable, "-c", "import httpx; print(httpx.__version__)"],
            "Pillow": [sys.executable, "-c", "import PIL; print(PIL.__version__)"]}
    found = {}
    for name, command in said.items():
        if shutil.which(command[0]):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode == 0:
                found[name] = (done.stdout + done.stderr).splitlines()[0].split(" (")[0]
    return {"part": "versions", **found}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--small", type=int, required=True, help="how many small pictures")
    parser.add_argument("--build", required=True, help="where edgefetch and its peers are built")
    parser.add_argument("--scenes", required=True)
    parser.add_argument("--scratch", required=True, help="an empty folder in memory")
    parser.add_argument("parts", nargs="+", choices=["downloads", "served"])
    arguments = parser.parse_args()
    edgefetch = f"{arguments.build}/edgefetch"
    bench = Bench(arguments)
    www = bench.scratch / "www"
    shutil.copytree(arguments.scenes, www / "large")
    small = render_small(edgefetch, arguments.scenes, www, bench.scratch, arguments.small)
    print(json.dumps(versions(arguments.build)), flush=True)
    with servers.nginx(www, bench.scratch / "nginx") as near, \
            servers.late(edgefetch, www / "large", LATENCY_S) as far:
        few = described("large from nginx", www / "large", f"{near}/large", bench.scratch / "few")
        many = described("small from nginx", small, f"{near}/small", bench.scratch / "many")
        late = described(f"large, {LATENCY_S} s late", www / "large", far, bench.scratch / "late")
        if "downloads" in arguments.parts:
            for pictures in (many, few, late):
                bench.measure("downloads", f"{LIMIT} at a time", pictures, downloaders(arguments.build))
        if "served" in arguments.parts:
            for pictures in (few, many):
                bench.measure("served", "neighbor", pictures, edge_finders(arguments.build, pictures is few))


if __name__ == "__main__":
    main()
