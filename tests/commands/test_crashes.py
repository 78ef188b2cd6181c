"""The driver that kills the site while people write: a short run of it, and that it would notice a loss."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from bench.crashes import CLIENTS, Site, Written, examined, lost, run
from bench.small_disk import SmallDisk, may_mount


def test_what_was_acknowledged_survives_the_end_of_every_process(tmp_path: Path) -> None:
    said: list[str] = []
    assert run(1, 7, tmp_path, said.append) == 0, said
    written = re.search(r"1 rounds, (\d+) writes acknowledged", said[-1])
    assert written
    assert int(written[1]) > 0

    # Each kind of loss is noticed.
    site = Site(tmp_path / "instance", tmp_path / "log")
    never = Written()
    for kind in CLIENTS:
        never.by_kind[kind].append("what nobody wrote")
    assert [one.partition(":")[0] for one in lost(site, never)] == [
        *("draft", "publication", "message", "autosave", "upload")
    ]
    with closing(sqlite3.connect(site.instance / "broadsheet.db")) as database, database:
        database.execute("INSERT INTO post_authors (post_id, user_id, position) VALUES (0, 0, 0)")
    (found,) = examined(site.instance)
    assert found.startswith("doctor: Database: ")


@pytest.mark.skipif(not may_mount(), reason="only root may mount a disk")
def test_a_full_disk_loses_nothing_and_is_told_as_what_it_is(tmp_path: Path) -> None:
    said: list[str] = []
    with SmallDisk(tmp_path / "disk") as disk:
        assert run(1, 3, tmp_path, said.append, disk=disk) == 0, said
    assert re.match(r"The disk was full [1-9]", said[-2]), said
