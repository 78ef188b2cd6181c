"""The daily backup, where the settings ask for one, and its way to another place."""

import logging
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import current_app

from broadsheet import signals
from broadsheet.extensions import db
from broadsheet.lib import backups
from broadsheet.lib.lazy import lazily
from broadsheet.lib.one_line import brief
from broadsheet.models import Actor, Site, acting
from broadsheet.models.event import happened

if TYPE_CHECKING:
    from broadsheet.transfer import archive
    from broadsheet.transfer.archive import sending
else:
    archive = lazily("broadsheet.transfer.archive")
    sending = lazily("broadsheet.transfer.archive.sending")

log = logging.getLogger(__name__)

MAKE, SEND = "back_up", "send_backups"  # as the chores are called
EVERY = timedelta(minutes=5)  # so much later than it is due it may begin
ACTOR = Actor(name="manage.py work")
SPARE = 1.2  # of what the newest takes, that the disk must have for another


class Backup(str):
    """Where backups go, as the sender of `backup_failed`; the audit log says what kind of thing it is."""

    __slots__ = ()


class NoRoom(Exception):
    """The disk of the backups is nearly full."""


def back_up(now: datetime) -> int:
    """Makes one if it is due, and deletes what the rule does not keep; how many were made. Raises OSError."""
    settings = current_app.config["BROADSHEET"]
    if settings.backup_at is None:
        return 0
    zone = _zone_of(_site())
    folder = settings.backups
    # One of next year was made while the clock was wrong, and is no reason to make none until then.
    there = backups.made_until(now, folder)
    if there and there[0][0] >= backups.last_due(now, settings.backup_at, zone):
        return 0
    require_room(backups.opened(folder), [path for _at, path in there[:1]])
    lock = archive.Lock.of(settings)
    source = archive.Source(db.engine, settings.instance)
    saved = archive.save(source, folder / backups.new_name(now, encrypted=bool(lock)), lock=lock)
    for missing in saved.manifest.missing:
        log.warning("The file of %s is missing; its row is in the backup", missing)
    backups.forget_drafts(folder, now)
    backups.thin_out(folder, settings.backup_keep, zone, now)
    return 1


def send(now: datetime) -> int:
    """Sends what lies in the folder to where the settings say, if anything may be missing there; how many.

    Whatever becomes of it, the folder keeps what it has. Raises StorageError, OSError."""
    settings = current_app.config["BROADSHEET"]
    if not settings.backup_s3 or not sending.is_due(settings, now):
        return 0
    site = _site()
    return len(sending.send(settings, site.identity, _zone_of(site), now).names)


def tell_of_failure(name: str, problem: str) -> None:
    """The caller commits."""
    settings = current_app.config["BROADSHEET"]
    where = settings.backup_s3 if name == SEND else str(settings.backups)
    with acting(ACTOR):
        happened(signals.backup_failed, Backup(where), was_made=name == SEND, problem=brief(problem))


def _site() -> Site:
    site = Site.load()
    db.session.rollback()  # nobody waits for this transaction while an archive is made or sent
    return site


def _zone_of(site: Site) -> ZoneInfo:
    return ZoneInfo(site.timezone or "UTC")


def require_room(folder: Path, newest: list[Path]) -> None:
    needed = sum(path.stat().st_size for path in newest) * SPARE
    if shutil.disk_usage(folder).free < needed:
        raise NoRoom(f"{folder} has no room for another backup of {needed / 1e6:,.0f} MB")
