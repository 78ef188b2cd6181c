"""Archives in storage that speaks S3: sent in parts, listed, fetched; and each trouble in one sentence."""

import io
import logging
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import shake_128
from pathlib import Path

import pytest

from broadsheet.config import Settings, SettingsError, load
from broadsheet.lib import backups
from broadsheet.transfer.archive import bucket as buckets
from broadsheet.transfer.archive.bucket import Bucket, Forbidden, StorageError
from stage import free_port
from storage import SECRET, Storage

BEGAN = datetime(2010, 11, 11, tzinfo=UTC)  # as the storage says of all that is being sent
LEAST = 5 * 2**20  # bytes of a part, but for the last: S3 takes none that is shorter


@pytest.fixture
def place(bucket: dict[str, str], tmp_path: Path) -> Bucket:
    settings = load(bucket | {"BROADSHEET_INSTANCE": str(tmp_path)})
    return Bucket(settings.backup_s3, settings)


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is tried again, which takes pauses."""
    monkeypatch.setattr(buckets, "ATTEMPTS", 1)


def test_a_long_file_goes_in_parts_and_comes_back(
    place: Bucket, storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "PART", LEAST)
    path, data = tmp_path / "long.zip", shake_128(b"text").digest(4 * LEAST + 7)
    path.write_bytes(data)
    seen: list[tuple[int, int]] = []
    place.send(path, lambda done, total: seen.append((done, total)))
    sent = [asked for asked in storage.asked if asked.method == "PUT"]
    assert sorted(asked.size for asked in sent) == [7, *[LEAST] * 4]
    assert max(asked.at_once for asked in sent) <= buckets.AT_ONCE
    assert seen[-1] == (len(data), len(data))
    assert place.sizes() == {"long.zip": len(data)}

    storage.client.put_object(Bucket=place.bucket, Key="elsewhere.zip", Body=b"")
    storage.client.put_object(Bucket=place.bucket, Key="news/below/another.zip", Body=b"")
    storage.client.put_object(Bucket=place.bucket, Key="newspaper.zip", Body=b"")
    assert set(place.sizes()) == {"long.zip"}

    fetched = io.BytesIO()
    place.fetch("long.zip", fetched)
    assert fetched.getvalue() == data
    place.remove("long.zip")
    assert place.sizes() == {}


def test_what_fails_once_is_tried_again(place: Bucket, storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"text")
    storage.refuses = lambda asked: (503, "SlowDown") if len(storage.asked) == 1 else None
    place.send(tmp_path / "x.zip")
    assert place.sizes() == {"x.zip": 4}


@pytest.mark.usefixtures("once")
def test_each_trouble_is_one_sentence_without_a_key(
    place: Bucket, storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    settings, file = place.settings, tmp_path / "x.zip"
    file.write_bytes(b"text")
    closed = f"http://127.0.0.1:{free_port()}"
    nowhere = Bucket("s3://no-such-bucket", settings)
    for trouble, said in (
        (lambda: nowhere.sizes(), "s3://no-such-bucket: there is no such bucket."),
        (lambda: nowhere.send(file), "s3://no-such-bucket/x.zip: there is no such bucket."),
        (lambda: place.size("x.zip"), f"{place.address}/x.zip: it is not there."),
        (lambda: place.fetch("x.zip", io.BytesIO()), f"{place.address}/x.zip: it is not there."),
        (lambda: Bucket.holding("s3://bucket", settings), "s3://bucket names no archive"),
        (lambda: changed(place, backup_s3_endpoint=closed).sizes(), f"{place.address}: Could not connect to"),
        (
            lambda: changed(place, backup_s3_key="", backup_s3_secret="").sizes(),
            f"{place.address}: no access key is set",
        ),
    ):
        with pytest.raises(StorageError) as refused:
            trouble()
        assert str(refused.value).startswith(said)
        assert SECRET not in str(refused.value)
        assert "\n" not in str(refused.value)
    assert SECRET not in repr(place)


def changed(place: Bucket, **values: str) -> Bucket:
    return Bucket(place.address, replace(place.settings, **values))


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize(
    ("code", "status", "said", "kind"),
    [
        ("SignatureDoesNotMatch", 403, "the secret half of the access key is wrong", StorageError),
        ("InvalidAccessKeyId", 403, "the access key is not known there", StorageError),
        ("AccessDenied", 403, "the access key may not do this", Forbidden),
        ("InternalError", 500, "As the test says", StorageError),
    ],
)
def test_what_the_storage_refuses_is_told(
    place: Bucket, storage: Storage, tmp_path: Path, code: str, status: int, said: str, kind: type[Exception]
) -> None:
    (tmp_path / "x.zip").write_bytes(b"text")
    storage.refuses = lambda asked: (status, code) if asked.method == "PUT" else None
    with pytest.raises(kind, match=said):
        place.send(tmp_path / "x.zip")
    assert place.sizes() == {}


def test_without_what_it_needs_it_says_so(place: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3.exceptions", None)
    with pytest.raises(StorageError, match=r"needs what is in requirements-s3\.txt"):
        place.sizes()


def test_the_secret_is_in_no_log(place: Bucket, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    place.sizes()
    assert SECRET not in caplog.text
    assert "Authorization" not in caplog.text


def test_what_was_cut_off_is_thrown_away_after_days(place: Bucket, storage: Storage) -> None:
    def left() -> list[str]:
        found = storage.client.list_multipart_uploads(Bucket=place.bucket)
        return [one["Key"] for one in found.get("Uploads", ())]

    ours, others = "news/broadsheet-20101110T000000Z.zip", f"others/{backups.new_name(BEGAN)}"
    for key in (ours, others):
        storage.client.create_multipart_upload(Bucket=place.bucket, Key=key)
    place.forget_unfinished(BEGAN)
    assert left() == [ours, others]
    place.forget_unfinished(BEGAN + timedelta(days=3))
    assert left() == [others]


@pytest.mark.parametrize("folder", ["", "/news"])
def test_what_other_programs_are_sending_is_left_alone(place: Bucket, storage: Storage, folder: str) -> None:
    name = backups.new_name(BEGAN)
    theirs = {"somebody-elses/video.mp4", "news/other-program.bin", f"news/deep/{name}", "newsroom/x"}
    place = Bucket(f"s3://{place.bucket}{folder}", place.settings)
    for key in (*theirs, place.key(name)):
        storage.client.create_multipart_upload(Bucket=place.bucket, Key=key)
    place.forget_unfinished(BEGAN + timedelta(days=400))
    found = storage.client.list_multipart_uploads(Bucket=place.bucket)
    assert {one["Key"] for one in found.get("Uploads", ())} == theirs


@pytest.mark.usefixtures("once")
def test_what_it_says_is_short_and_can_be_seen(place: Bucket, storage: Storage) -> None:
    storage.refuses = lambda asked: (400, "Odd\u009b31m\u202e" + "A" * 300_000)
    with pytest.raises(StorageError, match="Odd31mAAA") as refused:
        place.sizes()
    assert len(str(refused.value)) < 300
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("S3", "bucket"),
        ("S3", "s3://"),
        ("S3", "s3://Bucket"),
        ("S3", "s3://bucket/../other"),
        ("S3_ENDPOINT", "s3.example.org"),
        ("S3_ENDPOINT", f"https://key:{SECRET}@s3.example.org"),
    ],
)
def test_settings_that_lead_nowhere_are_refused(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"BROADSHEET_BACKUP_{name}.* must look like") as refused:
        load({f"BROADSHEET_BACKUP_{name}": value, "BROADSHEET_INSTANCE": str(tmp_path)})
    assert SECRET not in str(refused.value)
    assert Settings().backup_s3 == ""
