"""The daily backup."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from broadsheet import jobs
from broadsheet.extensions import db
from broadsheet.jobs import backups
from broadsheet.lib.backups import newest
from broadsheet.models import ChoreRun
from broadsheet.transfer.archive import Archive, Keys, encryption, passphrase

NIGHT = datetime(2026, 11, 29, 3, 31, tzinfo=UTC)
(BACK_UP,) = (chore for chore in jobs.CHORES if chore.name == "back_up")


def test_one_a_day_and_the_rule_deletes(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    app = make_app(
        BROADSHEET_BACKUP_AT="03:30",
        BROADSHEET_BACKUP_FOLDER=str(folder),
        BROADSHEET_BACKUP_KEEP="2 daily",
    )
    with app.app_context(), time_machine.travel(NIGHT, tick=False) as now:
        made = []
        for hours in (0, 5, 18.9, 0.2, 24, 24):  # the third is a minute and more too early
            now.shift(timedelta(hours=hours))
            jobs.do(BACK_UP, at_once=True)
            made.append(db.session.get_one(ChoreRun, "back_up", populate_existing=True).count)
            db.session.rollback()
    assert made == [1, 0, 0, 1, 1, 1]
    names = sorted(path.name for path in folder.iterdir())
    assert [name[:19] for name in names] == ["broadsheet-20261201", "broadsheet-20261202"]
    with Archive.opened(folder / names[0], scratch=tmp_path) as archive:
        archive.check()


def test_none_unless_the_settings_ask_for_one(app: Flask) -> None:
    assert backups.back_up(NIGHT) == 0
    assert not (Path(app.instance_path) / "backups").exists()


def test_it_is_encrypted_for_those_who_are_named(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    public = encryption.new_key(tmp_path / "key")
    app = make_app(BROADSHEET_BACKUP_AT="03:30", BROADSHEET_BACKUP_RECIPIENTS=public)
    with app.app_context():
        assert backups.back_up(NIGHT) == 1
        db.session.remove()
    (path,) = (Path(app.instance_path) / "backups").iterdir()
    assert path.name == "broadsheet-20261129T033100Z.zip.age"
    assert path.read_bytes().startswith(encryption.HEAD)


def test_or_with_a_passphrase(
    make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passphrase, "WORK", 4)
    file = tmp_path / "passphrase"
    file.write_text("four words or more\n")
    app = make_app(BROADSHEET_BACKUP_AT="03:30", BROADSHEET_BACKUP_PASSPHRASE_FILE=str(file))
    with app.app_context():
        assert backups.back_up(NIGHT) == 1
        db.session.remove()
    (path,) = (Path(app.instance_path) / "backups").iterdir()
    assert path.name == "broadsheet-20261129T033100Z.zip.age"
    keys = Keys(passphrase=lambda: "four words or more")
    with Archive.opened(path, keys=keys, scratch=tmp_path) as archive:
        archive.check()


def test_no_room_is_a_failure_that_is_told(make_app: Callable[..., Flask]) -> None:
    app = make_app(BROADSHEET_BACKUP_AT="03:30")
    folder = Path(app.instance_path) / "backups"
    folder.mkdir()
    with (folder / "broadsheet-20261101T033000Z.zip").open("wb") as sparse:
        sparse.truncate(10**13)
    with app.app_context():
        with time_machine.travel(NIGHT, tick=False):
            jobs.do(BACK_UP, at_once=True)
        (failing,) = jobs.status().failing
        assert "has no room for another backup" in failing.problem
        db.session.remove()
    assert len(list(folder.iterdir())) == 1


def test_one_of_a_clock_that_was_ahead_keeps_none_from_being_made(make_app: Callable[..., Flask]) -> None:
    app = make_app(BROADSHEET_BACKUP_AT="03:30")
    folder = app.config["BROADSHEET"].backups
    with app.app_context():
        assert backups.back_up(NIGHT + timedelta(days=365)) == 1
        assert backups.back_up(NIGHT) == 1
        assert backups.back_up(NIGHT) == 0
    stamp = (datetime.now(UTC) + timedelta(days=365)).timestamp()
    for path in folder.iterdir():
        os.utime(path, (stamp, stamp))
    assert newest(folder) is None
