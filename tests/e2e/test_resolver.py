# SPDX-License-Identifier: MIT
"""Host names: each is looked up once, few at a time, and a resolver in trouble is called that."""

import pytest

import pages
import pictures
from runner import codes

PNG = pictures.png(30, 20)


def urls_at(faults, name, count):
    return [faults.add(f"/{name}{i}.png", pages.good(PNG, delay=0.05), host=f"{name}.test") for i in range(count)]


@pytest.mark.parametrize("mode", ("async", "threads"))
def test_first_contact(edgefetch, faults, resolver, out, mode):
    """Goal: a new host's name is asked for by one transfer; the others wait, and then go together."""
    urls = urls_at(faults, "one", 8) + urls_at(faults, "two", 8)
    result = edgefetch("-l", 16, "--per-host", 8, "--mode", mode, *urls, before=resolver.command)
    assert result.code == 0, result
    if mode == "async":  # threads share no cache
        assert sorted(resolver.names) == ["one", "two"]
    assert faults.peak("one.test") > 1


def test_a_name_that_fails(edgefetch, faults, resolver, out):
    """Goal: a name that is not found is asked for again once, by each of its URLs in turn, and other hosts go on."""
    bad = urls_at(faults, "missing", 3)
    good = urls_at(faults, "fine", 3)
    edgefetch("--retries", 3, "--retry-wait", 0.01, *bad, *good, before=resolver.command)
    assert codes(out) == {**dict.fromkeys(bad, "dns_failed"), **dict.fromkeys(good, "ok")}
    assert resolver.names.count("missing") == 6 and resolver.names.count("fine") == 1


def test_trouble_is_named(edgefetch, faults, resolver, out):
    """Goal: when most lookups fail the summary blames the name service."""
    bad = [url for i in range(10) for url in urls_at(faults, f"failing-{i}", 1)]
    result = edgefetch(*bad, *urls_at(faults, "fine", 1), before=resolver.command)
    assert "the name service is the trouble" in result.out, result
    result = edgefetch("--force", *urls_at(faults, "fine", 3), before=resolver.command)
    assert "name service" not in result.out


def test_lookups_at_a_time(edgefetch, faults, resolver):
    """Goal: no more names are looked up at once than --resolvers."""
    resolver.delay = 0.2
    urls = [url for i in range(8) for url in urls_at(faults, f"host-{i}", 1)]
    assert edgefetch("-l", 8, "--resolvers", 2, *urls, before=resolver.command).code == 0
    assert resolver.peak <= 2
    assert edgefetch("-l", 8, "--force", *urls, before=resolver.command).code == 0
    assert resolver.peak > 2
