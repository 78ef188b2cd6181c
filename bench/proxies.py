"""A proxy before a site, or before its parts, of the configurations that we ship."""

import getpass
import os
import re
from pathlib import Path

from bench import ROOT, machine
from bench.servers import Server, free_port

FOLDER = ROOT / "docs" / "proxy"
PORT = 8000  # of the first server there; the others follow
AROUND = """
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log crit;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {sites}
}}
"""


def nginx(folder: Path, *servers: int) -> Server:
    """nginx before the site at this port, without the certificate that it would have elsewhere; before its
    parts, if there are more: public, desk and api."""
    port, of_http = free_port(), free_port()
    # Started by root it would give its worker to a user who cannot read the folder.
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(AROUND.format(user=user, folder=folder, sites=sites(servers, port, of_http)))
    command = [machine.program("nginx") or "nginx", "-c", str(configuration), "-p", str(folder)]
    command += ["-g", "daemon off;"]
    log, cores = folder / "nginx.log", machine.cores()
    return Server(command, port, log, cores=cores, ready="/health/live")


def sites(servers: tuple[int, ...], port: int, of_http: int) -> str:
    configuration = FOLDER / ("nginx-parts.conf" if len(servers) > 1 else "nginx.conf")
    text = re.sub(r" *ssl_certificate.*\n", "", configuration.read_text())
    text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{of_http};")
    for number, server in enumerate(servers):
        text = text.replace(f"server 127.0.0.1:{PORT + number};", f"server 127.0.0.1:{server};")
    return text
