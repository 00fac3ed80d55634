# SPDX-License-Identifier: MIT
"""In a network whose server is at every address: none but public ones is ever reached, by whatever
way and spelling."""

import pytest

import pages
import pictures
from internet import PUBLIC, PUBLIC6
from runner import SOME_MODES, codes, manifest, write_list

PNG = pictures.png()

# An address of each special range.
RANGES = (
    "0.0.0.0", "0.255.255.255", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
    "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.9", "192.0.0.192", "192.0.2.1",
    "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.255.255", "192.175.48.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "[::]", "[::1]", "[::ffff:10.0.0.1]", "[::ffff:0:10.0.0.1]", "[::10.0.0.1]", "[64:ff9b::10.0.0.1]",
    "[64:ff9b:1::1]", "[100::1]", "[100:0:0:1::1]", "[2001::1]", "[2001:2::1]", "[2001:20::1]", "[2001:db8::1]",
    "[2002:a00:1::1]", "[2620:4f:8000::1]", "[3fff::1]", "[5f00::1]", "[fc00::1]", "[fd00:ec2::254]", "[fe80::1]",
    "[fec0::1]", "[ff02::1]", "[2a00::5efe:10.0.0.1]", "[2a00::200:5efe:10.0.0.1]", "[4000::1]",
)  # fmt: skip

# The same two addresses in every spelling that libcurl or a resolver takes, and names for them.
SPELLINGS = (
    "127.1", "127.0.1", "0x7f.1", "0x7F.0x0.0x0.0x1", "0177.0.0.1", "00000177.1", "2130706433", "0x7f000001",
    "017700000001", "127.0.0.1.", "127.1.", "0", "0x0", "0.0.0.0.", "2852039166", "0xa9fea9fe",
    "0251.0376.0251.0376", "169.254.43518", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[::1%25lo]", "[::1%251]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::ffff:169.254.169.254]", "[::FFFF:A9FE:A9FE]",
    "%31%32%37.0.0.1", "127%2e0%2e0%2e1", "%31%32%37%2E%31", "１２７.０.０.１", "１２７。０。０。１", "127。0。0。1",
    "①②⑦.⓪.⓪.①", "localhost", "LOCALHOST", "localhost.", "foo.localhost", "a.b.LocalHost.", "ｌocalhost",
    "%6cocalhost", "user@127.0.0.1", "public.test@127.0.0.1", "user:93.184.216.34@2130706433",
)  # fmt: skip

# Names, and where the name server says that they are.
NAMES = {
    "private": ["10.0.0.1"],
    "mapped": ["::ffff:127.0.0.1"],
    "local": ["::1", "127.0.0.1"],
    "metadata": ["169.254.169.254", "fd00:ec2::254"],
    "unspecified": ["0.0.0.0", "::"],
}


def hosts_of_names():
    return [f"{name}.test" for name in NAMES]


INSIDE = (*RANGES, *SPELLINGS, *hosts_of_names())
REFUSED = {"address_refused", "bad_url", "bad_redirect", "dns_failed"}


@pytest.fixture
def server(internet):
    internet.names.addresses = dict(NAMES)
    internet.server.add("/secret.png", pages.good(PNG))
    return internet.server


@pytest.fixture
def run(internet, out, tmp_path):
    """run(urls, *options): without --allow-private, with quick ends."""

    def go(urls, *options, **how):
        once = ("--retries", 0, "--host-failures", 0, "--connect-timeout", 5, "--stall-timeout", 5, "--per-host", 64,
                "-l", 64)  # fmt: skip
        return internet.run("-o", out, *once, *options, write_list(tmp_path / "list", urls), **how)

    return go


def test_there_is_a_server_everywhere(server, run, out):
    """Goal: the server would be reached, if only it were asked; otherwise the other tests here prove nothing."""
    hosts = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "192.0.2.1", "[::1]", "[fc00::1]", "[64:ff9b::10.0.0.1]",
             "0.0.0.0", "127.1", "localhost", "private.test", "[2a00::5efe:10.0.0.1]", PUBLIC, f"[{PUBLIC6}]")  # fmt: skip
    run([server.url("/secret.png", host) for host in hosts], "--allow-private")
    assert set(codes(out).values()) == {"ok"}, codes(out)
    assert server.connections == len(hosts)




@pytest.mark.parametrize("mode", SOME_MODES)
def test_direct(server, run, out, mode):
    """Goal: no URL reaches an address inside, however it is written, and each is called refused or no URL."""
    urls = [server.url("/secret.png", host) for host in INSIDE]
    run([*urls, server.url("/secret.png")], "--mode", mode)
    found = codes(out)
    assert found.pop(server.url("/secret.png")) == "ok"
    assert set(found.values()) <= REFUSED, found
    assert all(found[server.url("/secret.png", host)] == "address_refused" for host in RANGES), found
    assert server.inside() == set()


def test_redirects(server, run, out):
    """Goal: nor does a redirect of a public host, whatever it says, of whatever kind it is."""
    urls = []
    for i, host in enumerate(INSIDE):
        location = server.url("/secret.png", host) if i % 3 else f"//{host}/secret.png"
        urls.append(server.add(f"/{i}.png", pages.redirect(location.encode().decode("latin-1"), (301, 302, 303, 307, 308)[i % 5])))
    run(urls)
    found = codes(out)
    assert set(found.values()) <= REFUSED, found
    refused = [found[url] for url, host in zip(urls, INSIDE) if host in RANGES]
    assert set(refused) == {"address_refused"}
    assert server.reached[PUBLIC] > 0 and server.inside() == set()
    assert server.count("/secret.png") == 0


