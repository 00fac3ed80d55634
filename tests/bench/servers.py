# SPDX-License-Identifier: MIT
"""The servers that all programs download from, on loopback: nginx, and edgefetch's own where answers are to be late."""
import contextlib
import os
import socket
import subprocess
import sys
import time

NGINX = "/usr/sbin/nginx"

CONFIGURATION = """
daemon off;
master_process off;
pid {home}/nginx.pid;
error_log {home}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    open_file_cache max=20000;
    types {{ image/jpeg jpg; }}
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        root {root};
    }}
}}
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for(server, port, log):
    for _ in range(1000):
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        if server.poll() is not None:
            break
        time.sleep(0.01)
    sys.exit(f"nginx does not answer:\n{log.read_text() if log.exists() else ''}")


@contextlib.contextmanager
def stopped_after(server):
    try:
        yield
    finally:
        server.terminate()
        server.wait(20)


@contextlib.contextmanager
def nginx(root, home):
    """The URL under which the folder is served."""
    home.mkdir()
    port = free_port()
    (home / "nginx.conf").write_text(CONFIGURATION.format(home=home, root=root, port=port))
    with open(os.devnull, "w", encoding="utf-8") as nothing:
        server = subprocess.Popen([NGINX, "-p", home, "-c", home / "nginx.conf"], stderr=nothing)
    with stopped_after(server):
        wait_for(server, port, home / "error.log")
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def late(edgefetch, root, seconds):
    """The same from `edgefetch serve`, which waits before each answer: nginx alone cannot."""
    server = subprocess.Popen([edgefetch, "serve", "-q", "--latency", str(seconds), root], stdout=subprocess.PIPE,
                              text=True)
    with stopped_after(server), server.stdout:
        yield server.stdout.readline().strip().rstrip("/")
