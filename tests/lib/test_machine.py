import os
from pathlib import Path

import pytest

from broadsheet.lib import machine


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of 8 GiB and 8 processors, on which this process is in the group `/site/web`."""
    (tmp_path / "proc" / "self").mkdir(parents=True)
    (tmp_path / "proc" / "meminfo").write_text(
        "MemTotal:        8388608 kB\nMemFree:  1 kB\nHugePages_Total: 0\n"
    )
    (tmp_path / "proc" / "self" / "cgroup").write_text("1:name=systemd:/other\n0::/site/web\n")
    groups = tmp_path / "cgroup"
    (groups / "site" / "web").mkdir(parents=True)
    monkeypatch.setattr(machine, "PROC", tmp_path / "proc")
    monkeypatch.setattr(machine, "GROUPS", groups)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    return groups


def test_without_a_bound_it_is_the_whole_machine(container: Path) -> None:
    (container / "site" / "cpu.max").write_text("max 100000\n")
    (container / "site" / "memory.max").write_text("max\n")
    assert (machine.cores(), machine.memory()) == (8, 8 * 2**30)


@pytest.mark.parametrize(
    ("quota", "cores"), [("250000 100000", 2), ("50000 100000", 1), ("9900000 100000", 8)]
)
def test_quota_of_a_container_counts(container: Path, quota: str, cores: int) -> None:
    (container / "site" / "web" / "cpu.max").write_text(f"{quota}\n")
    assert machine.cores() == cores


def test_narrowest_bound_of_the_groups_above_counts(container: Path) -> None:
    (container / "site" / "memory.max").write_text("1000000\n")
    (container / "site" / "web" / "memory.max").write_text("2000000\n")
    assert machine.memory() == 1_000_000


def test_nothing_is_known_of_a_machine_that_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "PROC", tmp_path / "none")
    monkeypatch.setattr(machine, "GROUPS", tmp_path / "none")
    assert machine.memory() is None
    assert machine.resident(os.getpid()) is None
    assert machine.alike() == [os.getpid()]
    assert machine.cores() >= 1


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells")
def test_this_process_holds_memory_and_its_part_is_the_smaller(tmp_path: Path) -> None:
    resident, part = machine.resident(os.getpid()), machine.proportional(os.getpid())
    assert resident
    assert part
    assert 2**23 < part <= resident * 1.01  # a moment lies between the two
    assert os.getpid() in machine.alike()


def test_the_nearest_mount_that_is_seen_tells_the_file_system(container: Path, tmp_path: Path) -> None:
    site = tmp_path / "the site"
    site.mkdir()
    mounts = [("/", "ext4"), (tmp_path, "xfs"), (site, "tmpfs"), (site, "nfs4"), (f"{tmp_path}/the", "cifs")]
    lines = [
        f"22 1 0:21 / {str(place).replace(' ', chr(92) + '040')} rw shared:1 - {kind} source rw"
        for place, kind in mounts
    ]
    (tmp_path / "proc" / "self" / "mountinfo").write_text("\n".join(lines))
    assert machine.file_system(site / "broadsheet.db") == "nfs4"
    assert machine.file_system(tmp_path / "the other") == "xfs"
    assert machine.file_system(Path("/")) == "ext4"
