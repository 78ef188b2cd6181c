"""`user`: the people who can sign in."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from broadsheet.commands.demands import Group, example, with_database

if TYPE_CHECKING:
    from datetime import datetime

    from broadsheet.models import User

ROLES = ["reader", "author", "editor", "admin"]
COLUMNS = ("username", "role", "state", "name", "e-mail")


@click.group("user", cls=Group, epilog=example("python3 manage.py user list"))
def user() -> None:
    """Create people, give roles and passwords, suspend."""


def takes_password(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--password-stdin", is_flag=True, help="Read the password from standard input, for scripts."
    )(command)


@user.command(
    epilog=example(
        'python3 manage.py user create --role admin "Ann Example" ann@example.org',
        'echo "$PASSWORD" | python3 manage.py user create --role admin Ann ann@example.org --password-stdin',
    )
)
@click.argument("name")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default="author", show_default=True)
@click.option("--username", help="The name to sign in with.  [default: made from NAME]")
@takes_password
@with_database
def create(name: str, email: str, role: str, username: str | None, password_stdin: bool) -> None:
    """Create a person who can sign in."""
    from broadsheet.extensions import db
    from broadsheet.models import Role, User
    from broadsheet.models.founding import found

    name, email = " ".join(name.split()), email.strip().lower()
    username = username.strip().lower() if username else None
    refuse(problems_of_person(name, email, username))
    password = new_password(password_stdin, name, email, username or "")
    if role == Role.ADMIN and not User.admin_exists():
        person = found(name=name, email=email, password=password, username=username)
    else:
        person = User.create(name=name, email=email, password=password, role=Role(role), username=username)
    db.session.commit()
    click.echo(f"{person.name} ({person.username}) is {role} now and can sign in.")


@user.command("list", epilog=example("python3 manage.py user list --role admin"))
@click.option("--role", type=click.Choice(ROLES), help="Only those with this role.")
@click.option("--all", "everybody", is_flag=True, help="Also authors who only have a byline.")
@with_database
def list_people(role: str | None, everybody: bool) -> None:
    """List the people."""
    from sqlalchemy import select

    from broadsheet.database import reading
    from broadsheet.extensions import db
    from broadsheet.models import User

    query = select(User) if everybody else User.with_login()
    query = query.where(User.role == role) if role else query
    with reading():
        rows = [row_of(person) for person in db.session.scalars(query.order_by(User.username))]
    show([COLUMNS, *rows] if rows else [("Nobody yet.",)])


@user.command("role", epilog=example("python3 manage.py user role ann editor"))
@click.argument("username")
@click.argument("role", type=click.Choice(ROLES))
@with_database
def give_role(username: str, role: str) -> None:
    """Give a person another role."""
    from broadsheet.extensions import db
    from broadsheet.models import Role

    person = find(username)
    if role != Role.ADMIN and person.is_last_admin:
        raise click.ClickException(f"{person.username} is the only admin; make somebody else admin first.")
    person.give_role(Role(role))
    db.session.commit()
    click.echo(f"{person.name} ({person.username}) is {role} now.")


@user.command(epilog=example("python3 manage.py user password ann"))
@click.argument("username")
@takes_password
@with_database
def password(username: str, password_stdin: bool) -> None:
    """Set a new password, and sign the person out everywhere."""
    from broadsheet.extensions import db
    from broadsheet.models import ApiToken

    person = find(username)
    person.set_password(new_password(password_stdin, person.name, person.email or "", person.username))
    db.session.commit()
    click.echo(f"{person.name} ({person.username}) has a new password and is signed out everywhere.")
    if count := ApiToken.count(person):
        said = "one token" if count == 1 else f"{count} tokens"
        click.echo(f"Not ended: {said} for programs. An admin revokes them on the person's page.")


@user.command(epilog=example("python3 manage.py user unlock ann"))
@click.argument("username")
@with_database
def unlock(username: str) -> None:
    """Forget the failed tries at a person's account: the next is answered at once."""
    from broadsheet.web import attempts

    person = find(username)
    attempts.unlock(person)
    click.echo(f"{person.name} ({person.username}) can try again at once.")


@user.command(
    "second-factor",
    epilog=example(
        "python3 manage.py user second-factor ann",
        "python3 manage.py user second-factor --remove ann",
    ),
)
@click.argument("username")
@click.option("--remove", is_flag=True, help="Take all of them off: the password alone opens the account.")
@with_database
def second_factor(username: str, remove: bool) -> None:
    """Show or remove what a person proves beside the password."""
    from broadsheet.extensions import db

    person = find(username)
    had = person.factors
    if remove:
        person.remove_second_factors()
        db.session.commit()
    said = f"app: {'yes' if had.apps else 'no'}, passkeys: {had.passkeys}" if had else "none"
    done = " Removed; signed out everywhere." if remove and had else ""
    click.echo(f"Second factors of {person.name} ({person.username}): {said}.{done}")


@user.command(
    epilog=example(
        "python3 manage.py user token ann --name Deploy --scope content:write --scope content:publish",
        "python3 manage.py user token ann --name Backup --scope content:read --expires never",
    )
)
@click.argument("username")
@click.option("--name", required=True, help="By which one knows it later.")
@click.option("--scope", "scopes", multiple=True, required=True, help="What it is good for; several times.")
@click.option("--expires", default="90", show_default=True, help="In so many days, on a date, or never.")
@with_database
def token(username: str, name: str, scopes: tuple[str, ...], expires: str) -> None:
    """Make a token of the API, and print it: it is shown only now."""
    from broadsheet.extensions import db
    from broadsheet.models import ApiToken, Scope

    person, name = find(username), " ".join(name.split())
    refuse(problems_of_token(person, name, scopes))
    end = end_of_token(expires)
    made, secret = ApiToken.make(person, name=name, scopes=map(Scope, scopes), expires_at=end)
    db.session.commit()
    until = f"until {end:%Y-%m-%d}" if end else "without an end"
    click.echo(f"“{made.name}” lets a program in as {person.name} ({person.username}), {until}:", err=True)
    click.echo(secret)


