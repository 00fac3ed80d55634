# SPDX-License-Identifier: MIT
"""Makes tables of what was measured: lines of JSON on standard input, medians and ratios on standard output.

A ratio is the median over the rounds of (the program's time / edgefetch's time in the same round): above 1,
edgefetch is so many times as fast. Downloads are compared with curl's in the same way.
"""
import argparse
import json
import re
import statistics
import sys

# (part, task, program, quotient, bound): "peer" is the peer's time by ours, at least so much; "ours" is our time by
# its, at most so much; "stb" is the time of a build of ours by that of the full one, at most so much.
TARGETS = [
    ("kernels", "neighbor", "opencv", "peer", 10),
    ("kernels", "sobel, threshold", "opencv", "peer", 4),
    ("kernels", "canny", "opencv", "peer", 1.3),
    ("whole", "neighbor", "opencv", "peer", 3.5),
    ("whole", "sobel", "opencv", "peer", 2),
    ("whole", "canny", "opencv", "peer", 1.7),
    ("whole", "neighbor", "libjpeg-turbo, decoding alone", "ours", 1.6),
    ("whole", "sobel", "libjpeg-turbo, decoding alone", "ours", 1.5),
    ("whole", "neighbor", "edgefetch, stb", "stb", 1.5),
]
BASES = {"downloads": "curl"}  # what a part's times are divided by, instead of edgefetch's
LARGEST_DIFFERENCE = 3  # of gray levels, between stb_image and libjpeg-turbo


def ratio(times, ours):
    return statistics.median(time / our for time, our in zip(times, ours))


def is_ours(program):
    """The fastest level comes first, and by the plain name where there are no levels."""
    return program.startswith("edgefetch") and not program.endswith((" c", "stb", "libdeflate", "alone"))


def by_group(records):
    groups = {}
    for record in records:
        groups.setdefault((record["part"], record["picture"], record["task"]), []).append(record)
    return groups


def base_of(group):
    """Of two that fit the first: nothing is said of a base that could not be run."""
    base = BASES.get(group[0]["part"])
    return next((record for record in group if record["program"] == base),
                next(record for record in group if is_ours(record["program"])))


def add_statistics(records):
    for group in by_group(records).values():
        ours = base_of(group)
        for record in group:
            record["median_ms"] = statistics.median(record["ms"])
            record["ratio"] = ratio(record["ms"], ours["ms"])
            record["inverse"] = ratio(ours["ms"], record["ms"])
            if "cpu_ms" in record:
                record["cpu_ratio"] = ratio(record["cpu_ms"], ours["cpu_ms"])


def notes(record):
    found = [record["check"]] if "check" in record else []
    if record["bytes"]:
        found.append(f"{record['bytes'] / 1e3 / record['megapixels']:.1f} kB/MP")
    if "cpu_ratio" in record:
        found.append(f"{record['cpu_ratio']:.2f}x in CPU time")
    return "; ".join(found)


def details(record):
    """Of whole processes: the fastest and the slowest round, CPU time, the largest process."""
    if "cpu_ms" not in record:
        return ""
    rounds = f"{min(record['ms']):.1f}..{max(record['ms']):.1f}"
    return f"{rounds:>19}{statistics.median(record['cpu_ms']):9.1f}{max(record['rss_kb']) / 1e3:7.1f}"


def print_head(part, picture, group):
    processes = "cpu_ms" in group[0]
    unit, ratio_to = "ms" if processes else "ms/MP", "/ " + base_of(group)["program"].split()[0]
    head = f"{unit:>9}{ratio_to:>12}" + (f"{'ms (min..max)':>19}{'CPU ms':>9}{'MB':>7}" if processes else "")
    print(f"\n{part}: {picture}\n  {'':32}{'':32}{head}")


def print_tables(records):
    last = None
    for (part, picture, task), group in by_group(records).items():
        if (part, picture) != last:
            print_head(part, picture, group)
            last = (part, picture)
        for record in group:
            time = record["median_ms"] / (1 if "cpu_ms" in record else record["megapixels"])
            print(f"  {task:32}{record['program']:32}{time:9.3f}{record['ratio']:11.2f}x{details(record)}  "
                  f"{notes(record)}".rstrip())
            task = ""


def judged(record, quotient, bound):
    value = record["inverse"] if quotient == "ours" else record["ratio"]
    hit = value >= bound if quotient == "peer" else value <= bound
    sign = ">=" if quotient == "peer" else "<="
    return {"part": record["part"], "picture": record["picture"], "task": record["task"],
            "program": record["program"], "target": f"{sign} {bound}", "value": round(value, 2), "hit": hit}


def judge(records):
    found = []
    for part, task, program, quotient, bound in TARGETS:
        found += [judged(record, quotient, bound) for record in records
                  if (record["part"], record["task"]) == (part, task) and record["program"].startswith(program)]
    for record in records:
        difference = re.search(r"by at most (\d+)$", record.get("check", ""))
        if record["part"] == "codecs" and difference:
            value = int(difference.group(1))
            found.append({"part": "codecs", "picture": record["picture"], "task": record["task"],
                          "program": record["program"], "target": f"<= {LARGEST_DIFFERENCE}", "value": value,
                          "hit": value <= LARGEST_DIFFERENCE})
    return found


def print_targets(targets):
    if targets:
        print("\ntargets")
    for target in targets:
        what = f"{target['part']}: {target['task']}, {target['program']}"
        print(f"  {'hit' if target['hit'] else 'MISSED':8}{target['value']:7.2f} {target['target']:8} {what:58}"
              f"{target['picture']}")


def print_commands(records):
    commands = {record["command"]: None for record in records if "command" in record}
    if commands:
        print("\ncommands")
        for command in commands:
            print(f"  {command}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", help="a file for everything, every round included")
    parser.add_argument("--about", action="append", default=[], metavar="KEY=VALUE", help="the surroundings")
    arguments = parser.parse_args()
    about = dict(item.split("=", 1) for item in arguments.about)
    records = []
    for line in sys.stdin:
        record = json.loads(line)
        if record["part"] == "versions":
            about.update({key: value for key, value in record.items() if key != "part"})
        else:
            records.append(record)
    add_statistics(records)
    targets = judge(records)
    for key, value in about.items():
        print(f"{key}: {value}")
    print_tables(records)
    print_commands(records)
    print_targets(targets)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"about": about, "measured": records, "targets": targets}, file, indent=1)


if __name__ == "__main__":
    main()
