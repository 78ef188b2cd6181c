"""How the house stands, for its admins: database, disk, mail, and when the last backup was made."""

from datetime import datetime
from typing import Any, NamedTuple

from flask import current_app, url_for
from flask_babel import format_decimal, format_timedelta, ngettext
from flask_babel import gettext as _
from sqlalchemy import func

from broadsheet import jobs
from broadsheet.doctor import facts
from broadsheet.extensions import db
from broadsheet.lib import backups, clock, machine
from broadsheet.lib.sent_backups import Standing
from broadsheet.models import OutgoingAddress, Webhook
from broadsheet.models.setting import LOOK
from broadsheet.plugins import Plugins
from broadsheet.web.current_site import site
from broadsheet.web.filters import datetime_

GOOD, NOTED, BAD = "good", "noted", "bad"

# Where a setting is changed that is none of the page of settings.
PLACES = dict.fromkeys(LOOK, "desk.appearance.edit") | {
    "navigation": "desk.navigation.edit",
    "theme": "desk.themes.index",
    "theme_since": "desk.themes.index",
    "plugins_since": "desk.plugins.index",
}


class Finding(NamedTuple):
    """One line: what, how it stands (its shape, see static/css/states.css) and that in words."""

    what: Any
    state: str
    words: str
    url: str = ""


def findings() -> list[Finding]:
    return [
        database(),
        *settings(),
        space(),
        *memory(),
        worker(),
        errors(),
        outbox(),
        backup(),
        *sent_backup(),
        *plugins(),
        links(),
        *webhooks(),
    ]


def database() -> Finding:
    # That this page could be made says that it answers.
    name, size = facts.database_name(), facts.database_size()
    return Finding(_("Database"), GOOD, name if size is None else f"{name}, {megabytes(size)}")


def settings() -> list[Finding]:
    """Only those that must be set anew, each with the page where that is done."""
    return [
        Finding(
            _("Settings"),
            BAD,
            _("what is stored as %(name)s cannot be used; please set it anew", name=name),
            url_for(PLACES.get(name, "desk.settings.edit")),
        )
        for name in site.unfit
    ]


def space() -> Finding:
    free = facts.free_space(current_app.config["BROADSHEET"])
    state = BAD if free < facts.LITTLE_SPACE else GOOD
    return Finding(_("Disk"), state, _("%(size)s free", size=megabytes(free)))


def memory() -> list[Finding]:
    """Of all processes that answer; nothing where the machine does not tell."""
    pids = machine.alike()
    held = sum(machine.proportional(pid) or 0 for pid in pids)
    words = ngettext(
        "%(num)d server process, %(size)s",
        "%(num)d server processes, %(size)s",
        len(pids),
        size=megabytes(held),
    )
    return [Finding(_("Memory"), GOOD, words)] if held else []


def worker() -> Finding:
    found = jobs.status()
    if not found.is_alive:
        return Finding(_("Worker"), BAD, _("does not run: nothing is done in the background"))
    if found.given_up or found.failing:
        failed = found.given_up + len(found.failing)
        return Finding(_("Worker"), BAD, ngettext("%(num)d job failed", "%(num)d jobs failed", failed))
    if found.waiting:
        return Finding(_("Worker"), GOOD, ngettext("%(num)d job waits", "%(num)d jobs wait", found.waiting))
    return Finding(_("Worker"), GOOD, _("all is done"))


def errors() -> Finding:
    many = len(current_app.extensions["broadsheet_errors"].of_late(clock.now()))
    words = (
        ngettext("%(num)d since yesterday", "%(num)d since yesterday", many)
        if many
        else _("none since yesterday")
    )
    return Finding(_("Errors"), NOTED if many else GOOD, words, url_for("desk.errors.index"))


def outbox() -> Finding:
    found = facts.mails()
    if not found.is_set_up:
        return Finding(_("Mail"), NOTED, _("not set up: mails are kept in a folder"))
    if found.refused:
        words = ngettext("%(num)d mail was refused", "%(num)d mails were refused", found.refused)
        return Finding(_("Mail"), BAD, words)
    if found.waiting:
        words = ngettext("%(num)d mail waits", "%(num)d mails wait", found.waiting)
        return Finding(_("Mail"), BAD if found.are_late else NOTED, words)
    return Finding(_("Mail"), GOOD, _("all is sent"))


def backup() -> Finding:
    return dated(_("Last backup"), backups.newest(current_app.config["BROADSHEET"].backups))


def sent_backup() -> list[Finding]:
    """Of the place to which backups are sent, as far as the worker has told."""
    settings = current_app.config["BROADSHEET"]
    if not settings.backup_s3:
        return []
    found = Standing.of(settings.instance, settings.backup_s3)
    return [dated(_("Last backup sent"), found.newest if found else None)]


def plugins() -> list[Finding]:
    """Only if there is one that failed."""
    found: Plugins = current_app.extensions["broadsheet_plugins"]
    many = sum(bool(entry.problem) or found.standing(entry.name).has_failed for entry in found.entries)
    words = ngettext("%(num)d has failed", "%(num)d have failed", many)
    return [Finding(_("Plugins"), BAD, words, url_for("desk.plugins.index"))] if many else []


def dated(what: Any, at: datetime | None) -> Finding:
    if at is None:
        return Finding(what, BAD, _("none yet"))
    state = BAD if facts.is_old(at, current_app.config["BROADSHEET"]) else GOOD
    ago = format_timedelta(at - clock.now(), add_direction=True)
    return Finding(what, state, f"{datetime_(at)} ({ago})")


def links() -> Finding:
    dead = db.session.scalar(OutgoingAddress.dead().with_only_columns(func.count())) or 0
    words = (
        ngettext("%(num)d leads nowhere", "%(num)d lead nowhere", dead)
        if dead
        else _("none is known to be dead")
    )
    return Finding(
        _("Links to elsewhere"), NOTED if dead else GOOD, words, url_for("desk.outgoing_links.index")
    )


def webhooks() -> list[Finding]:
    """Only those that switched themselves off."""
    return [
        Finding(
            _("Webhooks"),
            BAD,
            _("%(name)s is switched off: nothing came through", name=webhook.name),
            url_for("desk.webhooks.show", id=webhook.id),
        )
        for webhook in db.session.scalars(Webhook.given_up())
    ]


def megabytes(size: int) -> str:
    if size >= 1_000_000_000:
        return _("%(number)s GB", number=format_decimal(round(size / 1e9, 1)))
    return _("%(number)s MB", number=format_decimal(round(size / 1e6, 1)))
