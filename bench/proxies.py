"""A proxy before a site, of the configuration that we ship."""

import getpass
import os
import re
from pathlib import Path

from bench import ROOT, machine
from bench.servers import Server, free_port

CONFIGURATION = ROOT / "docs" / "proxy" / "nginx.conf"
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


def nginx(folder: Path, site: int) -> Server:
    """nginx before the site at this port, without the certificate that it would have elsewhere."""
    port, of_http = free_port(), free_port()
    # Started by root it would give its worker to a user who cannot read the folder.
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(AROUND.format(user=user, folder=folder, sites=sites(site, port, of_http)))
    command = [machine.program("nginx") or "nginx", "-c", str(configuration), "-p", str(folder)]
    command += ["-g", "daemon off;"]
    log, cores = folder / "nginx.log", machine.cores()
    return Server(command, port, log, cores=cores, ready="/health/live")


def sites(site: int, port: int, of_http: int) -> str:
    text = re.sub(r" *ssl_certificate.*\n", "", CONFIGURATION.read_text())
    text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{of_http};")
    return text.replace("server 127.0.0.1:8000;", f"server 127.0.0.1:{site};")
