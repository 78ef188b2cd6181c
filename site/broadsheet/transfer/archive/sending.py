"""Brings the backups of the folder to where they are sent, and the rule that keeps some of them, too."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from broadsheet.config import Settings
from broadsheet.lib import backups
from broadsheet.lib.sent_backups import Standing
from broadsheet.transfer.archive.bucket import Bucket, Forbidden, StorageError

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(days=1)  # so that somebody notices what others deleted there

Progress = Callable[[int, int], object]


@dataclass
class Sent:
    """What was done."""

    names: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def is_due(settings: Settings, now: datetime) -> bool:
    """Whether there may be something to send, as far as can be told without asking."""
    standing = Standing.of(settings.instance, settings.backup_s3)
    if standing is None or now - standing.looked_at >= LOOK_AGAIN:
        return True
    here = _here(settings)
    return bool(here) and (standing.newest is None or here[0][0] > standing.newest)


def send(
    settings: Settings, zone: ZoneInfo, now: datetime, progress: Progress = lambda done, total: None
) -> Sent:
    """Sends what the rule keeps and is not there, the newest first, and deletes there what it does not keep.
    What lies here is only read. Raises StorageError, OSError."""
    bucket, sent = Bucket(settings.backup_s3, settings), Sent()
    sizes = _backups_in(bucket)
    here = _here(settings)
    moments = {at for at, _path in here} | {at for name in sizes if (at := backups.moment_of(name))}
    kept = backups.kept_of(sorted(moments), settings.backup_keep, zone)
    for at, path in here:
        if at in kept and path.name not in sizes:
            bucket.send(path, progress)
            sent.names.append(path.name)
            sizes[path.name] = path.stat().st_size
    try:
        for name in [name for name in sizes if backups.moment_of(name) not in kept]:
            bucket.remove(name)
            sent.dropped.append(name)
            del sizes[name]
    except Forbidden as error:  # as it may well be meant: who breaks in here deletes nothing there
        log.info("Nothing is deleted there: %s", error)
    try:
        bucket.forget_unfinished(now)
    except StorageError as error:  # not every storage tells of them
        log.info("Sendings that were cut off are left there: %s", error)
    Standing.seen(settings.backup_s3, sizes, now).write(settings.instance)
    return sent


def _backups_in(bucket: Bucket) -> dict[str, int]:
    return {name: size for name, size in bucket.sizes().items() if backups.moment_of(name)}


def _here(settings: Settings) -> list[tuple[datetime, Path]]:
    """The newest first. Where they are to be encrypted, no other goes out."""
    made = backups.made(settings.backups)
    wanted = settings.backup_recipients or settings.backup_passphrase_file
    return [(at, path) for at, path in made if not wanted or path.suffix == ".age"]
