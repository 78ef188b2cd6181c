"""The machine: its cores, who runs on which of them, and the programs that it has or lacks."""

import ctypes
import importlib.util
import os
import platform
import shutil
import signal
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

Cores = tuple[int, ...]

PR_SET_PDEATHSIG = 1  # prctl(2)

# How to get what is not there.
CURES = {
    "wrk": "apt install wrk (or brew install wrk)",
    "nginx": "apt install nginx-light (or brew install nginx)",
    "gunicorn": ".venv/bin/pip install gunicorn",
    "brotli": "without it a page has only its gzip form",
}


@cache
def cores() -> Cores:
    """Those this process may run on when it starts; none where the system does not tell, as on macOS."""
    return tuple(sorted(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else ()


def server_cores() -> Cores:
    return cores()[:1]


def load_cores() -> Cores:
    """Never the server's, unless there is no other."""
    return cores()[1:2] or cores()[:1]


def pinned(chosen: Cores) -> Callable[[], None] | None:
    """For Popen's `preexec_fn`: the process and all that it starts stay on these cores, and it is told to end
    if this one is killed."""
    if not chosen:  # only Linux tells of cores
        return None
    libc = ctypes.CDLL(None)

    def begin() -> None:
        os.sched_setaffinity(0, chosen)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    return begin


def program(name: str) -> str | None:
    # Debian keeps servers where only root's search path leads.
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")


def has_gunicorn() -> bool:
    return importlib.util.find_spec("gunicorn") is not None


def description() -> dict[str, Any]:
    return {
        "processor": processor(),
        "cores": len(cores()) or os.cpu_count() or 1,
        "memory_gb": round(memory() / 2**30) if memory() else None,
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "pinned": bool(cores()),
    }


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if sys.platform != "win32" else 0
