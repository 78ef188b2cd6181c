"""The servers that are compared: real processes on ports of their own, each kept on its cores, each ended."""

import getpass
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import ROOT, client, machine
from bench.client import Answer, Unexpected
from broadsheet.config import MEGABYTE
from broadsheet.lib import machine as processes

# Each page is made anew for each reader.
WITHOUT_PRESS: dict[str, Any] = {"press_size": 0}

STARTS_WITHIN, ENDS_WITHIN = 60, 20
ESTABLISHED = "01"  # in /proc/net/tcp


def environment(**settings: object) -> dict[str, str]:
    """This process's, without the settings of the site that one has here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BROADSHEET_")}
    given = {f"BROADSHEET_{name.upper()}": str(value) for name, value in settings.items()}
    return kept | {"BROADSHEET_NO_SETUP": "1"} | given


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A command that listens on `port`: a context, entered with its first good answer, that ends it."""

    def __init__(
        self,
        command: Sequence[str],
        port: int,
        log: Path,
        *,
        environ: dict[str, str] | None = None,
        cores: machine.Cores | None = None,
        ready: str = "/",
    ) -> None:
        self.port, self.base, self._log, self._ready = port, f"http://127.0.0.1:{port}", log, ready
        self._began = time.perf_counter()
        self.took = 0.0  # seconds until it answered
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environ or environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=machine.pinned(machine.server_cores() if cores is None else cores),
            )

    def __enter__(self) -> "Server":
        self._wait_until_ready()
        self.took = time.perf_counter() - self._began
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait_until_ready(self) -> None:
        while self._process.poll() is None and time.perf_counter() < self._began + STARTS_WITHIN:
            try:
                with client.Connection(self.port) as connection:
                    if connection.get(self._ready).status == 200:
                        return
            except (OSError, Unexpected):
                pass
            time.sleep(0.01)
        said = self._log.read_text(errors="replace").strip().splitlines()
        self._process.kill()
        raise Unexpected(f"{self._log.stem} does not start: {said[-1] if said else 'it says nothing'}")

    # -- what it takes

    def largest_worker(self) -> int:
        """The process that answers: of those that this one has started, the largest."""
        return max(self._children(), key=resident, default=self._process.pid)

    def processor_seconds(self) -> float:
        """What it and those it has started have used so far; 0 where the system does not tell."""
        return sum(_processor_seconds(pid) for pid in self.pids())

    def pids(self) -> list[int]:
        """Of all that runs for it."""
        return [self._process.pid, *self._children()]

    def threads(self) -> int:
        """Of all its processes."""
        return sum(len(list(Path(f"/proc/{pid}/task").glob("*"))) for pid in self.pids())

    def connections(self) -> int:
        """That others hold to it."""
        rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
        return sum(row[1].endswith(f":{self.port:04X}") and row[3] == ESTABLISHED for row in rows)

    def _children(self) -> list[int]:
        found = (int(file.parent.name) for file in Path("/proc").glob("[0-9]*/stat"))
        return [pid for pid in found if _stat(pid)[1:2] == [str(self._process.pid)]]


def _stat(pid: int) -> list[str]:
    """From the state on: the name before it may hold anything. Nothing of one that has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _processor_seconds(pid: int) -> float:
    spent = _stat(pid)[11:13]  # in user mode, in the kernel
    return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """Megabytes."""
    return (processes.resident(pid) or 0) / MEGABYTE


def proportional(pid: int) -> float:
    """Megabytes, with what is shared divided among those who share it."""
    return (processes.proportional(pid) or 0) / MEGABYTE


# -- each kind


def site(instance: Path, log: Path, cores: machine.Cores | None = None, **settings: object) -> Server:
    """Ours, as `run` serves it."""
    port = free_port()
    environ = environment(
        **({"instance": instance, "rate_limits": "off", "work": "off", "workers": 1} | settings)
    )
    command = [sys.executable, str(ROOT / "manage.py"), "run", "--port", str(port)]
    return Server(command, port, log, environ=environ, cores=cores)


def bare(kind: str, log: Path, answers: Path | None = None, **settings: object) -> Server:
    """A function on the server of `run`, with its settings: see bare.py."""
    port = free_port()
    command = [sys.executable, "-m", "bench.bare", kind, *([str(answers)] if answers else [])]
    given = {"port": port, "work": "off", "workers": 1, "instance": log.parent / "none"}
    environ = environment(**(given | settings))
    return Server(command, port, log, environ=environ)


def gunicorn(instance: Path, log: Path, threads: int) -> Server:
    """Ours, served by gunicorn."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "manage:app", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "1", "--threads", str(threads), "--keep-alive", "60"]
    environ = environment(instance=instance, rate_limits="off", work="off", threads=threads)
    return Server(command, port, log, environ=environ)


NGINX = """
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log crit;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    default_type text/html;
    charset utf-8;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000000;
    open_file_cache max=1000 inactive=60s;
    gzip_static always;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/pages;
        location / {{ try_files $uri.html $uri/index.html =404; }}
    }}
}}
"""


def nginx(folder: Path, pages: dict[str, Answer]) -> Server:
    """nginx with these pages as files, compressed beforehand, as a frozen site has them."""
    port = free_port()
    for path, answer in pages.items():
        file = folder / "pages" / f"{path.strip('/') or 'index'}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()  # what try_files looks for; sent is the one beside it
        Path(f"{file}.gz").write_bytes(answer.body)
    # Started by root it would give its worker to a user who cannot read the folder.
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(user=user, folder=folder, port=port))
    command = [machine.program("nginx") or "nginx", "-c", str(configuration), "-p", str(folder)]
    return Server([*command, "-g", "daemon off;"], port, folder / "nginx.log")
