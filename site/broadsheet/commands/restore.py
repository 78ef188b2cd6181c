"""`restore`: what an archive holds, in the place of the site."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadsheet.commands.archives import opened, put_in_place, takes_archive
from broadsheet.commands.demands import example, to_oneself
from broadsheet.commands.encryption import keys_of
from broadsheet.commands.progress import number
from broadsheet.config import Settings, load, make_private
from broadsheet.lib.one_line import one_line

if TYPE_CHECKING:
    from broadsheet.transfer.archive import Archive


@click.command(
    epilog=example(
        "python3 manage.py restore instance/backups/broadsheet-20261129T030000Z.zip",
        "BROADSHEET_DATABASE_URL=postgresql://news@localhost/news python3 manage.py restore news.zip",
    )
)
@takes_archive
@click.option("--yes", is_flag=True, help="Replace the site that is here without asking.")
def restore(
    file: Path | str, identity: Path | None, passphrase_file: Path | None, plain: bool, yes: bool
) -> None:
    """Put what an archive holds in the place of the site.

    Stop the site before. What is here is saved into `backups` first, and the line that says where also takes
    you back. The database may be another one than that of the archive: so a site moves between SQLite,
    PostgreSQL and MariaDB. An archive that is damaged, or of a newer release, changes nothing.
    """
    settings = load()
    make_private(settings.instance)
    keys = keys_of(file, identity, passphrase_file, plain, settings)
    with to_oneself(settings), opened(file, keys, settings, settings.instance) as archive:
        archive.require_room(settings.instance)
        there = what_is_here(settings)
        if there and not yes:
            ask(there)
        former = keep(settings) if there else None
        put_in_place(archive, settings)
        rows = sum(part.rows or 0 for part in archive.manifest.tables.values())
        files = len(archive.manifest.files)
        click.echo(f"Restored: {number(rows, 'row')}, {number(files, 'file')}.")
        remarks(archive, settings)
    if former:
        click.echo(f"What was here is in {former}")


# -- the steps


def what_is_here(settings: Settings) -> str:
    """In a few words; empty if nothing is, but what every new site has."""
    import sqlalchemy as sa

    if settings.database_file and not settings.database_file.exists():
        return ""
    engine = sa.create_engine(settings.database, poolclass=sa.NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            tables = sa.inspect(connection).get_table_names()
            if tables and "alembic_version" not in tables:
                named = f"{', '.join(tables[:3])}, …"
                raise click.ClickException(
                    f"The database {engine.url!r} holds tables of something else ({named})."
                    " Give Broadsheet a database of its own."
                )
            wanted = [name for name in ("posts", "users") if name in tables]
            counts = [connection.scalar(sa.text(f"SELECT count(*) FROM {name}")) for name in wanted]  # noqa: S608  our own names
    except sa.exc.DatabaseError as error:
        raise click.ClickException(
            f"The database that is here cannot be read ({one_line(error)})."
            " Move it away, and restore into an empty site."
        ) from error
    finally:
        engine.dispose()
    if not any(counts):
        return ""
    return f"{number(counts[0], 'post')} and {number(counts[1], 'person', 'people')}"


def ask(there: str) -> None:
    if not sys.stdin.isatty():
        raise click.ClickException(f"This site has {there}. Say --yes to replace it; it is saved before.")
    click.confirm(f"This site has {there}. Replace it? It is saved before", abort=True, err=True)


def keep(settings: Settings) -> Path:
    """An archive of what is to be replaced."""
    from broadsheet import create_app
    from broadsheet.extensions import db
    from broadsheet.lib import backups, clock
    from broadsheet.transfer.archive import Source, save

    path = backups.opened(settings.instance / backups.FOLDER) / backups.new_name(
        clock.now(), prefix="before-restore"
    )
    with create_app(settings).app_context():
        try:
            save(Source(db.engine, settings.instance), path)
        except Exception as error:
            raise click.ClickException(
                f"What is here could not be saved ({one_line(error)}), so it was not replaced."
                " Move it away yourself, and restore into an empty site."
            ) from error
        finally:
            db.engine.dispose()
    return path


def remarks(archive: "Archive", settings: Settings) -> None:
    from broadsheet import create_app
    from broadsheet.extensions import db
    from broadsheet.transfer.archive import Kind, contents, places

    for name in archive.manifest.missing:
        click.echo(f"The file of {name} was missing when the archive was made.", err=True)
    if path := places.restored_settings(archive, settings.instance):
        click.echo(f"The settings of the archive are in {path}; those of this machine count.")
    key = archive.text(contents.FILES + contents.SECRET_KEY)
    if key and settings.secret_key and key.decode("ascii", "replace").strip() != settings.secret_key:
        click.echo(
            "The settings have a secret key of their own. To read what that of the archive has sealed or"
            " signed, add it to secret_key_fallbacks; it is files/secret_key in the archive."
        )
    with create_app(settings).app_context():
        names = people_without_codes()
        db.engine.dispose()
    if names:
        click.echo(
            "What makes the codes of authenticator apps was sealed with another secret key, so these have no"
            f" codes of their apps: {', '.join(names)}. Put that key into secret_key_fallbacks; or they sign"
            " in with a recovery code, and set the app up anew. For who has none:"
            "  python3 manage.py user second-factor --remove NAME",
            err=True,
        )
    if archive.manifest.kind is Kind.EXPORT:
        click.echo("Nobody has a password yet: python3 manage.py user password NAME")


def people_without_codes() -> list[str]:
    """Whose authenticator app no secret key that the site has can read."""
    import sqlalchemy as sa

    from broadsheet.database import reading
    from broadsheet.extensions import db
    from broadsheet.models import AuthenticatorApp, User
    from broadsheet.web.second_factors import secret_of

    query = (
        sa.select(AuthenticatorApp, User.username)
        .join(User, User.id == AuthenticatorApp.user_id)
        .where(AuthenticatorApp.confirmed_at.is_not(None))
        .order_by(User.username)
    )
    with reading():
        try:
            return [name for app, name in db.session.execute(query) if secret_of(app) is None]
        finally:
            db.session.rollback()
