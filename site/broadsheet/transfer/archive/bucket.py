"""A place for archives in storage that speaks S3: Amazon's, MinIO, Cloudflare R2, Backblaze B2 and many more.

boto3 is an extra (requirements-s3.txt). What it raises becomes one sentence, in which no key stands.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import IO, Any, Self

from broadsheet.config import Settings
from broadsheet.lib import backups
from broadsheet.lib.one_line import brief
from broadsheet.transfer.archive.manifest import ArchiveError
from broadsheet.transfer.progress import Progress

SCHEME = "s3://"
PART = 16 * 2**20  # bytes; of a part at once only a little is in memory, as it is read from the file
AT_ONCE = 3  # parts
ATTEMPTS = 5  # of each request, with growing pauses
CONNECT_WITHIN, READ_WITHIN = 10, 60  # seconds
# So many parts S3 knows at most; a longer archive has longer parts, which boto3 sees to.
ABANDONED = timedelta(days=2)  # a sending that began before is over, whoever was killed

SAID = {
    "NoSuchBucket": "there is no such bucket",
    "NoSuchKey": "it is not there",
    "404": "it is not there",
    "403": "the access key may not do this",
    "AccessDenied": "the access key may not do this",
    "InvalidAccessKeyId": "the access key is not known there",
    "SignatureDoesNotMatch": "the secret half of the access key is wrong",
}


class StorageError(ArchiveError):
    """The storage is out of reach, or refuses."""


class Forbidden(StorageError):
    """The access key may not do this. It may well be meant so, of deleting above all."""


@dataclass(frozen=True)
class Bucket:
    """A bucket, and the folder in it. Every method raises StorageError."""

    address: str  # s3://bucket or s3://bucket/folder
    settings: Settings = field(repr=False)

    @classmethod
    def holding(cls, address: str, settings: Settings) -> tuple[Self, str]:
        """The place of s3://bucket/folder/name, and the name."""
        place, _, name = address.removeprefix(SCHEME).rpartition("/")
        if not name or not place:
            raise StorageError(f"{address} names no archive, as s3://bucket/name.zip does.")
        return cls(SCHEME + place, settings), name

    @property
    def bucket(self) -> str:
        return self.address.removeprefix(SCHEME).partition("/")[0]

    @property
    def endpoint(self) -> str:
        """The address that is asked, wherever it was set."""
        with self._telling():
            return str(self._client.meta.endpoint_url)

    def key(self, name: str) -> str:
        folder = self.address.removeprefix(SCHEME).partition("/")[2]
        return f"{folder}/{name}" if folder else name

    def sizes(self) -> dict[str, int]:
        """The names that lie there, and their lengths."""
        found: dict[str, int] = {}
        with self._telling():
            pages = self._client.get_paginator("list_objects_v2")
            start = self.key("")
            for page in pages.paginate(Bucket=self.bucket, Prefix=start, Delimiter="/"):
                found |= {one["Key"].removeprefix(start): one["Size"] for one in page.get("Contents", ())}
        return found

    def size(self, name: str) -> int:
        with self._telling(name):
            return int(self._client.head_object(Bucket=self.bucket, Key=self.key(name))["ContentLength"])

    def send(self, path: Path, progress: Progress = lambda done, total: None) -> None:
        """In parts, if it is long. Nobody sees it there before it is whole."""
        total = path.stat().st_size
        with self._telling(path.name):
            self._client.upload_file(
                str(path),
                self.bucket,
                self.key(path.name),
                Config=_transfer(),
                Callback=_counting(progress, total),
            )
        if (there := self.size(path.name)) != total:
            raise StorageError(f"{self.address}/{path.name} has {there:,} bytes there instead of {total:,}.")

    def fetch(self, name: str, file: IO[bytes], progress: Progress = lambda done, total: None) -> None:
        total = self.size(name)
        with self._telling(name):
            self._client.download_fileobj(
                self.bucket, self.key(name), file, Config=_transfer(), Callback=_counting(progress, total)
            )

    def remove(self, name: str) -> None:
        with self._telling(name):
            self._client.delete_object(Bucket=self.bucket, Key=self.key(name))

    def read(self, name: str, most: int) -> bytes:
        """The first bytes of what is small."""
        with self._telling(name):
            return bytes(self._client.get_object(Bucket=self.bucket, Key=self.key(name))["Body"].read(most))

    def write(self, name: str, data: bytes) -> None:
        with self._telling(name):
            self._client.put_object(Bucket=self.bucket, Key=self.key(name), Body=data)

    def forget_unfinished(self, now: datetime) -> None:
        """Parts of a backup whose sending was cut off cost money, and nobody sees them. What else is being
        sent to this bucket is not ours."""
        with self._telling():
            start = self.key("")
            pages = self._client.get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self.bucket, Prefix=start):
                for one in page.get("Uploads", ()):
                    is_ours = backups.moment_of(one["Key"].removeprefix(start)) is not None
                    if is_ours and now - one["Initiated"] > ABANDONED:
                        self._client.abort_multipart_upload(
                            Bucket=self.bucket, Key=one["Key"], UploadId=one["UploadId"]
                        )

    @cached_property
    def _client(self) -> Any:
        import boto3
        from botocore.config import Config

        for name in ("boto3", "botocore", "s3transfer", "urllib3"):
            logging.getLogger(name).setLevel(logging.WARNING)  # below, they tell how they sign
        settings = self.settings
        session = boto3.session.Session(
            aws_access_key_id=settings.backup_s3_key or None,
            aws_secret_access_key=settings.backup_s3_secret or None,
            region_name=settings.backup_s3_region or ("us-east-1" if settings.backup_s3_endpoint else None),
        )
        options = Config(
            signature_version="s3v4",
            connect_timeout=CONNECT_WITHIN,
            read_timeout=READ_WITHIN,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            max_pool_connections=AT_ONCE + 1,
            # The sum of each part is in its signature; the newer ones are not known everywhere.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={
                "payload_signing_enabled": True,
                "addressing_style": "path" if settings.backup_s3_endpoint else "auto",
            },
        )
        return session.client("s3", endpoint_url=settings.backup_s3_endpoint or None, config=options)

    @contextmanager
    def _telling(self, name: str = "") -> Iterator[None]:
        try:
            from boto3.exceptions import Boto3Error
            from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
        except ImportError:
            raise StorageError(
                f"{self.address} needs what is in requirements-s3.txt; manage.py installs it."
            ) from None
        where = f"{self.address}/{name}" if name else self.address
        try:
            yield
        except NoCredentialsError:
            raise StorageError(
                f"{where}: no access key is set, as backup_s3_key and backup_s3_secret."
            ) from None
        except (BotoCoreError, ClientError, Boto3Error) as error:
            cause = error.__context__ if isinstance(error, Boto3Error) and error.__context__ else error
            code = cause.response.get("Error", {}).get("Code", "") if isinstance(cause, ClientError) else ""
            kind = Forbidden if code in ("403", "AccessDenied") else StorageError
            raise kind(f"{where}: {SAID.get(code) or brief(cause).rstrip('.')}.") from None


def _transfer() -> Any:
    from boto3.s3.transfer import TransferConfig

    return TransferConfig(
        multipart_threshold=PART,
        multipart_chunksize=PART,
        max_concurrency=AT_ONCE,
        preferred_transfer_client="classic",
    )


def _counting(progress: Progress, total: int) -> Callable[[int], None]:
    """Several threads say how much more was sent."""
    lock, done = Lock(), 0

    def count(more: int) -> None:
        nonlocal done
        with lock:
            done += more
            progress(min(done, total), total)

    return count
