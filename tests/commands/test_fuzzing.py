"""The driver that sends every form what nobody would type: a short run of it, and that it would notice."""

from pathlib import Path

import pytest
from bench.fuzzing.code import forms
from bench.fuzzing.driver import Report, run
from bench.fuzzing.oracle import Wrong, judge
from bench.fuzzing.site import Site
from flask import Flask, request
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

from broadsheet.extensions import csrf
from broadsheet.web.access import ACCESS, ANYONE
from stage import Database, is_on


@pytest.mark.skipif(is_on("mariadb"), reason="puts back SQLite and PostgreSQL alone")
def test_nothing_that_is_sent_breaks_anything(database: Database, tmp_path: Path) -> None:
    report = run(database, tmp_path, 1, 7, thorough=False)
    assert report.findings == {}
    assert list(report.missed()) == []
    assert report.refused > 100


class Forgetful(FlaskForm):
    word = StringField(validators=[Length(max=5)])


@pytest.fixture
def site(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Site:
    def broken() -> str:
        return str(int(request.args["number"]))

    @csrf.exempt
    def forgetful() -> str:
        return "<form>No.</form>" if not Forgetful(meta={"csrf": False}).validate() else "Yes."

    app.add_url_rule("/broken", "broken", broken)
    app.add_url_rule("/forgetful", "forgetful", forgetful, methods=["POST"])
    monkeypatch.setitem(ACCESS, "broken", ANYONE)
    monkeypatch.setitem(ACCESS, "forgetful", ANYONE)
    app.extensions["broadsheet_press"].stop()
    return Site(app, {})


def test_a_page_that_breaks_is_noticed(site: Site) -> None:
    judge(site, site.open("stranger", "/broken?number=1"))
    answer = site.open("stranger", "/broken?number=x")
    with pytest.raises(Wrong, match="ValueError"):
        judge(site, answer)


def test_a_form_that_forgets_is_noticed(site: Site) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    judge(site, site.send("stranger", "POST", "/forgetful", b"", b"word=short", kind))
    answer = site.send("stranger", "POST", "/forgetful", b"", b"word=much+too+long", kind)
    with pytest.raises(Wrong, match="much too long"):
        judge(site, answer)


def test_what_was_not_reached_is_named() -> None:
    missed = list(Report(endpoints={"home.index"}).missed())
    assert "the view of home.index" in missed
    assert "the parameter offset" in missed
    assert len(missed) > len(forms())
