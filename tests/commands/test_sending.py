"""`backup` straight into storage, and what lies there, within this process."""

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from flask import Flask

from broadsheet.commands import archives, backup
from broadsheet.config import Settings
from broadsheet.extensions import db
from broadsheet.transfer.archive import Archive, ArchiveError, Lock, ownership
from storage import Storage

Told = pytest.CaptureFixture[str]


@pytest.fixture
def sending(make_app: Callable[..., Flask], bucket: dict[str, str]) -> Flask:
    return make_app(**bucket)


def settings_of(app: Flask) -> Settings:
    settings: Settings = app.config["BROADSHEET"]
    return settings


def test_straight_into_storage_and_some_are_kept(sending: Flask, storage: Storage, capsys: Told) -> None:
    settings = settings_of(sending)
    name = settings.backup_s3.split("/")[2]
    for day in (1, 2, 3):
        key = f"other/broadsheet-2026010{day}T000000Z.zip"
        storage.client.put_object(Bucket=name, Key=key, Body=b"")
    with sending.app_context():
        backup.into_bucket(f"s3://{name}/other", settings, Lock(), 2)
        db.session.remove()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"Saved: s3://{name}/other/broadsheet-20")
    assert lines[1] == "Kept: 2 backups; 2 deleted."
    there = storage.names(f"s3://{name}/other")
    (made,) = there - {"broadsheet-20260103T000000Z.zip", ownership.NAME}
    assert list(settings.backups.iterdir()) == []
    with (
        archives.at_hand(f"s3://{name}/other/{made}", settings, settings.instance) as file,
        Archive.read(file, made, scratch=settings.instance) as archive,
    ):
        archive.check()
    assert list(settings.instance.glob(".fetched*")) == []


def test_not_where_another_site_sends(sending: Flask, storage: Storage) -> None:
    settings = settings_of(sending)
    name = settings.backup_s3.split("/")[2]
    theirs = {"broadsheet-20260101T000000Z.zip", "broadsheet-20260102T000000Z.zip", ownership.NAME}
    for one in theirs:
        storage.client.put_object(Bucket=name, Key=f"other/{one}", Body=b"somebody else")
    with sending.app_context():
        with pytest.raises(ArchiveError, match="is where another site sends its backups"):
            backup.into_bucket(f"s3://{name}/other", settings, Lock(), 1)
        db.session.remove()
    assert storage.names(f"s3://{name}/other") == theirs


def test_what_is_out_of_reach_is_told_and_costs_no_backup(
    sending: Flask, storage: Storage, monkeypatch: pytest.MonkeyPatch, capsys: Told
) -> None:
    monkeypatch.setattr("broadsheet.transfer.archive.bucket.ATTEMPTS", 1)
    settings = settings_of(sending)
    storage.refuses = lambda asked: (500, "InternalError") if asked.method == "PUT" else None
    with sending.app_context():
        backup.into_folder(settings.backups, Lock(), None)
        with pytest.raises(ArchiveError, match=r"It could not be sent: .* The worker tries again\."):
            backup.send(settings)
        (path,) = settings.backups.iterdir()
        storage.behave()
        backup.send(settings)
        name = settings.backup_s3.split("/")[2]
        storage.client.put_object(Bucket=name, Key="news/notes.txt", Body=b"text")
        backup.list_all(settings)
        db.session.remove()
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == f"Sent: {settings.backup_s3}/{path.name}"
    assert lines[2].startswith(f"{settings.backups}: 1 backup, ")
    assert lines[4].startswith(f"{settings.backup_s3}: 1 backup, ")
    assert lines[3] == lines[5]
    assert lines[3].startswith(f"  {path.name}  ")


def test_what_the_disk_has_no_room_for_is_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="The disk has no room for it"):
        archives.require_room(tmp_path, 10**18)
