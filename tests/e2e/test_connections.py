# SPDX-License-Identifier: MIT
"""Connections: reuse, HTTP/2, TLS, proxies, request headers; against a real nginx where that
counts."""

import collections
import os

import pytest

import pages
import pictures
import runner
from runner import codes, manifest


@pytest.fixture
def folder(nginx):
    """A folder of nginx's with 40 pictures in it, for one test: its name."""
    name = os.urandom(4).hex()
    (nginx.www / name).mkdir()
    for i in range(40):
        (nginx.www / name / f"{i}.png").write_bytes(pictures.png(seed=i))
    return name


def connections_of(nginx, folder):
    return {connection for connection, _, _ in nginx.accesses(f"/{folder}/")}


def protocols_of(nginx, folder):
    return {protocol for _, protocol, _ in nginx.accesses(f"/{folder}/")}


def test_connections_are_reused(edgefetch, nginx, folder, out):
    """Goal: 40 pictures of one host need no more connections than downloads at a time."""
    assert edgefetch("-l", "4", *(nginx.url(f"{folder}/{i}.png") for i in range(40))).code == 0
    assert len(connections_of(nginx, folder)) <= 4
    assert {line["http"]["version"] for line in manifest(out).values()} == {"1.1"}


def test_what_nginx_says_of_a_file(edgefetch, nginx, folder, out):
    """Goal: type, etag and date of a real server's answer stand in the manifest."""
    url = nginx.url(f"{folder}/0.png")
    edgefetch(url)
    http = manifest(out)[url]["http"]
    assert (http["status"], http["type"]) == (200, "image/png")
    assert http["etag"].startswith('"') and http["last_modified"].endswith("GMT")


def test_connections_survive_an_error_page(edgefetch, faults, out):
    """Goal: a short page of a 404 is read to its end, so that the connection is used again."""
    urls = [faults.url(f"/missing{i}") for i in range(20)]
    assert edgefetch("-l", "1", *urls).code == 1
    assert faults.connections == 1


@pytest.mark.parametrize("answers", (1, 2))
def test_kept_connections_that_are_dropped(edgefetch, faults, out, answers):
    """Goal: a server that keeps connections and then drops them without a word costs no picture,
    though libcurl gives up after a handful of such losses, counted across transfers."""
    answered = collections.Counter()

    def sometimes(exchange):
        answered[exchange.request.connection] += 1
        if answered[exchange.request.connection] <= answers:
            exchange.answer(200, pictures.png())
        else:
            exchange.close()

    urls = [faults.add(f"/{i}.png", sometimes) for i in range(40)]
    assert edgefetch("-l", "1", *urls).code == 0
    assert faults.connections == 40 // answers


# ---- TLS and HTTP/2 ----


def test_http2_over_tls(edgefetch, nginx, folder, out):
    """Goal: a server that offers HTTP/2 is spoken to in it, over few connections."""
    urls = [nginx.tls_url(f"{folder}/{i}.png") for i in range(40)]
    assert edgefetch("-l", "8", "--cacert", nginx.certificate, *urls).code == 0
    lines = manifest(out).values()
    assert {line["http"]["version"] for line in lines} == {"2"}
    assert "tls" in next(iter(lines))["ms"]
    assert protocols_of(nginx, folder) == {"HTTP/2.0"}
    assert len(connections_of(nginx, folder)) <= 8


def test_http1(edgefetch, nginx, folder, out):
    """Goal: --http1 keeps to HTTP/1.1."""
    url = nginx.tls_url(f"{folder}/0.png")
    assert edgefetch("--http1", "--cacert", nginx.certificate, url).code == 0
    assert manifest(out)[url]["http"]["version"] == "1.1"
    assert protocols_of(nginx, folder) == {"HTTP/1.1"}


def test_insecure(edgefetch, nginx, folder, out):
    """Goal: --insecure takes any certificate."""
    url = nginx.tls_url(f"{folder}/0.png", host="localhost")
    assert edgefetch("--insecure", url).code == 0


def test_redirect_from_http_to_https(edgefetch, nginx, faults, folder, out):
    """Goal: a redirect may change the scheme."""
    target = nginx.tls_url(f"{folder}/0.png")
    url = faults.add("/a.png", pages.redirect(target))
    assert edgefetch("--cacert", nginx.certificate, url).code == 0
    assert manifest(out)[url]["http"]["final_url"] == target


# ---- requests ----


def headers_sent(edgefetch, faults, *options):
    """The request headers that a server sees."""
    url = faults.add("/a.png", pages.good(pictures.png()))
    assert edgefetch(*options, url).code == 0
    return faults.requests[-1].headers


def test_user_agent(edgefetch, faults):
    """Goal: the program says who it is, and -A says something else."""
    version = runner.run("--version").out.split()[1]
    agent = headers_sent(edgefetch, faults)["user-agent"]
    assert agent.startswith(f"edgefetch/{version} (+https://")
    assert headers_sent(edgefetch, faults, "--force", "-A", "me/1")["user-agent"] == "me/1"
    assert headers_sent(edgefetch, faults, "--force", "--user-agent=me/2")["user-agent"] == "me/2"


def test_headers(edgefetch, faults):
    """Goal: -H adds, replaces and removes headers, as curl does."""
    sent = headers_sent(
        edgefetch, faults, "-H", "X-One: 1", "--header", "Accept: image/*", "-H", "User-Agent:"
    )
    assert (sent["x-one"], sent["accept"]) == ("1", "image/*")
    assert "user-agent" not in sent


# ---- proxies ----


def test_proxy(edgefetch, faults, out):
    """Goal: with --proxy the proxy is asked for the whole URL, and the name is not looked up."""
    faults.add("/a.png", pages.good(pictures.png()))
    url = "http://pictures.invalid/a.png"
    assert edgefetch("--proxy", f"127.0.0.1:{faults.port}", url).code == 0
    assert faults.requests[0].target == url


@pytest.mark.parametrize("name", ("http_proxy", "all_proxy"))
def test_proxy_of_the_environment(edgefetch, faults, out, name):
    """Goal: the environment's proxy is used, as by curl, and --proxy '' turns it off."""
    faults.add("/a.png", pages.good(pictures.png()))
    url = "http://pictures.invalid/a.png"
    env = {name: f"http://127.0.0.1:{faults.port}"}
    assert edgefetch(url, env=env).code == 0
    assert edgefetch("--force", "--proxy", "", url, env=env).code == 1
    assert codes(out)[url] == "dns_failed"


def test_a_proxy_that_does_not_help(edgefetch, faults, out):
    """Goal: a proxy that refuses a tunnel, or is not to be found, is proxy_failed."""
    url = "https://pictures.invalid/a.png"
    for proxy in (f"http://127.0.0.1:{faults.port}", "http://no-such-proxy.invalid:3128"):
        assert edgefetch("--proxy", proxy, url).code == 1
        assert codes(out)[url] == "proxy_failed"


def test_connect_to(edgefetch, faults, out):
    """Goal: --connect-to leads a name to another address; the request keeps the name."""
    faults.add("/a.png", pages.good(pictures.png()))
    url = "http://pictures.invalid/a.png"
    assert edgefetch("--connect-to", f"::127.0.0.1:{faults.port}", url).code == 0
    assert faults.requests[0].headers["host"] == "pictures.invalid"
