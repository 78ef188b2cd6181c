"""The frozen site behind a real nginx with the rules that freeze wrote."""

import http.client
import os
import shutil
import subprocess
import time

import pytest

from frozen import OWN, RICH, RULES, URL, address, files
from newsroom import free_port

CONFIGURATION = """
{user}
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {site}/_freeze/nginx-http.conf;
    server {{
        listen 127.0.0.1:{port};
        root {site};
        include {site}/_freeze/nginx-server.conf;
    }}
}}
"""
SAME = ("Content-Type", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy")


@pytest.fixture(scope="module")
def nginx(site, tmp_path_factory):
    """Asks it for an address."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not program:
        pytest.skip("no nginx on this machine; to get it: apt install nginx-light")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    # Else its workers could not look into the folders of pytest.
    user = "" if os.getuid() else "user root;"
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(user=user, folder=folder, site=site.folder, port=port))
    process = subprocess.Popen([program, "-e", folder / "error.log", "-c", configuration])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connection.connect()
            break
        except OSError:
            time.sleep(0.05)

    def ask(path):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers

    yield ask
    connection.close()
    process.terminate()
    process.wait(10)


def test_every_file_is_served_as_the_site_answers(site, live, nginx):
    for name in files(site.folder) - OWN - RULES - {"404.html"}:
        if name.startswith("search/"):
            continue
        status, body, headers = nginx(address(name))
        assert (name, status) == (name, 200)
        assert body == site.read(name), name
        _, _, wanted = live(address(name))
        for header in SAME:
            assert headers[header] == wanted.get(header), (name, header)
        if "immutable" in wanted["Cache-Control"]:
            assert headers["Cache-Control"] == wanted["Cache-Control"], name


def test_neither_a_redirect_nor_what_is_missing_lasts(site, nginx):
    for path in (
        "/apple-touch-icon.png",
        "/uploads/0123456789abcdef/none.png",
        "/static/0123456789ab/js/none.js",
    ):
        status, _, headers = nginx(path)
        assert status in (302, 404)
        assert headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_the_policy_allows_what_each_page_needs_and_is_as_strict_elsewhere(site, live, nginx):
    def parsed(policy):
        return {part.split()[0]: set(part.split()[1:]) for part in policy.split(";")}

    for path in ("/", f"/{RICH.removesuffix('.html')}", "/archive", "/tag/notes"):
        own = parsed(live(path)[2]["Content-Security-Policy"])
        all_of_it = parsed(nginx(path)[2]["Content-Security-Policy"])
        for directive, sources in own.items():
            assert sources - {"'none'"} <= all_of_it[directive], (path, directive)
        assert all_of_it["script-src"] == {"'self'"}
        assert all_of_it["default-src"] == {"'none'"}
        assert "'unsafe-inline'" not in all_of_it["style-src"]
    upload = next(name for name in files(site.folder) if name.endswith("drawing.svg"))
    assert "sandbox" in nginx(f"/{upload}")[2]["Content-Security-Policy"]
    paper = next(name for name in files(site.folder) if name.endswith("paper.pdf"))
    told = live(f"/{paper}")[2].get("Content-Disposition")
    assert nginx(f"/{paper}")[2]["Content-Disposition"] == told


def test_redirects(site, nginx):
    lines = [line.split() for line in site.read("_redirects").decode().splitlines()]
    moved = [line for line in lines if len(line) == 3]
    assert moved
    for path, target, status in moved:
        found, _, headers = nginx(f"{path}?from=there")
        assert (path, found) == (path, int(status))
        assert headers["Location"] == f"{target}?from=there", path


@pytest.mark.parametrize(
    ("path", "status", "leads_to"),
    [
        ("/?page=1", 200, None),
        ("/?page=2", 200, None),
        ("/?page=99", 404, None),
        ("/?page=../../etc", 404, None),
        ("/feed.atom?page=2", 200, None),
        ("/feed.atom?page=99", 404, None),
        ("/search?q=apple&page=2", 200, None),
        ("/about?utm_source=x", 200, None),
        ("/about/", 301, "/about"),
        ("/index.html", 301, "/"),
        ("/2019/05/Old-Post/", 301, "/post/13/a-newer-name"),
        ("/2019/05/Old-Post.html", 301, "/post/13/a-newer-name"),
        ("/2019/05/old-post/index.html", 301, "/post/13/a-newer-name"),
        ("/post/13/another-word", 301, "/post/13/a-newer-name"),
        ("/post/13/", 301, "/post/13/a-newer-name"),
        ("/post/9999/x", 404, None),
        ("/nothing-here", 404, None),
        ("/%5Cexample.com/", 404, None),  # to a browser `/\\` is `//`, and another host
        ("/%09/example.com/", 404, None),  # and a tab is nothing
        ("/%5Cexample.com.html", 404, None),
        ("/_freeze/made.txt", 404, None),
        ("/_freeze/nginx-http.conf", 404, None),
        ("/_headers", 404, None),
    ],
)
def test_other_addresses(site, nginx, path, status, leads_to):
    found, body, headers = nginx(path)
    assert (found, headers["Location"]) == (status, leads_to)
    if status == 404:
        assert body == site.read("404.html")
        assert "Content-Security-Policy" in headers
        assert URL not in headers["Content-Security-Policy"]
