"""What lies in the folder goes where the settings say, and the rule that keeps some holds there, too."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from broadsheet.config import Settings, load
from broadsheet.lib import backups
from broadsheet.lib.sent_backups import Standing
from broadsheet.transfer.archive import bucket as buckets
from broadsheet.transfer.archive import sending
from broadsheet.transfer.archive.bucket import Bucket, StorageError
from storage import Storage

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)
UTC_ZONE = ZoneInfo("UTC")


@pytest.fixture
def settings(bucket: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(buckets, "ATTEMPTS", 1)
    (tmp_path / "backups").mkdir()
    return load(bucket | {"BROADSHEET_INSTANCE": str(tmp_path), "BROADSHEET_BACKUP_KEEP": "2 daily"})


def made(settings: Settings, days_ago: int, *, encrypted: bool = False) -> str:
    name = backups.new_name(NOW - days_ago * DAY, encrypted=encrypted)
    (settings.backups / name).write_bytes(b"text")
    return name


def send(settings: Settings, now: datetime = NOW) -> sending.Sent:
    return sending.send(settings, UTC_ZONE, now)


def test_what_the_rule_keeps_is_sent_and_nothing_else_is_deleted(
    settings: Settings, storage: Storage
) -> None:
    older, old, new = (made(settings, days) for days in (2, 1, 0))
    (settings.backups / "before-restore-20261129T000000Z.zip").write_bytes(b"text")
    assert sending.is_due(settings, NOW)
    sent = send(settings)
    assert (sent.names, sent.dropped) == ([new, old], [])
    client, place = storage.client, Bucket(settings.backup_s3, settings)
    client.put_object(Bucket=place.bucket, Key=f"news/{older}", Body=b"text")
    client.put_object(Bucket=place.bucket, Key="news/notes.txt", Body=b"text")

    assert not sending.is_due(settings, NOW + DAY / 2)
    assert sending.is_due(settings, NOW + DAY)
    newest = made(settings, -1)
    assert sending.is_due(settings, NOW + DAY / 2)
    sent = send(settings)
    assert (sent.names, sorted(sent.dropped)) == ([newest], [older, old])
    assert storage.names(settings.backup_s3) == {new, newest, "notes.txt"}
    assert len(list(settings.backups.iterdir())) == 5
    standing = Standing.of(settings.instance, settings.backup_s3)
    assert standing
    assert standing.newest == NOW + DAY


def test_what_fails_costs_nothing_here_and_is_made_good(settings: Settings, storage: Storage) -> None:
    name = made(settings, 0)
    storage.refuses = lambda asked: (500, "InternalError") if asked.method == "PUT" else None
    with pytest.raises(StorageError):
        send(settings)
    assert [path.name for path in settings.backups.iterdir()] == [name]
    assert sending.is_due(settings, NOW)
    storage.behave()
    assert send(settings).names == [name]


def test_a_key_that_may_not_delete_is_a_good_one(settings: Settings, storage: Storage) -> None:
    for days in (2, 1, 0):
        made(settings, days)
        send(settings)
    assert len(storage.names(settings.backup_s3)) == 2
    newest = made(settings, -1)
    storage.refuses = lambda asked: (403, "AccessDenied") if asked.method == "DELETE" else None
    assert send(settings).names == [newest]
    assert len(storage.names(settings.backup_s3)) == 3
    assert not sending.is_due(settings, NOW)


def test_a_storage_that_does_not_tell_what_was_cut_off_will_do(settings: Settings, storage: Storage) -> None:
    name = made(settings, 0)
    storage.refuses = lambda asked: (501, "NotImplemented") if "uploads" in asked.path else None
    assert send(settings).names == [name]


def test_where_backups_are_encrypted_no_other_goes_out(
    settings: Settings, storage: Storage, tmp_path: Path
) -> None:
    made(settings, 1)
    secret = made(settings, 0, encrypted=True)
    wanting = load(
        {
            "BROADSHEET_INSTANCE": str(tmp_path),
            "BROADSHEET_BACKUP_RECIPIENTS": "age1" + "q" * 58,
            "BROADSHEET_BACKUP_S3": settings.backup_s3,
            "BROADSHEET_BACKUP_S3_ENDPOINT": settings.backup_s3_endpoint,
            "BROADSHEET_BACKUP_S3_KEY": settings.backup_s3_key,
            "BROADSHEET_BACKUP_S3_SECRET": settings.backup_s3_secret,
        }
    )
    assert send(wanting).names == [secret]
    assert storage.names(settings.backup_s3) == {secret}


def test_what_a_page_shows_is_of_the_place_that_is_set(settings: Settings) -> None:
    assert Standing.of(settings.instance, settings.backup_s3) is None
    send(settings)
    assert Standing.of(settings.instance, settings.backup_s3) == Standing(settings.backup_s3, NOW, None)
    assert Standing.of(settings.instance, "s3://another") is None
    (settings.instance / "backups-sent.json").write_text('{"address": 7')
    assert Standing.of(settings.instance, settings.backup_s3) is None
