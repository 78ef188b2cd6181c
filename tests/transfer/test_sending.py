"""What lies in the folder goes where the settings say, and the rule that keeps some holds there, too."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from broadsheet.config import Settings, load
from broadsheet.lib import backups
from broadsheet.lib.sent_backups import Standing
from broadsheet.transfer.archive import bucket as buckets
from broadsheet.transfer.archive import ownership, sending
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


def put(settings: Settings, storage: Storage, moment: datetime, text: bytes = b"text") -> str:
    """Lies there alone, whoever brought it."""
    place, name = Bucket(settings.backup_s3, settings), backups.new_name(moment)
    storage.client.put_object(Bucket=place.bucket, Key=place.key(name), Body=text)
    return name


def there(settings: Settings, storage: Storage) -> set[str]:
    return storage.names(settings.backup_s3) - {ownership.NAME}


def send(settings: Settings, now: datetime = NOW, identity: str = "ours") -> sending.Sent:
    return sending.send(settings, identity, UTC_ZONE, now)


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
    assert sending.is_due(settings, NOW + DAY)
    sent = send(settings, NOW + DAY)
    assert (sent.names, sorted(sent.dropped)) == ([newest], [older, old])
    assert storage.names(settings.backup_s3) == {new, newest, "notes.txt", ownership.NAME}
    assert len(list(settings.backups.iterdir())) == 5
    standing = Standing.of(settings.instance, settings.backup_s3)
    assert standing
    assert standing.newest == NOW + DAY


def test_another_sites_backups_are_none_of_ours(settings: Settings, storage: Storage) -> None:
    theirs = made(settings, 2)
    send(settings, identity="theirs")
    (settings.backups / theirs).unlink()
    ours = made(settings, 0)
    with pytest.raises(StorageError, match=f"is where another site sends its backups: its {ownership.NAME}"):
        send(settings)
    assert there(settings, storage) == {theirs}
    assert [path.name for path in settings.backups.iterdir()] == [ours]


def test_backups_of_nobody_are_no_ones_to_delete(settings: Settings, storage: Storage) -> None:
    found = {put(settings, storage, NOW - days * DAY) for days in range(1, 8)}
    made(settings, 0)
    with pytest.raises(StorageError, match=r"nothing says that they are this site's\. Set another folder"):
        send(settings)
    assert storage.names(settings.backup_s3) == found


def test_what_was_sent_by_this_site_is_known_by_its_name(settings: Settings, storage: Storage) -> None:
    old, new = made(settings, 1), made(settings, 0)
    put(settings, storage, NOW - DAY)
    assert send(settings).names == [new]
    assert there(settings, storage) == {old, new}


def test_names_of_the_future_stop_nothing(settings: Settings, storage: Storage) -> None:
    made(settings, 1)
    send(settings)
    planted = {put(settings, storage, NOW + years * 365 * DAY) for years in range(60, 69)}
    assert sending.is_due(settings, NOW + DAY)
    new = made(settings, 0)
    assert send(settings).names == [new]
    assert there(settings, storage) > {new, *planted}
    standing = Standing.of(settings.instance, settings.backup_s3)
    assert standing
    assert standing.newest == NOW
    made(settings, -1)
    assert sending.is_due(settings, NOW + DAY / 2) is False
    assert sending.is_due(settings, NOW + DAY)


def test_no_name_over_there_keeps_one_from_being_sent(settings: Settings, storage: Storage) -> None:
    send(settings)
    put(settings, storage, NOW + timedelta(minutes=30))
    new = made(settings, 0)
    assert send(settings).names == [new]
    assert new in there(settings, storage)


def test_a_clock_that_was_ahead_leaves_no_rest(settings: Settings) -> None:
    send(settings, NOW + 365 * DAY)
    assert sending.is_due(settings, NOW)


def test_what_is_cut_short_there_is_sent_again(settings: Settings, storage: Storage) -> None:
    old, new = made(settings, 1), made(settings, 0)
    send(settings)
    put(settings, storage, NOW, b"te")
    put(settings, storage, NOW - DAY, b"")
    empty = put(settings, storage, NOW - 2 * DAY, b"")
    sizes = Bucket(settings.backup_s3, settings).sizes()
    assert sorted(sending.cut_short(settings, sizes, NOW)) == [empty, old, new]
    sent = send(settings)
    assert (sent.names, sent.dropped) == ([new, old], [empty])
    assert sending.cut_short(settings, Bucket(settings.backup_s3, settings).sizes(), NOW) == []


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
    assert len(there(settings, storage)) == 2
    newest = made(settings, -1)
    storage.refuses = lambda asked: (403, "AccessDenied") if asked.method == "DELETE" else None
    assert send(settings, NOW + DAY).names == [newest]
    assert len(there(settings, storage)) == 3
    assert not sending.is_due(settings, NOW + DAY)


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
    assert there(settings, storage) == {secret}


def test_what_a_page_shows_is_of_the_place_that_is_set(settings: Settings) -> None:
    assert Standing.of(settings.instance, settings.backup_s3) is None
    send(settings)
    assert Standing.of(settings.instance, settings.backup_s3) == Standing(settings.backup_s3, NOW, None)
    assert Standing.of(settings.instance, "s3://another") is None
    (settings.instance / "backups-sent.json").write_text('{"address": 7')
    assert Standing.of(settings.instance, settings.backup_s3) is None
