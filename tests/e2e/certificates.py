# SPDX-License-Identifier: MIT
"""Certificates, as the openssl command makes them: good ones, and each wrong in one way."""

import ssl
import subprocess

CONFIGURATION = """
[authority]
database = {home}/index.txt
new_certs_dir = {home}
rand_serial = yes
default_md = sha256
policy = names
copy_extensions = copy
[names]
commonName = supplied
"""

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def _openssl(*args):
    subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True)


class Authority:
    """A certificate authority in a directory of its own. `certificate` is the file to trust."""

    def __init__(self, home):
        home.mkdir()
        self.home = home
        self.certificate = home / "authority.pem"
        (home / "index.txt").touch()
        (home / "configuration").write_text(CONFIGURATION.format(home=home))
        _openssl("req", "-x509", *KEY, "-days", "2", "-subj", f"/CN=edgefetch {home.name}",
                 "-keyout", home / "authority.key", "-out", self.certificate)  # fmt: skip

    def context(self, name, subject="IP:127.0.0.1", dates=("-days", "2")):
        """A server's TLS with a new certificate for `subject`."""
        key, request, made = (self.home / f"{name}.{kind}" for kind in ("key", "csr", "pem"))
        _openssl("req", *KEY, "-subj", f"/CN={name}", "-addext", f"subjectAltName={subject}",
                 "-keyout", key, "-out", request)  # fmt: skip
        _openssl("ca", "-batch", "-notext", "-config", self.home / "configuration",
                 "-name", "authority", "-cert", self.certificate,
                 "-keyfile", self.home / "authority.key",
                 *dates, "-in", request, "-out", made)  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made, key)
        return context

    def expired(self, name):
        """The same with a certificate that was good for a day, long ago."""
        return self.context(
            name, dates=("-startdate", "20200101000000Z", "-enddate", "20200102000000Z")
        )
