"""`user`: the people who can sign in."""

import pytest
from click.testing import Result
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import ApiToken, Event, Role, Scope, User

PASSWORD = "quite a long secret"


def create(runner: FlaskCliRunner, *arguments: str, password: str = PASSWORD) -> tuple[int, str]:
    outcome = runner.invoke(args=["user", "create", *arguments, "--password-stdin"], input=password + "\n")
    return outcome.exit_code, outcome.output


def test_create_makes_somebody_who_can_sign_in(runner: FlaskCliRunner) -> None:
    status, said = create(runner, "--role", "editor", "Eve  Example", "Eve@Example.org")
    assert (status, said) == (0, "Eve Example (eve-example) is editor now and can sign in.\n")
    eve = db.session.scalars(User.known_as("eve@example.org")).one()
    assert eve.role is Role.EDITOR
    assert eve.check_password(PASSWORD)


def test_create_takes_a_username(runner: FlaskCliRunner) -> None:
    assert create(runner, "Eve", "eve@example.org", "--username", "The.Eve")[0] == 0
    assert db.session.scalars(User.known_as("the.eve")).one().name == "Eve"


def test_what_a_command_did_is_in_the_log_as_the_commands(runner: FlaskCliRunner) -> None:
    create(runner, "Eve", "eve@example.org")
    event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event
    assert (event.action, event.actor_name) == ("person_created", "manage.py")


@pytest.mark.parametrize(
    ("arguments", "password", "problem"),
    [
        (["Eve", "nowhere"], PASSWORD, "nowhere is no e-mail address"),
        (["Eve", "ADA@example.com"], PASSWORD, "Somebody with the address ada@example.com is here already."),
        (["Eve", "eve@example.org", "--username", "ada"], PASSWORD, "The username ada is taken."),
        (["Eve", "eve@example.org", "--username", "e v e"], PASSWORD, "e v e cannot be a username"),
        ([" ", "eve@example.org"], PASSWORD, "A name has 1 to 120 characters."),
        (["Eve", "eve@example.org"], "short", "A password has "),
        (["Eve", "eve@example.org"], "qwertyuiop", "Many people have this password"),
        (["Eve", "eve@example.org"], "eve@example.org", "too easy to guess"),
    ],
)
def test_create_says_what_is_wrong(
    runner: FlaskCliRunner, arguments: list[str], password: str, problem: str
) -> None:
    status, said = create(runner, *arguments, password=password)
    assert status == 1
    assert problem in said
    assert not db.session.scalar(User.known_as("eve@example.org"))


def test_password_is_not_waited_for_without_a_terminal(runner: FlaskCliRunner) -> None:
    outcome = runner.invoke(args=["user", "create", "Eve", "eve@example.org"])
    assert outcome.exit_code == 2
    assert "--password-stdin" in outcome.output


def test_list_is_for_programs_when_nobody_looks(runner: FlaskCliRunner, ann: User) -> None:
    ann.suspend()
    db.session.commit()
    outcome = runner.invoke(args=["user", "list"])
    assert outcome.output.splitlines() == [
        "username\trole\tstate\tname\te-mail",
        "ada\tadmin\tactive\tAda Admin\tada@example.com",
        "ann\tauthor\tsuspended\tAnn Author\tann@example.com",
    ]


def test_list_shows_bylines_when_asked(runner: FlaskCliRunner) -> None:
    User.create(name="Old Hand")
    db.session.commit()
    assert "Old Hand" not in runner.invoke(args=["user", "list"]).output
    assert "old-hand\treader\tbyline only\tOld Hand" in runner.invoke(args=["user", "list", "--all"]).output


def test_role_is_given(runner: FlaskCliRunner, ann: User) -> None:
    outcome = runner.invoke(args=["user", "role", "ann@example.com", "editor"])
    assert outcome.output == "Ann Author (ann) is editor now.\n"
    db.session.refresh(ann)
    assert ann.role is Role.EDITOR


