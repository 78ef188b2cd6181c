"""The daily backup."""

import email
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from broadsheet import jobs
from broadsheet.extensions import db
from broadsheet.jobs import backups
from broadsheet.lib import clock
from broadsheet.lib.backups import newest
from broadsheet.models import ChoreRun, Event, Role
from broadsheet.transfer.archive import Archive, Keys, encryption, ownership, passphrase
from broadsheet.transfer.archive import bucket as buckets
from stage import person
from storage import Storage

NIGHT = datetime(2026, 11, 29, 3, 31, tzinfo=UTC)
BACK_UP, SEND = (chore for chore in jobs.CHORES if chore.name in ("back_up", "send_backups"))


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


def test_it_is_sent_and_who_is_to_know_is_told_once_when_that_fails(
    make_app: Callable[..., Flask],
    storage: Storage,
    bucket: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(buckets, "ATTEMPTS", 1)
    app = make_app(BROADSHEET_BACKUP_AT="03:30", **bucket)
    folder, where = Path(app.instance_path) / "backups", bucket["BROADSHEET_BACKUP_S3"]
    with app.app_context(), time_machine.travel(NIGHT, tick=False) as now:
        person("Ada Admin", Role.ADMIN)
        jobs.do(BACK_UP, at_once=True)
        storage.refuses = lambda asked: (403, "SignatureDoesNotMatch")
        for _ in range(5):
            jobs.do(SEND, at_once=True)
            now.shift(timedelta(minutes=10))
        (failing,) = jobs.status().failing
        assert "the secret half of the access key is wrong" in failing.problem
        assert len(app.extensions["broadsheet_errors"].of_late(clock.now())) == 5
        (letter,) = (Path(app.instance_path) / "outbox").glob("*.eml")
        text = email.message_from_bytes(letter.read_bytes(), policy=policy.default)
        assert text["To"] == "Ada Admin <ada@example.com>"
        said = " ".join(text.get_content().split())
        assert f"was made, but could not be sent to {where}." in said
        assert "the secret half of the access key is wrong" in said
        (told,) = db.session.scalars(db.select(Event).where(Event.action == "backup_failed"))
        assert (told.actor_name, told.subject_label) == ("manage.py work", where)
        assert bucket["BROADSHEET_BACKUP_S3_SECRET"] not in said + failing.problem + str(told.details)
        (path,) = folder.iterdir()

        db.session.rollback()
        storage.behave()
        jobs.do(SEND, at_once=True)
        assert jobs.status().failing == []
        assert storage.names(where) == {path.name, ownership.NAME}
        db.session.rollback()
        storage.behave()
        jobs.do(SEND, at_once=True)
        assert storage.asked == [], "nothing is asked while nothing is new"
        db.session.remove()


def test_a_backup_that_cannot_be_made_is_told_as_well(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    (tmp_path / "no folder").touch()
    app = make_app(BROADSHEET_BACKUP_AT="03:30", BROADSHEET_BACKUP_FOLDER=str(tmp_path / "no folder"))
    with app.app_context():
        person("Ada Admin", Role.ADMIN)
        for _ in range(3):
            jobs.do(BACK_UP, at_once=True)
        db.session.remove()
    (letter,) = (Path(app.instance_path) / "outbox").glob("*.eml")
    text = email.message_from_bytes(letter.read_bytes(), policy=policy.default)
    assert f"could not be made in {tmp_path}/no folder" in " ".join(text.get_content().split())


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
    with time_machine.travel(NIGHT):
        assert newest(folder) == NIGHT


def test_what_is_told_of_a_failure_is_short(app: Flask) -> None:
    with app.app_context():
        backups.tell_of_failure(backups.SEND, "odd\x1b\u202e" + "A" * 300_000)
        db.session.commit()
        (told,) = db.session.scalars(db.select(Event).where(Event.action == "backup_failed"))
        assert told.details["problem"] == "odd" + "A" * 196 + "…"
        db.session.remove()