def test_in_the_middle_of_a_chain(server, run, out):
    """Goal: the last of ten redirects is looked at like the first."""
    url = pages.chain(server, 9, pages.redirect("http://10.0.0.1/secret.png"))
    run([url])
    assert codes(out) == {url: "address_refused"}
    assert server.inside() == set()


OTHER_SCHEMES = (
    "file:///etc/passwd", "file://localhost/etc/passwd", "ftp://10.0.0.1/a.png", "gopher://127.0.0.1:80/_GET%20/",
    "dict://127.0.0.1:80/x", "unix:///run/docker.sock", "http+unix://%2Frun%2Fdocker.sock/", "telnet://127.0.0.1:80/",
    "tftp://127.0.0.1/x", "smb://127.0.0.1/x", "ldap://127.0.0.1:80/", "scp://127.0.0.1/x", "ws://127.0.0.1/",
    "imap://127.0.0.1/", "rtsp://127.0.0.1/", "data:image/png;base64,AAAA", "javascript:alert(1)", "FILE:///etc/passwd",
)  # fmt: skip


def test_other_schemes(server, run, out):
    """Goal: a redirect to anything but http and https is one."""
    urls = [server.add(f"/{i}.png", pages.redirect(url)) for i, url in enumerate(OTHER_SCHEMES)]
    run(urls)
    assert codes(out) == dict.fromkeys(urls, "bad_redirect")
    assert server.inside() == set()


MIXED = {
    "private-first": ["10.0.0.1", PUBLIC],
    "private-last": [PUBLIC, "10.0.0.1"],
    "six-private": ["fc00::1", PUBLIC],
    "four-private": [PUBLIC6, "10.0.0.1"],
    "many": ["127.0.0.1", "169.254.169.254", PUBLIC, "fe80::1", "192.168.0.1"],
}


def test_mixed_names(internet, server, run, out):
    """Goal: a name that is at a public and at a private address is reached at the public one."""
    internet.names.addresses.update(MIXED)
    urls = [server.url(f"/{name}.png", f"{name}.test") for name in MIXED]
    for name in MIXED:
        server.add(f"/{name}.png", pages.good(pictures.png()))
    run(urls)
    assert codes(out) == dict.fromkeys(urls, "ok")
    assert {line["http"]["address"] for line in manifest(out).values()} <= {PUBLIC, PUBLIC6}
    assert server.inside() == set()


def test_rebinding(internet, server, run, out):
    """Goal: a name whose public address does not answer is not tried at its private one."""
    internet.names.addresses["rebound"] = [PUBLIC, "10.0.0.1"]
    url = "http://rebound.test:81/secret.png"  # where nobody listens
    run([url], "--retries", 2, "--retry-wait", 0.01)
    assert codes(out) == {url: "connect_failed"}
    assert server.inside() == set()


def test_connect_to(server, run, out):
    """Goal: nor does --connect-to lead inside, unless --allow-private says so."""
    url = server.url("/secret.png")
    run([url], "--connect-to", "::10.0.0.1:80")
    assert codes(out) == {url: "address_refused"}
    assert server.inside() == set()


# ---- through a proxy, which would reach what we would not ----


def through(kind):
    return ("--proxy", f"{kind}://{PUBLIC}:80")


@pytest.mark.parametrize("kind, scheme", (("http", "http"), ("http", "https"), ("socks5h", "http")))
def test_proxies_are_not_asked_for_it(server, run, out, kind, scheme):
    """Goal: a proxy is not asked for a host that is known to be inside, however it is written."""
    hosts = [host for host in INSIDE if host not in hosts_of_names()]  # these only the proxy knows
    urls = [f"{scheme}://{host}/secret.png" for host in hosts]
    run(urls, *through(kind))
    found = codes(out)
    assert set(found.values()) <= {"address_refused", "bad_url"}, found
    assert server.connections == 0


def test_redirects_through_a_proxy(server, run, out):
    """Goal: nor when a redirect says so, on a connection to the proxy that stands already."""
    urls = []
    for i, host in enumerate(INSIDE):
        location = server.url("/secret.png", host).encode().decode("latin-1")
        server.add(f"/{i}.png", pages.redirect(location))
        urls.append(f"http://public.test/{i}.png")
    run([*urls, "http://public.test/secret.png"], *through("http"), "-l", 1)
    found = codes(out)
    assert found.pop("http://public.test/secret.png") == "ok"
    names = {url: host for url, host in zip(urls, INSIDE)}
    for url, code in found.items():
        assert code in ({"ok"} if names[url] in hosts_of_names() else REFUSED), (names[url], code)
    asked = [request.host for request in server.requests if request.path == "/secret.png"]
    assert len(asked) == 1 + len(NAMES)
    assert server.inside() == set()


def test_allowed_through_a_proxy(server, run, out):
    """Goal: --allow-private permits it."""
    url = "http://10.0.0.1/secret.png"
    run([url], *through("http"), "--allow-private")
    assert codes(out) == {url: "ok"}
    assert server.inside() == set()
