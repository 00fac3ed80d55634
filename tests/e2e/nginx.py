# SPDX-License-Identifier: MIT
"""A real nginx on loopback: HTTP/1.1 on one port, TLS with HTTP/2 on another, and on a third the
same for three requests a connection."""

import socket
import subprocess
import time

PROGRAM = "/usr/sbin/nginx"

CONFIGURATION = """
daemon off;
master_process off;
pid {home}/nginx.pid;
error_log {home}/error.log;
events {{ worker_connections 256; }}
http {{
    default_type application/octet-stream;
    types {{ image/png png; image/jpeg jpg; }}
    log_format counted '$connection $server_protocol $uri';
    access_log {home}/access.log counted;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    ssl_certificate {home}/certificate.pem;
    ssl_certificate_key {home}/key.pem;
    root {home}/www;
    server {{
        listen 127.0.0.1:{plain};
        listen 127.0.0.1:{tls} ssl http2;
        location ~ ^/relay/([0-9]+)(/.*)$ {{
            proxy_pass http://127.0.0.1:$1$2;
            proxy_buffering off;
        }}
        location /closed {{
            return 444;
        }}
    }}
    server {{
        listen 127.0.0.1:{few} ssl http2;
        keepalive_requests 3;
    }}
}}
"""


def _free_ports(count):
    """Ports that were free a moment ago: nginx cannot be told to let the system choose."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Nginx:
    """Serves the directory `www`. `certificate` is the file to trust."""

    def __init__(self, home):
        self.home = home
        self.www = home / "www"
        self.certificate = home / "certificate.pem"
        self.www.mkdir()
        self._make_certificate()
        self._start()

    def url(self, name):
        return f"http://127.0.0.1:{self.plain}/{name}"

    def tls_url(self, name, host="127.0.0.1"):
        return f"https://{host}:{self.tls}/{name}"

    def few_url(self, name):
        """At the port where a connection is over after three requests."""
        return f"https://127.0.0.1:{self.few}/{name}"

    def relay_url(self, url):
        """What leads, by HTTP/2, to a URL of a server on 127.0.0.1."""
        return self.tls_url("relay/" + url.partition("127.0.0.1:")[2])

    def accesses(self, prefix):
        """(connection, protocol, path) of each request for a path that begins with `prefix`."""
        lines = (self.home / "access.log").read_text().splitlines()
        return [line.split(" ", 2) for line in lines if line.split(" ", 2)[2].startswith(prefix)]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)

    def _make_certificate(self):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=edgefetch tests",
             "-addext", "subjectAltName=IP:127.0.0.1",
             "-keyout", self.home / "key.pem", "-out", self.certificate],
            check=True, capture_output=True,
        )  # fmt: skip

    def _start(self):
        for _ in range(5):  # a port may be taken between the choice and the start
            self.plain, self.tls, self.few = _free_ports(3)
            ports = {"plain": self.plain, "tls": self.tls, "few": self.few}
            text = CONFIGURATION.format(home=self.home, **ports)
            (self.home / "nginx.conf").write_text(text)
            self.process = subprocess.Popen(
                [PROGRAM, "-p", self.home, "-c", self.home / "nginx.conf"],
                stderr=subprocess.DEVNULL,
            )
            if self._answers():
                return
        raise AssertionError((self.home / "error.log").read_text())

    def _answers(self):
        while self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.plain)).close()
                return True
            except ConnectionRefusedError:
                time.sleep(0.01)
        return False
