# SPDX-License-Identifier: MIT
"""What a failure is told as, and what is none; each fault with its status is in test_faults.py."""

import pytest

import pages
import pictures
from runner import PATIENCE, codes, manifest


def test_ten_redirects_are_followed(edgefetch, faults, out):
    """Goal: the tenth redirect is still followed, and the manifest says where it led."""
    url = pages.chain(faults, 10, pages.good(pictures.png()))
    assert edgefetch(url).code == 0
    assert manifest(out)[url]["http"]["final_url"] == faults.url("/chain/0")


def test_a_drip_is_no_stall(edgefetch, faults, out):
    """Goal: as long as a byte comes now and then, the stall time-out does not strike."""
    url = faults.add("/drip", pages.drip)
    options = ("--timeout", 1.2 * PATIENCE, "--stall-timeout", 0.6 * PATIENCE)
    assert edgefetch(*options, url).code == 1
    assert codes(out) == {url: "timeout"}


@pytest.mark.parametrize("status", (301, 302, 303, 307, 308))
def test_redirect_to_another_host(edgefetch, faults, out, status):
    """Goal: every kind of redirect leads to another host."""
    faults.add("/b.png", pages.good(pictures.png()))
    target = faults.url("/b.png", host="127.0.0.2")
    url = faults.add("/a.png", pages.redirect(target, status))
    assert edgefetch(url).code == 0
    assert manifest(out)[url]["http"]["final_url"] == target


def test_failures_are_grouped_by_reason(edgefetch, faults, refused_port):
    """Goal: the summary counts the failures of each kind and gives an example."""
    urls = [faults.url(f"/missing{i}") for i in range(3)]
    result = edgefetch(*urls, f"http://127.0.0.1:{refused_port}/x")
    rows = [line.split() for line in result.out.splitlines()]
    assert any(row[:2] == ["3", "http_4xx"] for row in rows), result
    assert any(row[:2] == ["1", "connect_failed"] for row in rows), result
    assert any("such as " + url in result.out for url in urls)


def test_messages_of_the_run_name_url_and_reason(edgefetch, faults):
    """Goal: standard error has a line for a failure with the URL, the reason and the status."""
    url = faults.add("/gone.png", pages.status(404))
    line = next(line for line in edgefetch(url).err.splitlines() if url in line)
    assert "request is at fault" in line and "404" in line and "http_4xx" in line
