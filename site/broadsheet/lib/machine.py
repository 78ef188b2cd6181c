"""What a process may use of this machine, and holds of it. What only Linux tells is None elsewhere."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

PROC, GROUPS = Path("/proc"), Path("/sys/fs/cgroup")


def cores() -> int:
    """The processors that this process may run on, as far as a container's quota reaches."""
    try:
        usable = len(os.sched_getaffinity(0))
    except AttributeError:
        usable = os.cpu_count() or 1
    for said in _limits("cpu.max"):
        quota, _, period = said.partition(" ")
        if quota.isdigit() and period.isdigit():
            usable = min(usable, int(quota) // int(period))
    return max(usable, 1)


def memory() -> int | None:
    """Bytes that this process may use: the machine's, or what a container leaves of them."""
    bounds = [int(said) for said in _limits("memory.max") if said.isdigit()]
    if total := _figures(PROC / "meminfo").get("MemTotal"):
        bounds.append(total)
    return min(bounds, default=None)


def resident(pid: int) -> int | None:
    """Bytes that the process holds, with what it shares with others."""
    return _figures(PROC / str(pid) / "status").get("VmRSS")


def proportional(pid: int) -> int | None:
    """Bytes that the process holds, of what it shares only its part: summed up, what all of them take."""
    return _figures(PROC / str(pid) / "smaps_rollup").get("Pss")


def threads(pid: int) -> int | None:
    """Of the process, those that no Python began as well."""
    lines = _read(PROC / str(pid) / "status").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("Threads:")), None)


def file_system(path: Path) -> str:
    """The kind of that on which the path lies, such as `ext4` or `nfs4` (proc(5)); empty if nobody tells."""
    found, longest, path = "", -1, path.resolve()
    for line in _read(PROC / "self" / "mountinfo").splitlines():
        where, _, what = line.partition(" - ")
        # A blank in a name is written \040.
        place = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), where.split()[4])
        if path.is_relative_to(place) and len(place) >= longest:  # the last hides those below it
            found, longest = what.split()[0], len(place)
    return found


def alike() -> list[int]:
    """This process, and those that its parent started as it did this one."""
    own, parent = _command(os.getpid()), os.getppid()
    pids = (int(path.name) for path in PROC.glob("[0-9]*"))
    found = sorted(pid for pid in pids if own and _parent(pid) == parent and _command(pid) == own)
    return found or [os.getpid()]


def _limits(name: str) -> Iterator[str]:
    """What the control groups say that this process is in (docs.kernel.org/admin-guide/cgroup-v2.html)."""
    lines = _read(PROC / "self" / "cgroup").splitlines()
    path = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), "")
    group = GROUPS / path
    for each in (group, *group.parents):
        if each.is_relative_to(GROUPS) and (said := _read(each / name)):
            yield said


def _figures(path: Path) -> dict[str, int]:
    """Lines such as `VmRSS:  1024 kB`, in bytes."""
    words = (line.split() for line in _read(path).splitlines())
    return {one[0].rstrip(":"): int(one[1]) * 1024 for one in words if one[2:] == ["kB"] and one[1].isdigit()}


def _parent(pid: int) -> int | None:
    rest = _read(PROC / str(pid) / "stat").rpartition(")")[2].split()
    return int(rest[1]) if len(rest) > 1 else None


def _command(pid: int) -> str:
    return _read(PROC / str(pid) / "cmdline")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
