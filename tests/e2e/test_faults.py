# SPDX-License-Identifier: MIT
"""Everything that can be wrong with a URL, in every mode: the run ends, the faulty URL has the
status that says why, every other URL is done, the sums add up, and nothing is left of the faulty
one."""

import itertools

import pytest

import pages
import pictures
from faulttable import ALONE, ANSWERS, FAULTS, GROUPS, NAMES, SILENT, SLOW, Site, Trust, names_of
from runner import FULL, MODES, error_code, manifest, write_list


# Of every run.
OPTIONS = ("--max-bytes", "1000000")


@pytest.fixture
def site(request):
    made = Site(request)
    with made.open:
        yield made


@pytest.fixture(scope="module")
def trust(tmp_path_factory, nginx):
    return Trust(tmp_path_factory.mktemp("trust"), nginx)


# ---- runs ----


def good_urls(site, count):
    """URLs of pictures, turn by turn of the fault server and of another host."""
    hosts = itertools.cycle(("127.0.0.1", "127.0.0.2"))
    return [
        site.faults.add(f"/good{i}.png", pages.good(pictures.png(seed=i)), next(hosts))
        for i in range(10, 10 + count)
    ]


def between(good, bad):
    """The bad ones, each between good ones."""
    share = len(good) // (len(bad) + 1)
    lines = list(good[:share])
    for i, faulty in enumerate(bad, 1):
        end = (i + 1) * share if i < len(bad) else len(good)
        lines += [faulty, *good[i * share : end]]
    return lines


def expect(result, out, good, bad):
    """What holds after every run; `bad` are Faults by their URL."""
    found = manifest(out)
    assert set(found) == {*good, *bad}
    assert {u: error_code(line) for u, line in found.items()} == {
        **dict.fromkeys(good, "ok"),
        **{u: fault.code for u, fault in bad.items()},
    }, result
    for faulty, fault in bad.items():
        assert fault.words in found[faulty].get("error", {}).get("message", ""), found[faulty]
    failed = sum(fault.code != "ok" for fault in bad.values())
    assert result.code == (1 if failed else 0), result
    counts = {"ok": len(found) - failed, "failed": failed, "skipped": 0, "cancelled": 0}
    assert result.sums == counts, result
    assert {path.name for path in out.iterdir()} == {"original", "edges", "manifest.jsonl"}
    for part in ("original", "edges"):  # each picture is another
        assert len(list((out / part).iterdir())) == counts["ok"], part


@pytest.fixture
def run(edgefetch, tmp_path, out, site, trust):
    """run(lines, good, bad, mode, *options): runs these lines, and tests what has to hold then."""

    def go(lines, good, bad, mode, *options, **how):
        path = write_list(tmp_path / "list", lines)
        command = (*OPTIONS, "--cacert", trust.file, "--mode", mode, *options, path)
        result = edgefetch(*command, **how)
        expect(result, out, good, bad)
        return result

    return go


# In the other modes they are part of test_mixed_list().
@pytest.mark.parametrize("mode", MODES if FULL else MODES[:1])
@pytest.mark.parametrize("name", names_of(ALONE))
def test_fault(run, site, name, mode):
    """Goal: one fault among good URLs of its own server and of another."""
    fault = FAULTS[name]
    faulty = fault.make(site)
    good = [*good_urls(site, 4), *site.near]
    good = good[::2] + good[1::2]
    run(between(good, [faulty]), good, {faulty: fault}, mode)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("group", (ANSWERS, SILENT, SLOW))
def test_faults_together(run, site, group, mode):
    """Goal: all faults of a group in one run, each between good URLs; what has to be waited for
    ends by its time-out, which the message names."""
    bad = {FAULTS[name].make(site): FAULTS[name] for name in names_of(group)}
    good = [*good_urls(site, 2 * len(bad)), *site.near]
    run(between(good, list(bad)), good, bad, mode, *GROUPS[group])


@pytest.mark.parametrize("mode", MODES)
def test_mixed_list(run, site, mode):
    """Goal: all that needs no time-out in one list, and two of its lines twice."""
    names = names_of(ANSWERS) + names_of(ALONE)
    bad = {FAULTS[name].make(site): FAULTS[name] for name in names}
    good = [*good_urls(site, len(bad)), *dict.fromkeys(site.near)]
    lines = [*between(good, list(bad)), good[0], next(iter(bad))]
    result = run(lines, good, bad, mode, "-v")
    assert "2 repeated URLs were in the list more than once" in result.out


def test_tried_again(edgefetch, tmp_path, out, site, trust):
    """Goal: of all that needs no time-out, what may do better in a moment is tried again, and nothing else is."""
    names = names_of(ANSWERS) + names_of(ALONE)
    bad = {FAULTS[name].make(site): name for name in names}
    edgefetch(*OPTIONS, "--cacert", trust.file, "--retries", 1, "--retry-wait", 0.01, "--host-failures", 0,
              "--max-retry-after", 0.1, write_list(tmp_path / "list", list(bad)))  # fmt: skip
    lines = manifest(out)
    for url, name in bad.items():
        fault = FAULTS[name]
        again = fault.retryable or fault.code == "dns_failed"
        assert lines[url]["attempts"] == (0 if fault.code == "bad_url" else 1 + again), name


@pytest.mark.parametrize("mode", MODES)
def test_name_service(run, site, resolver, mode):
    """Goal: a name that is not looked up in time is given up, long before the resolver would, and
    other names are looked up meanwhile."""
    bad = {FAULTS[name].make(site): FAULTS[name] for name in names_of(NAMES)}
    port = site.faults.port
    good = good_urls(site, 4)
    good[1:3] = [f"http://{name}.test:{port}/good{i}.png" for name, i in (("one", 11), ("two", 12))]
    run(between(good, list(bad)), good, bad, mode, *GROUPS[NAMES], before=resolver.command, timeout=20)
