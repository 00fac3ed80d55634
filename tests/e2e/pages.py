# SPDX-License-Identifier: MIT
"""Pages of the fault server: each call returns one, and says what the client meets there."""

import itertools


def good(body, kind="image/png", delay=0, gate=None, headers=()):
    """A body, after a delay or when the gate (a threading.Event) is open."""

    def page(exchange):
        if delay:
            exchange.hold(delay)
        if gate is not None:
            exchange.hold(event=gate)
        exchange.answer(200, body, [("Content-Type", kind), *headers])

    return page


def status(code, body=b"a page that is not the picture", headers=()):
    """An answer with this status."""
    return lambda exchange: exchange.answer(code, body, headers)


def redirect(location, code=302):
    """A redirect to `location`, sent as it is."""
    return lambda exchange: exchange.answer(code, b"", [("Location", location)])


def chain(server, hops, end):
    """Puts redirects in a row at a server, before the page `end`; returns the first one's URL."""
    server.add("/chain/0", end)
    for i in range(1, hops + 1):
        server.add(f"/chain/{i}", redirect(f"/chain/{i - 1}"))
    return server.url(f"/chain/{hops}")


def shorter_than_announced(body, announced):
    """A body that ends, with the connection, before its Content-Length."""

    def page(exchange):
        exchange.head(200, [("Content-Length", announced)])
        exchange.send(body)
        exchange.close()

    return page


def reset_before_answer(exchange):
    """A RST instead of an answer."""
    exchange.reset()


def breaks(answer):
    """A RST behind these bytes."""

    def page(exchange):
        exchange.send(answer)
        exchange.hold(0.05)  # a RST overtakes what has not been read yet
        exchange.reset()

    return page


def stalls(answer):
    """These bytes, and then nothing, on an open connection."""

    def page(exchange):
        exchange.send(answer)
        exchange.hold()
        exchange.close()

    return page


def close_without_answer(exchange):
    """The connection ends where an answer should begin."""
    exchange.close()


def chunked(pieces):
    """A body in chunks, without a length."""

    def page(exchange):
        exchange.head(200, [("Transfer-Encoding", "chunked")])
        for piece in pieces:
            exchange.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        exchange.send(b"0\r\n\r\n")

    return page


def drips(answer, endless):
    """These bytes, and then the endless ones, over and over, one a second."""

    def page(exchange):
        exchange.send(answer)
        for byte in itertools.cycle(endless):
            if not exchange.open or exchange.server.stopping:
                return
            exchange.send(bytes([byte]))
            exchange.hold(1)

    return page


def floods(answer, endless):
    """These bytes, and then the endless ones, over and over, as fast as they are taken."""

    def page(exchange):
        exchange.send(answer)
        while not exchange.server.stopping:
            exchange.send(endless)

    return page


# A body without a length and without an end.
endless_chunks = floods(
    b"HTTP/1.1 200 -\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + bytes(65536) + b"\r\n"
)


def announced_only(size):
    """A Content-Length of `size`, and then nothing: the headers alone must do."""

    def page(exchange):
        exchange.head(200, [("Content-Length", size)])
        exchange.hold()
        exchange.close()

    return page


def drip(exchange):
    """A byte now and then, for ever."""
    exchange.head(200, [("Content-Length", 10**6)])
    while exchange.open and not exchange.server.stopping:
        exchange.send(b"x")
        exchange.hold(0.1)


def never(exchange):
    """No answer, on an open connection."""
    exchange.hold()
    exchange.close()


def garbage(exchange):
    """Bytes that are not HTTP."""
    exchange.send(b"\x00\x01\x02 this is not HTTP\r\n\r\n")
    exchange.close()


def raw(answer):
    """These bytes as the whole answer, and then the end of the connection."""

    def page(exchange):
        exchange.send(answer)
        exchange.close()

    return page


def in_turn(*pages):
    """The first request meets the first page, and so on; the last page stays."""
    left = list(pages)

    def page(exchange):
        (left.pop(0) if len(left) > 1 else left[0])(exchange)

    return page


def resumable(body, cuts, headers=(("ETag", '"1"'),), whole=False):
    """A server with ranges that breaks each answer off after the next of `cuts` bytes, until there are none left.
    With `whole` it ignores ranges. If-Range must be the value of one of `headers`."""
    left = list(cuts)

    def page(exchange):
        asked = exchange.request.headers.get("range")
        valid = exchange.request.headers.get("if-range") in [value for _, value in headers]
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and valid and not whole else 0
        rest = body[start:]
        about = [("Content-Length", len(rest)), ("Accept-Ranges", "bytes"), *headers]
        if start:
            about.append(("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}"))
        exchange.head(206 if start else 200, about)
        if left:
            exchange.send(rest[: left.pop(0)])
            exchange.close()
        else:
            exchange.send(rest)

    return page


def versioned(body, headers=(("ETag", '"1"'),), heeds=True):
    """A body with validators: 304 for who has it, unless the server does not heed what it is asked."""

    def page(exchange):
        known = dict(headers)
        asked = exchange.request.headers
        if "if-none-match" in asked:
            same = asked["if-none-match"] == known.get("ETag")
        else:
            same = asked.get("if-modified-since", "") == known.get("Last-Modified")
        if heeds and same:
            exchange.head(304, headers)
        else:
            exchange.answer(200, body, [("Content-Type", "image/png"), *headers])

    return page