@pytest.mark.parametrize("arguments", [["role", "ada", "reader"], ["suspend", "ada"]])
def test_only_admin_stays(runner: FlaskCliRunner, arguments: list[str]) -> None:
    outcome = runner.invoke(args=["user", *arguments])
    assert outcome.exit_code == 1
    assert "ada is the only admin" in outcome.output


def test_password_is_changed(runner: FlaskCliRunner, ann: User) -> None:
    outcome = runner.invoke(args=["user", "password", "ann", "--password-stdin"], input=PASSWORD)
    assert outcome.exit_code == 0, outcome.output
    db.session.refresh(ann)
    assert ann.check_password(PASSWORD)


def test_password_says_which_tokens_it_does_not_end(runner: FlaskCliRunner, ann: User) -> None:
    ApiToken.make(ann, name="Deploy", scopes=[Scope.CONTENT_READ], expires_at=None)
    db.session.commit()
    said = runner.invoke(args=["user", "password", "ann", "--password-stdin"], input=PASSWORD + "\n").output
    assert "Not ended: one token for programs." in said


def token(runner: FlaskCliRunner, *options: str) -> Result:
    return runner.invoke(args=["user", "token", "ann", "--name", " Deploy ", *options])


def test_token_is_printed_once_and_alone(runner: FlaskCliRunner, ann: User) -> None:
    made = token(runner, "--scope", "content:write", "--scope", "media:read", "--expires", "2099-12-31")
    assert made.exit_code == 0
    assert made.stderr == "“Deploy” lets a program in as Ann Author (ann), until 2099-12-31:\n"
    row = db.session.scalars(ApiToken.known_by(made.stdout.strip())).one()
    assert (row.name, row.scopes, row.user_id) == ("Deploy", ["content:write", "media:read"], ann.id)
    assert f"{row.expires_at:%Y-%m-%d %H:%M}" == "2099-12-31 23:59"
    of_90_days, without_end = (
        db.session.scalars(
            ApiToken.known_by(token(runner, "--scope", "media:read", *more).stdout.strip())
        ).one()
        for more in ((), ("--expires", "never"))
    )
    assert of_90_days.expires_at
    assert (of_90_days.expires_at - clock.now()).days == 89
    assert without_end.expires_at is None


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--scope", "people:read"], "people:read is no scope of a token of ann: those are content:read, "),
        (["--scope", "media:read", "--expires", "soon"], "--expires is a number of days, a date"),
        (["--scope", "media:read", "--expires", "2001-01-01"], "2001-01-01 is over already."),
        (["--scope", "media:read", "--expires", "9" * 12], "--expires is a number of days"),
        (["--scope", "media:read", "--name", "x" * 61], "A name has 1 to 60 characters."),
    ],
)
def test_token_says_what_is_wrong(
    runner: FlaskCliRunner, ann: User, options: list[str], problem: str
) -> None:
    outcome = token(runner, *options)
    assert outcome.exit_code == 1
    assert problem in outcome.output
    assert db.session.scalars(ApiToken.of(ann)).all() == []


def test_token_is_none_of_somebody_who_cannot_sign_in(runner: FlaskCliRunner, ann: User) -> None:
    ann.suspend()
    db.session.commit()
    outcome = token(runner, "--scope", "media:read")
    assert (outcome.exit_code, "ann cannot sign in" in outcome.output) == (1, True)


def test_suspended_person_can_be_let_in_again(runner: FlaskCliRunner, ann: User) -> None:
    assert runner.invoke(args=["user", "suspend", "ann"]).exit_code == 0
    db.session.refresh(ann)
    assert not ann.is_active
    assert runner.invoke(args=["user", "reinstate", "ann"]).exit_code == 0
    db.session.refresh(ann)
    assert ann.is_active


def test_unknown_person_gets_the_nearest(runner: FlaskCliRunner, ann: User) -> None:
    outcome = runner.invoke(args=["user", "suspend", "anne"])
    assert outcome.exit_code == 1
    assert "Nobody is called anne; did you mean ann?" in outcome.output
