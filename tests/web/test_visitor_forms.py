from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from wtforms import StringField

from broadsheet.web.fields import AtMost, paragraphs
from broadsheet.web.visitor_forms import VisitorForm

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Letter(VisitorForm):
    message = StringField("Message", [AtMost(10)], filters=[paragraphs])


class Other(VisitorForm):
    pass


def handed_out(app, form: type[VisitorForm] = Letter, at: datetime = NOON) -> str:
    with time_machine.travel(at, tick=False), app.test_request_context("/"):
        return str(form().ticket.data)


def sent(app, after: timedelta = timedelta(minutes=1), **typed: str) -> Letter:
    data = {"name": "Vic", "email": "vic@example.org", "message": "Hello.", "website": ""}
    data |= {"ticket": handed_out(app)} | typed
    with (
        time_machine.travel(NOON + after, tick=False),
        app.test_request_context("/", method="POST", data=data),
    ):
        form = Letter()
        form.validate()
        return form


def test_form_of_a_person_passes(app):
    assert not sent(app).errors


@pytest.mark.parametrize(
    ("after", "circumstances"),
    [
        (timedelta(seconds=-5), ("quick",)),
        (timedelta(0), ("quick",)),
        (timedelta(seconds=1.9), ("quick",)),
        (timedelta(seconds=2), ()),
        (timedelta(hours=24), ()),
        (timedelta(hours=24, seconds=1), ("stale",)),
    ],
)
def test_time_it_took_tells_a_person_from_a_program(app, after, circumstances):
    form = sent(app, after)
    assert not form.errors
    with time_machine.travel(NOON + after, tick=False), app.app_context():
        assert form.circumstances == circumstances


def test_ticket_of_another_form_or_another_key_is_none(app):
    with app.app_context():
        assert sent(app, ticket=handed_out(app, Other)).circumstances == ("unopened",)
        app.config["SECRET_KEY"] = "another key than before"
        forged = handed_out(app)
        app.config["SECRET_KEY"] = "the key of this site"
        assert sent(app, ticket=forged).circumstances == ("unopened",)


def test_ticket_signed_with_the_former_key_is_good(app):
    former = app.config["SECRET_KEY"]
    ticket = handed_out(app)
    app.config.update(SECRET_KEY="a new key, because the old one leaked", SECRET_KEY_FALLBACKS=[former])
    form = sent(app, ticket=ticket)
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False), app.app_context():
        assert form.circumstances == ()


def test_trap_for_programs_is_told(app):
    form = sent(app, website="https://pills.example")
    assert not form.errors
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False), app.app_context():
        assert form.circumstances == ("trap",)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("vic@EXAMPLE.org", "vic@example.org"),
        ("дмитрий@почта.рф", "дмитрий@почта.рф"),
        ("a.b+c@example.co.uk", "a.b+c@example.co.uk"),
    ],
)
def test_address_is_kept_in_its_one_spelling(app, typed, kept):
    form = sent(app, email=typed)
    assert not form.errors
    assert form.email.data == kept


@pytest.mark.parametrize(
    "typed", ["", "vic", "vic@", "@example.org", "vic@example", "v ic@example.org", "a@b@c.org"]
)
def test_what_is_no_address_is_refused_and_kept(app, typed):
    form = sent(app, email=typed)
    assert form.errors["email"]
    assert form.email.data == typed


def test_browser_is_not_told_the_bound_of_a_long_text(app):
    form = sent(app, message="x" * 12)
    assert form.errors["message"] == ["This is 2 characters too long."]
    assert "maxlength" not in str(form.message())