@user.command(epilog=example("python3 manage.py user suspend ann"))
@click.argument("username")
@with_database
def suspend(username: str) -> None:
    """Keep a person out, until `reinstate`. What they wrote stays."""
    from broadsheet.extensions import db

    person = find(username)
    if person.is_last_admin:
        raise click.ClickException(f"{person.username} is the only admin; make somebody else admin first.")
    person.suspend()
    db.session.commit()
    click.echo(f"{person.name} ({person.username}) is suspended and signed out everywhere.")


@user.command(epilog=example("python3 manage.py user reinstate ann"))
@click.argument("username")
@with_database
def reinstate(username: str) -> None:
    """Let a suspended person in again."""
    from broadsheet.extensions import db

    person = find(username)
    person.reinstate()
    db.session.commit()
    click.echo(f"{person.name} ({person.username}) can sign in again.")


# -- what they share


def find(username: str) -> "User":
    """The person of a username or an e-mail address."""
    import difflib

    from sqlalchemy import select

    from broadsheet.extensions import db
    from broadsheet.models import User

    person = db.session.scalar(User.known_as(username))
    if person is None:
        known = list(db.session.scalars(select(User.username)))
        nearest = difflib.get_close_matches(username.lower(), known, 1, 0.4)
        meant = f"; did you mean {nearest[0]}?" if nearest else "."
        raise click.ClickException(f"Nobody is called {username}{meant}")
    return person


def problems_of_person(name: str, email: str, username: str | None) -> list[str]:
    from broadsheet.lib import email_address
    from broadsheet.models import User
    from broadsheet.models.user import USERNAME

    problems = []
    if not 1 <= len(name) <= 120:
        problems.append("A name has 1 to 120 characters.")
    try:
        email_address.normalised(email)
    except ValueError as error:
        problems.append(f"{email} is no e-mail address: {error}")
    else:
        if User.has_taken(email):
            problems.append(f"Somebody with the address {email} is here already.")
    if username is None:
        return problems
    if not USERNAME.fullmatch(username):
        problems.append(
            f"{username} cannot be a username: up to 40 letters a-z, digits, dots, dashes and underscores, "
            "with a letter or digit at both ends."
        )
    elif User.has_taken(username):
        problems.append(f"The username {username} is taken.")
    return problems


def problems_of_token(person: "User", name: str, scopes: tuple[str, ...]) -> list[str]:
    from broadsheet.models.api_token import NAME_LENGTH, scopes_for

    if not person.is_active:
        return [f"{person.username} cannot sign in, so no token would open anything."]
    usable = [scope.value for scope in scopes_for(person)]
    problems = [
        f"{scope} is no scope of a token of {person.username}: those are {', '.join(usable)}."
        for scope in scopes
        if scope not in usable
    ]
    if not 1 <= len(name) <= NAME_LENGTH:
        problems.append(f"A name has 1 to {NAME_LENGTH} characters.")
    return problems


def end_of_token(expires: str) -> "datetime | None":
    """Of a date, the end of the day in UTC."""
    from datetime import UTC, date, datetime, time, timedelta

    from broadsheet.lib import clock

    if expires == "never":
        return None
    try:
        if expires.isdecimal():
            end = clock.now() + timedelta(days=int(expires))
        else:
            end = datetime.combine(date.fromisoformat(expires), time.max, UTC)
    except (ValueError, OverflowError):
        refuse([f"--expires is a number of days, a date as 2027-05-31, or never; not {expires}."])
    if end <= clock.now():
        refuse([f"{expires} is over already."])
    return end


def new_password(from_stdin: bool, *about: str) -> str:
    from broadsheet.lib import passwords

    if from_stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        given = click.prompt("Password", hide_input=True, confirmation_prompt="The same again", err=True)
    else:
        raise click.UsageError(
            "There is no terminal to ask for the password: give it with --password-stdin.",
            click.get_current_context(),
        )
    if not passwords.MINIMUM_LENGTH <= len(given) <= passwords.MAXIMUM_LENGTH:
        refuse([f"A password has {passwords.MINIMUM_LENGTH} to {passwords.MAXIMUM_LENGTH} characters."])
    why = passwords.why_guessable(given, *about)
    if why == "common":
        refuse(
            ["Many people have this password, so it is tried first. Take a few words that nobody expects."]
        )
    if why == "about":
        refuse(["This password is too easy to guess. Take something that nobody would try first."])
    return given


def refuse(problems: list[str]) -> None:
    if problems:
        raise click.ClickException("\n".join(problems))


def row_of(person: "User") -> tuple[str, ...]:
    state = "suspended" if person.suspended_at else "active" if person.password_hash else "byline only"
    return person.username, person.role.value, state, person.name, person.email or ""


def show(rows: list[tuple[str, ...]]) -> None:
    """Aligned for eyes, with tabs for programs."""
    if not sys.stdout.isatty():
        click.echo("\n".join("\t".join(row) for row in rows))
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
