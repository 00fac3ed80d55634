# SPDX-License-Identifier: MIT
"""Whole programs over whole folders, side by side, with every CPU.

A round runs all programs once, one after the other; what is measured is the time from start to exit, and the CPU
time, which suffers less from whatever else the machine does. The files are copied to a memory file system before,
and the maps go there too.
"""
import argparse
import json
import pathlib
import shutil
import tempfile

from jpeg import read_header
from timed import columns, cost_of, shown

THRESHOLD = 100
DETECTORS = {"neighbor": [], "sobel": ["-t", str(THRESHOLD)], "canny": []}


def edgefetch(build, detector):
    return lambda folder, out: [f"{build}/edgefetch", "edges", "-q", "-d", detector, *DETECTORS[detector], "-o", out,
                                folder]


def on_files(*command):
    """A program that takes the output folder and the files as its last arguments."""
    return lambda folder, out: [*command, out, *sorted(str(path) for path in pathlib.Path(folder).iterdir())]


def decoder(command, form):
    return lambda folder, out: [command, form, *sorted(str(path) for path in pathlib.Path(folder).iterdir())]


def programs(arguments, detector):
    bench = f"{arguments.build}/tests/bench"
    form = "rgb" if detector == "neighbor" else "gray"
    chosen = {"opencv": on_files(f"{bench}/edges_opencv", detector),
              "edgefetch": edgefetch(arguments.build, detector),  # beside what it is compared with
              "libjpeg-turbo, decoding alone": decoder(f"{bench}/decode_libjpeg", form)}
    if detector == "neighbor":
        for name, build in (("edgefetch, stb and libdeflate", arguments.stb), ("edgefetch, stb alone", arguments.bare)):
            if build:
                chosen[name] = edgefetch(build, detector)
    if detector == "sobel":
        chosen["libvips"] = on_files(f"{bench}/edges_vips", detector)
    return chosen


def cost(arguments, make_command, folder):
    out = tempfile.mkdtemp(dir=arguments.scratch)
    found = cost_of(f"{arguments.build}/tests/bench/timed", make_command(str(folder), out))
    shutil.rmtree(out)
    return found


def measure(arguments, name, folder, pixels, detector):
    chosen = programs(arguments, detector)
    costs = {program: [] for program in chosen}
    for number in range(-1, arguments.rounds):  # the first warms up
        for program, make_command in chosen.items():
            its = cost(arguments, make_command, folder)
            if number >= 0:
                costs[program].append(its)
    for program, make_command in chosen.items():
        print(json.dumps({"part": "whole", "picture": name, "task": detector, "program": program,
                          "megapixels": pixels / 1e6, "bytes": 0, **columns(costs[program]),
                          "command": without_files(make_command)}), flush=True)


def without_files(make_command):
    with tempfile.TemporaryDirectory() as empty:
        words = make_command(empty, "OUT")
    return shown("DIR" if word == empty else word for word in words) + ("" if empty in words else " FILE...")


def sorted_out(arguments):
    """The JPEGs by kind, each kind a folder of copies: [(name, folder, pixels)]."""
    kinds = {}
    for group, source in (("scenes", arguments.scenes), ("photographs", arguments.photos)):
        for path in sorted(pathlib.Path(source).iterdir()) if source else []:
            header = read_header(path) if path.is_file() else None
            if header:
                kind = (group, "progressive" if header.progressive else "baseline")
                for each in (kind, (group, "all")) if group == "photographs" else (kind,):
                    kinds.setdefault(each, []).append((path, header.width * header.height))
    found = []
    for (group, kind), files in kinds.items():
        folder = pathlib.Path(arguments.scratch) / f"{group}-{kind}"
        folder.mkdir()
        for path, _ in files:
            shutil.copy(path, folder)
        pixels = sum(area for _, area in files)
        found.append((f"{len(files)} {group}, {kind}, {pixels / 1e6:.0f} MP", folder, pixels))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--build", required=True, help="where edgefetch and its peers are built")
    parser.add_argument("--stb", help="a build with stb and libdeflate only")
    parser.add_argument("--bare", help="a build with stb only")
    parser.add_argument("--scenes", required=True)
    parser.add_argument("--photos")
    parser.add_argument("--scratch", required=True, help="an empty folder in memory")
    arguments = parser.parse_args()
    for name, folder, pixels in sorted_out(arguments):
        for detector in DETECTORS:
            measure(arguments, name, folder, pixels, detector)


if __name__ == "__main__":
    main()
