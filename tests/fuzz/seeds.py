#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the inputs that are not found by fuzzing but thought of, into corpus/TARGET/first-NAME.

They are in the tree; run this again after a change to them. What a target's bytes mean is at the top of its source.
"""

import ipaddress
import pathlib
import struct

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"

OPTIONS = {
    "list": "urls.txt\n-o\nout\n-l4\n--per-host=2\n-w\n3",
    "picture": "-d\ncanny,sobel,neighbor\n-t\n100,200\n-t\n30\n--norm\nl2\n--l2gradient\n--blur\n1.4\nlist",
    "resize": "--resize=64x48\n--fit\ncover\n--save-resized\n--resized-format\njpg\n-f\nwebp\n--quality\n80\nlist",
    "limits": "--max-bytes\n64M\n--max-pixels=100M\n--max-memory\n1g\n--compression\n9\n--codec\nstb\nlist",
    "times": "--connect-timeout\n.5\n--stall-timeout\n20\n--timeout\n1e2\n--worker-timeout=30\n--retries\n20\n"
             "--retry-wait\n0\n--max-retry-after\n120\n--host-failures\n0\n-",
    "rates": "--rate\n10/min\n--host-rate\n600/h\n--resolvers\n1\n--rate=5/s\nlist",
    "requests": "-H\nAccept: image/*\n-HX-Empty;\n-A\nme\n--proxy\nsocks5h://[::1]:9\n--insecure\n--http1\n"
                "--connect-to\na:1:b:2\nlist",
    "failures": "--on-error\nabort\n--max-failures\n10%\n--max-failures\n5\n--progress\nplain\n-qv\n--json\nlist",
    "names": "--name\n{index}-{stem}_{host}{hash}\n--no-originals\n--stage\ndownload\n--\n--force\n-x",
    "retry": "retry\n--only\n4xx,timeout,5xx\nDIR",
    "verify": "verify\n--repair\n--strict\nDIR",
    "bench": "bench\n--modes\nsync,async\n--limits\n1,4,16\n--workers\n1,2\n--runs\n3\n--simulate\n"
             "images=12,size=640x480,latency=1s,rate=1M,jitter=50ms,fail=5%",
    "serve": "serve\n--port\n0\n--latency\n.1\n--rate\n1M\n--parallel\n4\nDIR",
    "edges": "edges\n--format\ntga\n--no-orient\n--discard\na.png\nb.jpg",
    "mistakes": "--workes\n4",
    "hostile": "--\x1b[31m\u202e=\x07",
    "rate-tiny": "--rate\n1e-300/h\nlist",
    "threshold-of-gradient": "-d\nneighbor,sobel\n-t\n330\nlist",
}

# The first byte: 0 and 128 are "run", 1 and 129 "edges" and so on; from 128 on the file is trusted.
CONFIG = {
    "run": b"\x80# of the user\nlimit = 16\n\n  detector=canny,sobel \r\nquarantine\nquiet = no\nmax-bytes = 16M\n"
           b"header = Authorization: Bearer x\nproxy =\nname = {index}-{stem}",
    "here": b"\x00output = out\nthreshold = 40\nlimit = 8\nresize = 64x48\nfit = cover\nsave-resized = yes\n",
    "edges": b"\x81limit = 3\nno-orient\nformat = jpg\nquality = 80\nurl-column = not of this command\n",
    "unsafe": b"\x00insecure\n",
    "elsewhere": b"\x00output = ../../etc\n",
    "file": b"\x00stats = s.json\n",
    "name": b"\x80limt = 4\n",
    "value": b"\x80limit = four\n",
    "no-value": b"\x00stats\n",
    "flag": b"\x80force = maybe\n",
    "help": b"\x80help\n",
    "nul": b"\x80limit\0= 4\n",
    "hostile": b"\x80\x1b[31m\xe2\x80\xae = \x07\n",
}


def spelled(host, address="::", how=0):
    """An input of `address`."""
    return ipaddress.IPv6Address(address).packed + struct.pack("<H", how) + host.encode()


ADDRESS = {
    "loopback": spelled("localhost", "::ffff:127.0.0.1"),
    "hexadecimal": spelled("0x7f.1", "64:ff9b::10.0.0.1", 5),
    "octal": spelled("0177.0.0.01.", "2002:c0a8:101::a9fe:a9fe", 14),
    "dword": spelled("2130706433", "::ac10:1", 28),
    "metadata": spelled("169.254.169.254", "fd00:ec2::254", 3),
    "zone": spelled("[fe80::1%25eth0]", "2001:0:7f00:1::6440:1", 2),
    "encoded": spelled("%31%32%37.%30.0.1", "2607:f8b0::5efe:7f00:1", 9),
    "percent-hexadecimal": spelled("%30x7f.1", "2607:f8b0:4004::8080:8080", 11),
    "full-width": spelled("\uff11\uff12\uff17\u3002\uff10.0.1", "2001:db8::e000:1", 6),
    "public": spelled("8.8.8.8", "2606:4700::808:808", 3),
    "name": spelled("x.localhost.", "3fff::1", 1),
}

ROBOTS = {
    "all": " all, follow",
    "noai": " noai, noimageai",
    "other": " otherbot: noindex, edgefetch: nofollow, *: none",
    "date": " unavailable_after: 25 Jun 2030 15:00:00 PST, noindex",
    "snippet": " max-snippet: 5, NoIndex\r\n",
    "empty": ",,:,",
}


def answered(value, away=2048, attempts=1, http=503):
    """A Retry-After at noon of some day."""
    return struct.pack("<HHHBHHBBHHH", 24000, 43200, away, 3, 7, 120, attempts, 16, 77, 5, http) + value.encode()


RETRY = {
    "seconds": answered("120"),
    "blank": answered("5 \t"),
    "huge": answered("99999999999999999999999999"),
    "date": answered("Fri, 31 Dec 2027 23:59:59 GMT", 4000),
    "rfc850": answered("Friday, 31-Dec-27 23:59:59 GMT", 10),
    "asctime": answered("Fri Dec 31 23:59:59 2027", 60000, 20, 429),
    "negative": answered("-1"),
    "zone": answered("1 Jan 2030 00:00 +2359"),
}

NAMES = {
    "plain": "picture.jpg\nexample.org\n{stem}-{hash}\nmine\n\1\2",
    "parent": "..\n..\n..{stem}\n../etc\n",
    "devices": "CON.png\naux\n{host}\nnul.txt\n",
    "ports": "com1\nlpt9.de\nCOM{index}\nLPT1 .x\n\1",
    "console": "conin$\nCONOUT$.org\n{stem}.{host}\nPrN\n",
    "bidirectional": "\u202egpj.exe\nh\n{stem}\u2066\n\u200fname\n",
    "long": "\u00e9" * 100 + ".jpeg\n" + "h" * 90 + "\n{stem}{stem}{host}{index}{hash}\n" + "n" * 160,
    "extension": ".jpg\n-\n-{stem}\n.png",
    "spaces": " a . \nh\n {stem} . \nname. ",
    "template": "a\nb\n{stem\n\n",
    "separators": "a/b\\c:d\nh:80\n{stem}/{index}\na\\b",
}

TEXT = {
    "plain": "\x20hello\nhallo",
    "escapes": "\x08\x1b[31mred\x1b[0m\x7f\nx",
    "bidirectional": "\x40\u202eevil\u202c \u2066x\u2069 \u061c\u200f\n",
    "separators": "\x30a\u2028b\u2029c\u0085d\ufeffe\u200bf",
    "tags": "\x30\U000E0041\U000E007F\U0001F600\U0010FFFF",
    "overlong": b"\x20\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf\xed\xa0\x80\xf4\x90\x80\x80\xff\xfe",
    "cut": "\x00\u20ac\u20ac\u20ac\u20ac\u20ac",
    "quotes": "\x40\"\\\b\f\n\r\t/'<>&",
}

# Descriptors, attachment, length: MESSAGES of them.
FDPASS = {
    "none": bytes((0, 0, 10)) + b"0123456789" * 2,
    "most": bytes((9, 0, 20)) + b"x" * 30,
    "too-many": bytes((12, 1, 4)) + b"abcde" + bytes((3, 1, 5)) + b"fghijk",
    "in-parts": bytes((6, 2, 8)) + b"y" * 9 + bytes((22, 2, 8)) + b"z" * 9,
    "too-long": bytes((3, 0, 120)) + b"w" * 121,
}



def answer(wanted, status=0, kind=1, size=(64, 48), sums=(5,), outputs=(9,), detail=b""):
    """An answer to a job whose number is `wanted`: detectors - 1, and 256 for the resized picture too."""
    return (struct.pack("<QIIII", wanted, status, kind, *size)
            + struct.pack("<7Q", *sums, *[0] * (7 - len(sums)))
            + struct.pack("<8Q", *outputs, *[0] * (8 - len(outputs)))
            + struct.pack("<III", 1, 2, 3) + detail)  # fmt: skip


WIRE = {
    "answer": answer(0),
    "answer-of-seven": answer(6, sums=range(7), outputs=range(1, 8)),
    "answer-resized": answer(0x40_0040_0101, kind=3, sums=(1, 2), outputs=(7, 8, 9)),
    "answer-failed": answer(1, 30, 2, (0, 0), (), (), b"libpng: bad CRC"),
    "answer-too-many": answer(1, sums=(1, 2, 3), outputs=(7, 8, 9)),
    "answer-endless": answer(0, outputs=(1 << 63,)),
}

LINE = '{"url":"http://h/","columns":{"path":"a"},"status":"ok","original":{"path":"original/a.png","bytes":3},'
LINE_PATHS = {
    "ok": LINE + '"edges":[{"detector":"canny","path":"edges/a.png"}],"resized":{"path":"resized/a.png"},"ms":{"at":1.5}}\n',
    "failed": '{"url":"\\"path\\":\\"","status":"failed","error":{"code":"timeout"},"quarantine":"quarantine/a.jpg"}',
    "blanks": ' { "edges" : [ { } , 3 , { "x" : [ ] , "path" : "p" } ] , "z" : -1e3 , "original" : { "path" : "" } } ',
    "nested": '{"edges":[[{"path":"a"}],{"path":{"path":"a"}}],"original":[{"path":"a"}],"resized":{"path":7}}',
    "no-object": '[{"original":{"path":"a"}}]',
}

SEEDS = {"options": OPTIONS, "config": CONFIG, "address": ADDRESS, "robots": ROBOTS, "retry": RETRY, "names": NAMES,
         "text": TEXT, "fdpass": FDPASS, "wire": WIRE, "line_paths": LINE_PATHS}


def main():
    for target, inputs in SEEDS.items():
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, value in inputs.items():
            content = value if isinstance(value, bytes) else value.encode()
            (folder / f"first-{name}").write_bytes(content)


if __name__ == "__main__":
    main()
