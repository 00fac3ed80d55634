# SPDX-License-Identifier: MIT
"""Everything that can be wrong with a URL, as one table, and the servers that it needs; test_faults.py runs it."""

import collections
import contextlib
import gzip
import itertools
import socket
import zlib

import h2server
import pages
import pictures
import runner
from certificates import Authority
from faultserver import FaultServer, end_with_rst
from h2server import H2Server

SHORT = 2.5 if runner.SLOW else 0.8  # good URLs have to be done within it too

# The groups of faults, with the options of their runs. What breaks a connection has a run of its
# own; of the others all of a group share one.
ALONE, ANSWERS, SILENT, SLOW, NAMES = "alone", "answers", "silent", "slow", "names"
GROUPS = {
    ALONE: (),
    ANSWERS: (),
    SILENT: ("-l", "16", "--stall-timeout", SHORT, "--connect-timeout", SHORT),
    SLOW: ("-l", "16", "--timeout", SHORT + 1),  # a byte a second is no stall
    NAMES: ("--connect-timeout", SHORT),
}

JPEG = pictures.jpeg()
PNG = pictures.png()
LONG = pictures.png(100, 80)  # a body that does not come in one piece

ANSWER = b"HTTP/1.1 200 -\r\n"
SIZED = ANSWER + b"Content-Length: %d\r\n\r\n"
CHUNKED = ANSWER + b"Transfer-Encoding: chunked\r\n\r\n"
UNSIZED = ANSWER + b"Connection: close\r\n\r\n"
HALF = SIZED % len(LONG) + LONG[: len(LONG) // 2]

# What a compressed body of 64 MB is.
BOMB = gzip.compress(bytes(64 << 20))


class Site:
    """The servers of one test, each there when it is asked for the first time. `near` are URLs of
    pictures at the same server as the fault, where that is not `faults`."""

    def __init__(self, request):
        self.request = request
        self.faults = request.getfixturevalue("faults")
        self.near = []
        self.open = contextlib.ExitStack()

    def fixture(self, name):
        return self.request.getfixturevalue(name)

    def stopping(self, server):
        self.open.callback(server.stop)
        return server


class Trust:
    """Certificates by what is wrong with them, and the file that makes the good ones trusted."""

    def __init__(self, home, nginx):
        known, unknown = Authority(home / "known"), Authority(home / "unknown")
        self.contexts = {
            "good": known.context("good"),
            "of-another-name": known.context("of-another-name", "IP:127.0.0.2,DNS:other.test"),
            "expired": known.expired("expired"),
            "unknown": unknown.context("unknown"),
        }
        self.http2 = known.context("http2")
        self.file = home / "trusted.pem"
        self.file.write_bytes(known.certificate.read_bytes() + nginx.certificate.read_bytes())


# ---- what makes the URL of a fault ----

numbers = itertools.count()


def url(text):
    return lambda site: text


def page(answer):
    """A page of the fault server."""
    return lambda site: site.faults.add(f"/fault{next(numbers)}", answer)


def raw(answer):
    return page(pages.raw(answer))


def refused(site):
    return f"http://127.0.0.1:{site.fixture('refused_port')}/a.png"


def deaf(site):
    return f"http://127.0.0.1:{site.fixture('deaf_port')}/a.png"


def unaccepted(site):
    """A port whose queue takes the connection, and where nobody fetches it."""
    listener = site.open.enter_context(socket.create_server(("127.0.0.1", 0)))
    return f"http://127.0.0.1:{listener.getsockname()[1]}/a.png"


def loop(site):
    return site.faults.add("/loop", pages.redirect("/loop"))


def loop_of_hosts(site):
    """Two redirects of two hosts, each to the other."""
    there = site.faults.add("/there", pages.redirect(site.faults.url("/back")), "127.0.0.2")
    return site.faults.add("/back", pages.redirect(there))


def growing_loop(site):
    """Each redirect leads to a longer query of the same page."""

    def grow(exchange):
        exchange.answer(302, b"", [("Location", exchange.request.target + "?more")])

    return site.faults.add("/grow", grow)


def behind_redirect(answer):
    """A redirect to a page of this answer."""
    return lambda site: site.faults.add("/redirect", pages.redirect(page(answer)(site)))


def secure(kind, answer=None):
    """A page of a server with that kind of certificate."""

    def make(site):
        server = site.stopping(FaultServer(site.fixture("trust").contexts[kind]))
        if kind == "good":
            for i in (90, 91):
                site.near.append(server.add(f"/{i}.png", pages.good(pictures.png(seed=i))))
        return server.add("/fault", answer or pages.good(PNG))

    return make


class BrokenTls:
    """A server's TLS that ends where its first step should be, in this way."""

    def __init__(self, end):
        self.end = end

    def wrap_socket(self, connection, server_side):
        connection.recv(65536)
        self.end(connection)
        raise ConnectionError


def broken_handshake(end):
    return lambda site: site.stopping(FaultServer(BrokenTls(end))).url("/a.png")


def no_handshake(site):
    """https at a server that waits for a request in plain text."""
    return site.faults.url("/a.png").replace("http:", "https:")


def plain_nginx(site):
    """https at a server that answers in plain text."""
    return site.fixture("nginx").url("a.png").replace("http:", "https:")


def near_nginx(site, url_of):
    """Pictures of nginx's: before and behind the fault."""
    www = site.fixture("nginx").www
    for i in range(80, 88):
        (www / f"{i}.png").write_bytes(pictures.png(seed=i))
    site.near += [url_of(f"{i}.png") for i in range(80, 88)]


def nginx_goaway(site):
    """The third request of each connection is its last."""
    nginx = site.fixture("nginx")
    near_nginx(site, nginx.few_url)
    (nginx.www / "fault.png").write_bytes(PNG)
    return nginx.few_url("fault.png")


def nginx_relay(answer):
    """nginx, by HTTP/2, in front of a page of the fault server."""

    def make(site):
        nginx = site.fixture("nginx")
        near_nginx(site, nginx.tls_url)
        return nginx.relay_url(page(answer)(site))

    return make


def nginx_closed(site):
    near_nginx(site, site.fixture("nginx").tls_url)
    return site.fixture("nginx").tls_url("closed")


def frames(*methods):
    """A request over HTTP/2 that is answered by these methods of an h2server.Stream, each with its
    arguments. A fault of the connection fails whatever shares it: there, no other URL is near."""

    def fault(stream):
        for name, *args in methods:
            getattr(stream, name)(*args)

    def make(site):
        server = site.stopping(H2Server(site.fixture("trust").http2, fault, pictures.png(seed=95)))
        if not {"goaway", "close", "frame"} & {name for name, *_ in methods}:
            site.near.append(server.url("/near.png"))
        return server.faulty_url()

    return make


HEAD2, HALF2 = ("head", len(LONG)), ("data", LONG[: len(LONG) // 2])
ALL2 = ("data", LONG, True)


def png_bomb():
    """A PNG of 40x30 pixels whose data are 64 MB."""
    packed = zlib.compress(bytes(64 << 20))
    chunks = pictures.png_chunk(b"IDAT", packed) + pictures.png_chunk(b"IEND", b"")
    return pictures.png_header(40, 30) + chunks


# ---- the faults ----

# `make` is given the Site and returns the URL; `words` stand in the message. `retryable`: another
# attempt may end otherwise (no connection, a reset, a time-out, a body that was cut short, 408,
# 425, 429, 500, 502, 503, 504, and "try again" of the name service).
Fault = collections.namedtuple("Fault", "make code words retryable group", defaults=(False, ALONE))
AGAIN = True

FAULTS = {
    # answers that are no pictures
    "404": Fault(page(pages.status(404)), "http_4xx", "404", group=ANSWERS),
    "408": Fault(page(pages.status(408)), "http_4xx", "408", AGAIN, ANSWERS),
    "410": Fault(page(pages.status(410)), "http_4xx", "410", group=ANSWERS),
    "425": Fault(page(pages.status(425)), "http_4xx", "425", AGAIN, ANSWERS),
    "429": Fault(page(pages.status(429)), "http_4xx", "429", AGAIN, ANSWERS),
    "429-with-retry-after": Fault(
        page(pages.status(429, headers=[("Retry-After", 1)])), "http_4xx", "429", AGAIN, ANSWERS
    ),
    "500": Fault(page(pages.status(500)), "http_5xx", "500", AGAIN, ANSWERS),
    "501": Fault(page(pages.status(501)), "http_5xx", "501", group=ANSWERS),
    "502": Fault(page(pages.status(502)), "http_5xx", "502", AGAIN, ANSWERS),
    "503": Fault(page(pages.status(503)), "http_5xx", "503", AGAIN, ANSWERS),
    "503-with-retry-after": Fault(
        page(pages.status(503, headers=[("Retry-After", 1)])), "http_5xx", "503", AGAIN, ANSWERS
    ),
    "503-endless": Fault(
        page(pages.floods(CHUNKED.replace(b"200", b"503"), b"1000\r\n" + bytes(4096) + b"\r\n")),
        "http_5xx",
        "503",
        AGAIN,
    ),
    "504": Fault(page(pages.status(504)), "http_5xx", "504", AGAIN, ANSWERS),
    "304": Fault(page(pages.status(304, b"")), "http_other", "304", group=ANSWERS),
    "empty-body": Fault(page(pages.status(200, b"")), "empty_body", "empty", group=ANSWERS),
    "no-content": Fault(page(pages.status(204, b"")), "empty_body", "empty", group=ANSWERS),
    "html": Fault(
        page(pages.good(b"<!doctype html><title>no</title>", "image/jpeg")),
        "not_an_image",
        "HTML",
        group=ANSWERS,
    ),
    "text": Fault(
        page(pages.good(b"just text\n" * 9)), "not_an_image", "not a picture", group=ANSWERS
    ),
    "tiff": Fault(
        page(pages.good(b"II*\0" + bytes(24))), "image_unsupported", "TIFF", group=ANSWERS
    ),
    "truncated-jpeg": Fault(page(pages.good(JPEG[:900])), "image_truncated", "", group=ANSWERS),
    "truncated-png": Fault(page(pages.good(PNG[:-300])), "image_truncated", "", group=ANSWERS),
    "damaged-png": Fault(
        page(pages.good(PNG[:41] + b"!" * 9 + PNG[50:])), "image_corrupt", "damaged", group=ANSWERS
    ),
    "huge-header": Fault(
        page(pages.good(pictures.huge_header_png())), "image_too_large", "60000", group=ANSWERS
    ),
    "png-bomb": Fault(page(pages.good(png_bomb())), "ok", "", group=ANSWERS),
    "gzip-bomb": Fault(
        page(pages.good(BOMB, headers=[("Content-Encoding", "gzip")])),
        "too_large",
        "1000000",
        group=ANSWERS,
    ),
    "gzip-bomb-in-transfer": Fault(
        raw(ANSWER + b"Transfer-Encoding: gzip\r\nConnection: close\r\n\r\n" + BOMB),
        "too_large",
        "1000000",
    ),
    # connections that break
    "refused": Fault(refused, "connect_failed", "connect", AGAIN),
    "reset-before-answer": Fault(
        page(pages.reset_before_answer), "connection_reset", "broke", AGAIN
    ),
    "reset-in-status-line": Fault(
        page(pages.breaks(b"HTTP/1.1 2")), "connection_reset", "broke", AGAIN
    ),
    "reset-in-headers": Fault(
        page(pages.breaks(ANSWER + b"Content-Le")), "connection_reset", "broke", AGAIN
    ),
    "reset-behind-headers": Fault(
        page(pages.breaks(SIZED % 9)), "connection_reset", "broke", AGAIN
    ),
    "reset-in-body": Fault(page(pages.breaks(HALF)), "connection_reset", "broke", AGAIN),
    "reset-in-chunks": Fault(
        page(pages.breaks(CHUNKED + b"5\r\nabcde\r\n")), "connection_reset", "broke", AGAIN
    ),
    "reset-instead-of-end": Fault(
        page(pages.breaks(UNSIZED + PNG)), "connection_reset", "broke", AGAIN
    ),
    "reset-behind-body": Fault(page(pages.breaks(SIZED % len(PNG) + PNG)), "ok", ""),
    "close-without-answer": Fault(
        page(pages.close_without_answer), "empty_reply", "without", AGAIN
    ),
    "close-in-status-line": Fault(raw(b"HTTP/1.1 2"), "empty_reply", "without", AGAIN),
    "close-in-headers": Fault(raw(ANSWER + b"Content-Le"), "connection_reset", "broke", AGAIN),
    "close-behind-headers": Fault(raw(SIZED % 9), "transfer_truncated", "announced length", AGAIN),
    "close-in-body": Fault(raw(HALF), "transfer_truncated", "announced length", AGAIN),
    "close-in-chunks": Fault(
        raw(CHUNKED + b"5\r\nab"), "transfer_truncated", "announced length", AGAIN
    ),
    "close-before-last-chunk": Fault(
        raw(CHUNKED + b"2\r\nab\r\n"), "transfer_truncated", "announced length", AGAIN
    ),
    # lengths, chunks and headers
    "length-too-short": Fault(raw(SIZED % (len(PNG) - 300) + PNG), "image_truncated", ""),
    "length-negative": Fault(
        raw(ANSWER + b"Content-Length: -1\r\n\r\n" + PNG), "protocol_error", ""
    ),
    "length-no-number": Fault(
        raw(ANSWER + b"Content-Length: x\r\n\r\n" + PNG), "protocol_error", ""
    ),
    "length-too-large": Fault(
        raw(ANSWER + b"Content-Length: %d\r\n\r\n" % 10**30 + PNG), "too_large", ""
    ),
    "announced-too-large": Fault(page(pages.announced_only(10**8)), "too_large", "1000000"),
    "endless": Fault(page(pages.endless_chunks), "too_large", "1000000"),
    "endless-without-chunks": Fault(
        page(pages.floods(UNSIZED, bytes(65536))), "too_large", "1000000"
    ),
    "chunk-size-bad": Fault(raw(CHUNKED + b"zzzz\r\n"), "protocol_error", "chunk"),
    "chunk-size-long": Fault(raw(CHUNKED + b"1" * 40 + b"\r\n"), "protocol_error", "chunk"),
    "chunk-end-bad": Fault(raw(CHUNKED + b"1\r\nabcd"), "protocol_error", "chunk"),
    "chunk-size-huge": Fault(
        page(pages.floods(CHUNKED + b"7fffffffffffffff\r\n", bytes(65536))), "too_large", "1000000"
    ),
    "header-too-long": Fault(
        raw(ANSWER + b"X: " + b"a" * 1000000 + b"\r\n\r\n"), "protocol_error", "too large"
    ),
    "headers-too-many": Fault(
        raw(ANSWER + b"X: " + b"a" * 1000 + b"\r\n" + b"Y: b\r\n" * 100000 + b"\r\n"),
        "protocol_error",
        "headers",
    ),
    "headers-endless": Fault(page(pages.floods(ANSWER, b"Y: b\r\n" * 100)), "protocol_error", ""),
    "garbage": Fault(page(pages.garbage), "protocol_error", "HTTP"),
    "garbage-behind-redirect": Fault(behind_redirect(pages.garbage), "protocol_error", "HTTP/0.9"),
    # redirects
    "loop": Fault(loop, "too_many_redirects", "10 redirects"),
    "loop-of-hosts": Fault(loop_of_hosts, "too_many_redirects", "10 redirects"),
    "loop-that-grows": Fault(growing_loop, "too_many_redirects", "10 redirects"),
    "11-redirects": Fault(
        lambda site: pages.chain(site.faults, 11, pages.good(PNG)),
        "too_many_redirects",
        "10 redirects",
    ),
    "redirect-to-file": Fault(
        page(pages.redirect("file:///etc/passwd")), "bad_redirect", "not http or https"
    ),
    "redirect-to-ftp": Fault(
        page(pages.redirect("ftp://127.0.0.1/a.png")), "bad_redirect", "not http or https"
    ),
    "redirect-to-nowhere": Fault(page(pages.status(302)), "http_other", "302"),
    # URLs and names
    "not-a-url": Fault(url("no/scheme.png"), "bad_url", "http"),
    "other-scheme": Fault(url("ftp://127.0.0.1/a.png"), "bad_url", "http and https"),
    "unresolvable": Fault(url("http://no-such-host.invalid/a.png"), "dns_failed", "resolve"),
    # TLS
    "tls-of-another-name": Fault(secure("of-another-name"), "tls_failed", "--cacert"),
    "tls-expired": Fault(secure("expired"), "tls_failed", "expired"),
    "tls-unknown": Fault(secure("unknown"), "tls_failed", "--cacert"),
    "tls-spoken-to-plain": Fault(plain_nginx, "tls_failed", ""),
    "tls-reset-in-handshake": Fault(
        broken_handshake(end_with_rst), "connection_reset", "broke", AGAIN
    ),
    "tls-close-in-handshake": Fault(
        broken_handshake(lambda connection: None), "connection_reset", "broke", AGAIN
    ),
    "tls-close-in-body": Fault(
        secure("good", pages.raw(HALF)), "transfer_truncated", "announced length", AGAIN
    ),
    "tls-reset-in-body": Fault(
        secure("good", pages.breaks(HALF)), "connection_reset", "broke", AGAIN
    ),
    # HTTP/2, by nginx and by h2server
    "h2-goaway": Fault(nginx_goaway, "ok", ""),
    "h2-rst-before-answer": Fault(nginx_closed, "connection_reset", "broke", AGAIN),
    "h2-rst-in-body": Fault(nginx_relay(pages.breaks(HALF)), "connection_reset", "broke", AGAIN),
    "h2-rst-in-chunks": Fault(
        nginx_relay(pages.raw(CHUNKED + b"5\r\nab")), "connection_reset", "broke", AGAIN
    ),
    "h2-bad-gateway": Fault(nginx_relay(pages.reset_before_answer), "http_5xx", "502", AGAIN),
    "h2-goaway-always": Fault(
        frames(("goaway", 0, h2server.NO_ERROR)), "connection_reset", "broke", AGAIN
    ),
    "h2-goaway-calm": Fault(
        frames(("goaway", 0, h2server.ENHANCE_YOUR_CALM)), "connection_reset", "broke", AGAIN
    ),
    "h2-goaway-in-body": Fault(
        frames(HEAD2, HALF2, ("goaway", 1, h2server.INTERNAL_ERROR)),
        "transfer_truncated",
        "announced length",
        AGAIN,
    ),
    "h2-rst-refused-always": Fault(
        frames(("rst", h2server.REFUSED_STREAM)), "connection_reset", "broke", AGAIN
    ),
    "h2-rst-cancel": Fault(
        frames(HEAD2, HALF2, ("rst", h2server.CANCEL)), "connection_reset", "CANCEL", AGAIN
    ),
    "h2-rst-behind-body": Fault(frames(HEAD2, ALL2, ("rst", h2server.NO_ERROR)), "ok", ""),
    "h2-length-too-long": Fault(
        frames(("head", 2 * len(LONG)), ALL2), "connection_reset", "PROTOCOL_ERROR", AGAIN
    ),
    "h2-close-before-answer": Fault(frames(("close",)), "transfer_truncated", "", AGAIN),
    "h2-close-in-body": Fault(
        frames(HEAD2, HALF2, ("close",)), "transfer_truncated", "announced length", AGAIN
    ),
    "h2-bad-header": Fault(
        frames(("fields", (b"Bad Name", b"x"))), "connection_reset", "PROTOCOL_ERROR", AGAIN
    ),
    "h2-bad-compression": Fault(
        frames(("frame", h2server.HEADERS, b"\xff" * 99, h2server.END_HEADERS)),
        "empty_reply",
        "without",
        AGAIN,
    ),
    # silence, wherever it begins
    "deaf": Fault(deaf, "connect_timeout", "--connect-timeout", AGAIN, SILENT),
    "tls-silent": Fault(no_handshake, "connect_timeout", "--connect-timeout", AGAIN, SILENT),
    "unaccepted": Fault(unaccepted, "stall_timeout", "--stall-timeout", AGAIN, SILENT),
    "stall-before-answer": Fault(
        page(pages.never), "stall_timeout", "--stall-timeout", AGAIN, SILENT
    ),
    "stall-in-status-line": Fault(
        page(pages.stalls(b"HTTP/1.1 2")), "stall_timeout", "--stall-timeout", AGAIN, SILENT
    ),
    "stall-in-headers": Fault(
        page(pages.stalls(ANSWER + b"Content-Le")),
        "stall_timeout",
        "--stall-timeout",
        AGAIN,
        SILENT,
    ),
    "stall-behind-headers": Fault(
        page(pages.stalls(SIZED % 9)), "stall_timeout", "--stall-timeout", AGAIN, SILENT
    ),
    "stall-in-body": Fault(
        page(pages.stalls(HALF)), "stall_timeout", "--stall-timeout", AGAIN, SILENT
    ),
    "stall-in-chunks": Fault(
        page(pages.stalls(CHUNKED + b"5\r\nab")), "stall_timeout", "--stall-timeout", AGAIN, SILENT
    ),
    "length-too-long": Fault(
        page(pages.stalls(SIZED % (2 * len(PNG)) + PNG)),
        "stall_timeout",
        "--stall-timeout",
        AGAIN,
        SILENT,
    ),
    "h2-stall-in-body": Fault(
        frames(HEAD2, HALF2, ("hold",)), "stall_timeout", "--stall-timeout", AGAIN, SILENT
    ),
    # a byte a second
    "drip-in-headers": Fault(
        page(pages.drips(ANSWER, b"X: y\r\n")), "timeout", "--timeout", AGAIN, SLOW
    ),
    "drip-in-body": Fault(
        page(pages.drips(SIZED % 1000, b"x")), "timeout", "--timeout", AGAIN, SLOW
    ),
    "drip-in-chunks": Fault(
        page(pages.drips(CHUNKED, b"1\r\nx\r\n")), "timeout", "--timeout", AGAIN, SLOW
    ),
    # name service
    "name-service-silent": Fault(
        url("http://silent.test/a.png"), "dns_failed", "resolved", AGAIN, NAMES
    ),
    "name-service-failing": Fault(
        url("http://failing.test/a.png"), "dns_failed", "resolve", AGAIN, NAMES
    ),
    "name-missing": Fault(url("http://missing.test/a.png"), "dns_failed", "resolve", False, NAMES),
}


def names_of(group):
    return [name for name, fault in FAULTS.items() if fault.group == group]
