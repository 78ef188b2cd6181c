"""Brings the backups of the folder to where they are sent, and the rule that keeps some of them, too."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from broadsheet.config import Settings
from broadsheet.lib import backups
from broadsheet.lib.sent_backups import Standing
from broadsheet.transfer.archive import ownership
from broadsheet.transfer.archive.bucket import Bucket, Forbidden, StorageError
from broadsheet.transfer.progress import Progress

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(days=1)  # so that somebody notices what others deleted there


@dataclass
class Sent:
    """What was done."""

    names: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def is_due(settings: Settings, now: datetime) -> bool:
    """Whether there may be something to send, as far as can be told without asking."""
    standing = Standing.of(settings.instance, settings.backup_s3)
    if standing is None or not timedelta(0) <= now - standing.looked_at < LOOK_AGAIN:
        return True
    here = _here(settings, now)
    return bool(here) and (standing.newest is None or here[0][0] > standing.newest)


def send(
    settings: Settings,
    identity: str,
    zone: ZoneInfo,
    now: datetime,
    progress: Progress = lambda done, total: None,
) -> Sent:
    """Sends what the rule keeps of what lies here, if it is not there in its whole length, the newest first,
    and deletes there what it does not keep. What lies here is only read. `identity` is the site's.
    Raises StorageError, OSError."""
    bucket, sent = Bucket(settings.backup_s3, settings), Sent()
    names, here = bucket.sizes(), _here(settings, now)
    _require_ours(bucket, identity, names, here)
    there = _made_until(now, names)
    # Of what lies here alone, so that no name over there keeps one from being sent.
    kept = backups.kept_of([at for at, _path in here], settings.backup_keep, zone)
    for at, path in here:
        if at in kept and there.get(path.name) != path.stat().st_size:
            bucket.send(path, progress)
            sent.names.append(path.name)
            there[path.name] = path.stat().st_size
    whole = map(backups.moment_of, counting(there, now))
    kept |= backups.kept_of([moment for moment in whole if moment], settings.backup_keep, zone)
    try:
        for name in [name for name in there if backups.moment_of(name) not in kept]:
            bucket.remove(name)
            sent.dropped.append(name)
            del there[name]
    except Forbidden as error:  # as it may well be meant: who breaks in here deletes nothing there
        log.info("Nothing is deleted there: %s", error)
    try:
        bucket.forget_unfinished(now)
    except StorageError as error:  # not every storage tells of them
        log.info("Sendings that were cut off are left there: %s", error)
    Standing.seen(settings.backup_s3, counting(there, now), now).write(settings.instance)
    return sent


def counting(names: dict[str, int], now: datetime) -> dict[str, int]:
    """The backups among what lies there: no empty ones, and none of a date to come."""
    return {name: size for name, size in _made_until(now, names).items() if size}


def cut_short(settings: Settings, names: dict[str, int], now: datetime) -> list[str]:
    """Those that have another length there than here, or none at all."""
    here = {path.name: path.stat().st_size for _at, path in _here(settings, now)}
    return [
        name
        for name, size in names.items()
        if backups.moment_of(name) and (not size or here.get(name, size) != size)
    ]


def _made_until(now: datetime, names: dict[str, int]) -> dict[str, int]:
    return {
        name: size
        for name, size in names.items()
        if (at := backups.moment_of(name)) and not backups.is_ahead(at, now)
    }


def _require_ours(
    bucket: Bucket, identity: str, there: dict[str, int], here: list[tuple[datetime, Path]]
) -> None:
    if ownership.is_claimed(bucket, there, identity):
        return
    known = {path.name for _at, path in here}
    if any(backups.moment_of(name) and name not in known for name in there):
        raise StorageError(
            f"{bucket.address} holds backups already, and nothing says that they are this site's. Set another"
            f" folder; or if they are, say so:  python3 manage.py backup --to {bucket.address}"
        )
    ownership.claim(bucket, identity)


def _here(settings: Settings, now: datetime) -> list[tuple[datetime, Path]]:
    """The newest first. Where they are to be encrypted, no other goes out."""
    made = backups.made_until(now, settings.backups)
    wanted = settings.backup_recipients or settings.backup_passphrase_file
    return [(at, path) for at, path in made if not wanted or path.suffix == ".age"]
