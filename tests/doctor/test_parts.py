"""What the doctor says of a part of the site."""

from dataclasses import replace

import pytest

from broadsheet.doctor import State, parts
from broadsheet.lib import machine

SHARED = {"secret_key": "the same for all of them", "redis_url": "redis://127.0.0.1:1"}


@pytest.fixture
def settings(app):
    """Of a part on a database server."""
    return replace(
        app.config["BROADSHEET"], only="public", database_url="postgresql+psycopg://127.0.0.1/broadsheet"
    )


def said(settings, state):
    return [finding.words for finding in parts.shared(settings) if finding.state is state]


def test_nothing_is_said_of_a_whole_site(settings):
    assert list(parts.shared(replace(settings, only=""))) == []


def test_what_machines_have_to_share_is_named(settings, monkeypatch):
    monkeypatch.setattr(machine, "file_system", lambda path: "ext4")
    found = said(replace(settings, secret_key="", redis_url=""), State.NOTED)
    assert [words.split()[:3] for words in found] == [
        ["the", "secret", "key"],
        ["redis_url", "is", "not"],
        ["uploads", "lie", "on"],
    ]
    monkeypatch.setattr(machine, "file_system", lambda path: "nfs4" if path.name == "uploads" else "ext4")
    assert said(replace(settings, **SHARED), State.NOTED) == []
    assert said(replace(settings, **SHARED), State.GOOD) == ["public"]


def test_a_file_of_sqlite_is_for_one_machine(settings, tmp_path, monkeypatch):
    settings = replace(settings, database_url=f"sqlite:///{tmp_path / 'broadsheet.db'}")
    monkeypatch.setattr(machine, "file_system", lambda path: "ext4")
    assert said(settings, State.GOOD) == ["public; with SQLite all parts are on this machine"]
    assert said(settings, State.BAD) == []
    monkeypatch.setattr(machine, "file_system", lambda path: "cifs")
    assert "lies on cifs" in said(replace(settings, only=""), State.BAD)[0]
