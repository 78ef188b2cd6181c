"""`doctor`: what is wrong with this installation, and the cure."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from broadsheet.commands.demands import example, safe, with_app
from broadsheet.config import Settings, load

if TYPE_CHECKING:
    from flask import Flask

    from broadsheet.doctor import Finding

MARKS = {"good": ("ok", "green"), "noted": ("note", "yellow"), "bad": ("BAD", "red")}


@click.command(
    epilog=example(
        "python3 manage.py doctor", "python3 manage.py doctor --mend", "python3 manage.py doctor --json"
    )
)
@click.option("--offline", is_flag=True, help="Ask no other machine: not the mail server, not the names.")
@click.option("--mend", is_flag=True, help="Put right what a crash may leave: stray files, a broken index.")
@click.option("--json", "as_json", is_flag=True, help="One object a line, for programs.")
@safe
@click.pass_context
def doctor(context: click.Context, offline: bool, mend: bool, as_json: bool) -> None:
    """Look the installation over: one line each, with the cure.

    It looks at settings, secret key, permissions, clock, disk, database, search, uploads, worker, backups and
    mail; at the public address, with its HTTPS and proxy; and at what the world's name servers say of the
    sender. It changes nothing without --mend. The exit status is 1 if anything is bad.
    """
    from flask import current_app
    from flask.cli import ScriptInfo

    if not current_app and not context.find_object(ScriptInfo):
        context.with_resource(untouched().app_context())
    context.invoke(look_over, offline=offline, mend=mend, as_json=as_json)


def untouched() -> "Flask":
    """The site, without making it a secret key: the one that is missing may be in a backup."""
    from broadsheet import create_app

    settings = load()
    if settings.secret_key or (settings.instance / "secret_key").exists():
        return create_app(settings)
    app = create_app(replace(settings, secret_key=secrets.token_hex()))
    app.config["BROADSHEET"] = settings
    return app


@with_app
def look_over(offline: bool, mend: bool, as_json: bool) -> None:
    from flask import current_app

    from broadsheet.doctor import State, examine
    from broadsheet.doctor.store import mend_search, mend_uploads

    trouble = trouble_with_database(current_app)
    if mend:
        if trouble:
            raise click.ClickException(trouble)
        count, aside = mend_uploads()
        posts = mend_search()
        if not as_json:
            click.echo(f"Files that nothing knew: {count}" + (f", moved to {aside}" if count else ""))
            click.echo(f"Posts in the index, written anew: {posts}")
    is_well = True
    further = [("Database", lambda settings: of_trouble(trouble)) if trouble else ("Secret key", apps)]
    settings = current_app.config["BROADSHEET"]
    for finding in examine(settings, offline=offline, without_database=bool(trouble), further=further):
        is_well = is_well and finding.state is not State.BAD
        if as_json:
            click.echo(json.dumps(finding._asdict(), ensure_ascii=False))
            continue
        mark, colour = MARKS[finding.state]
        click.echo(f"{click.style(f'{mark:5}', fg=colour)} {finding.what:12} {finding.words}")
        if finding.cure:
            click.echo(f"{'':18} -> {finding.cure}")
    click.get_current_context().exit(0 if is_well else 1)


def trouble_with_database(app: "Flask") -> str:
    """Why it cannot be used, in the words of `run`; empty if it can."""
    from sqlalchemy.exc import DBAPIError

    from broadsheet.commands.migrating import check_file, is_at_head, is_current, refused, revisions_of

    if is_at_head():
        return ""
    try:
        check_file(app.config["BROADSHEET"].database_file)
        is_current(app)
        is_empty = not revisions_of(app)
    except DBAPIError as error:
        return refused(error)
    except click.ClickException as error:
        return error.message
    if is_empty:
        raise click.ClickException("There is no site here yet. Begin with:  python3 manage.py run")
    return "The database is older than this code. To bring it up to date:  python3 manage.py run"


def of_trouble(trouble: str) -> Iterator["Finding"]:
    from broadsheet.doctor.finding import bad

    words, _, cure = trouble.partition(". ")
    yield bad("Database", words, cure or "See that it answers, and what database_url says.")


def apps(settings: Settings) -> Iterator["Finding"]:
    """What the secret key has sealed."""
    from broadsheet.commands.restore import people_without_codes
    from broadsheet.doctor.finding import bad, some

    if names := people_without_codes():
        yield bad(
            "Secret key",
            f"it is not the one that has sealed the authenticator apps of {some(names)}: they have no codes",
            "Bring that one back from a backup (files/secret_key in it), or put it into secret_key_fallbacks;"
            " or they sign in with a recovery code, and set the app up anew. For who has none:"
            "  python3 manage.py user second-factor --remove NAME",
        )
