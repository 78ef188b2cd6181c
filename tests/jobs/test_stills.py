"""Still pictures of films, fetched from a real server on this machine and kept."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from broadsheet import jobs
from broadsheet.extensions import db
from broadsheet.jobs import stills
from broadsheet.lib import clock, embeds
from broadsheet.lib.outgoing import Guard
from broadsheet.models import Job, Post, Upload, User
from broadsheet.models.upload_use import is_used
from broadsheet.transfer.markdown import Importer
from markup import Page
from other_site import OtherSite, other_site

FILM = "https://youtu.be/aqz-KE-bpKQ"


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[OtherSite]:
    """Where the stills are: at /picture one, at /404 none."""
    app.config["LINK_CHECKS"] = True
    here = Guard(resolve=lambda host, port: ["127.0.0.1"], allows=lambda address: address.is_loopback)
    monkeypatch.setattr(stills, "GUARD", here)
    with other_site() as server:
        yield server


def stills_at(path: str, server: OtherSite, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"http://stills.test:{server.server_port}{path}"
    changed = tuple((replace(provider, still=address), pattern) for provider, pattern in embeds._READ)
    monkeypatch.setattr(embeds, "_READ", changed)
    return address


def publish(post: Post, ann: User, body: str) -> Page:
    post.revise(by=ann, body=body)
    db.session.commit()  # the job is done as soon as it is committed
    db.session.refresh(post)
    return Page(post.html)


def test_a_still_is_kept_here_and_shown(
    post: Post, ann: User, server: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = stills_at("/picture", server, monkeypatch)
    image = publish(post, ann, f"Look:\n\n{FILM}").one("figure", class_="embed").one("img")
    upload = db.session.scalars(select(Upload).where(is_used())).one()
    assert upload.origin == address
    assert image["src"].startswith("/uploads/")
    assert (image["width"], image["height"], image["alt"]) == ("60", "40", "")
    assert len(server.asked) == 1
    publish(post, ann, f"Look again:\n\n{FILM}").one("img")
    assert len(server.asked) == 1


def test_without_a_still_there_is_the_panel_alone(
    post: Post, ann: User, server: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/404", "/ok", "/deep"):
        stills_at(path, server, monkeypatch)
        assert publish(post, ann, f"{path}\n\n{FILM}").one("figure", class_="embed").all("img") == []
    assert len(server.asked) == 3
    assert db.session.scalar(select(Job)) is None


def test_nobody_is_asked_where_other_sites_are_not(
    app: Flask, post: Post, ann: User, server: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["LINK_CHECKS"] = False
    stills_at("/picture", server, monkeypatch)
    publish(post, ann, FILM)
    assert server.asked == []


def said(words: object) -> str:
    """Where the other site says just this."""
    return f"/said/{quote(words if isinstance(words, str) else json.dumps(words), safe='')}"


def test_a_still_that_a_description_names_is_kept_under_the_address_of_that(
    post: Post, ann: User, server: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = f"http://elsewhere.test:{server.server_port}/picture"
    address = stills_at(said({"title": "A film", "thumbnail_url": named}), server, monkeypatch)
    publish(post, ann, FILM).one("figure", class_="embed").one("img")
    assert db.session.scalars(select(Upload)).one().origin == address
    assert [host.partition(":")[0] for _, _, host in server.asked] == ["stills.test", "elsewhere.test"]
    publish(post, ann, f"Again: \n\n{FILM}").one("img")
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "words",
    [
        {"title": "A film"},
        {"thumbnail_url": None},
        {"thumbnail_url": 7},
        {"thumbnail_url": "/picture"},
        {"thumbnail_url": "file:///etc/passwd"},
        {"thumbnail_url": "http://["},
        '{"thumbnail_url": ',
        "[]",
    ],
    ids=str,
)
def test_a_description_that_names_no_picture_leaves_the_panel_alone(
    post: Post, ann: User, server: OtherSite, monkeypatch: pytest.MonkeyPatch, words: object
) -> None:
    stills_at(said(words), server, monkeypatch)
    assert publish(post, ann, FILM).one("figure", class_="embed").all("img") == []
    assert len(server.asked) == 1
    assert db.session.scalar(select(Job)) is None


def test_a_description_leads_to_no_address_within_our_network(
    post: Post, ann: User, server: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = f"http://inside.test:{server.server_port}/picture"
    stills_at(said({"thumbnail_url": named}), server, monkeypatch)
    there = {"stills.test": "127.0.0.1", "inside.test": "127.0.0.2"}
    guard = Guard(resolve=lambda host, port: [there[host]], allows=lambda one: str(one) == "127.0.0.1")
    monkeypatch.setattr(stills, "GUARD", guard)
    publish(post, ann, FILM)
    assert len(server.asked) == 1
    assert db.session.scalar(select(func.count()).select_from(Upload)) == 0


def test_one_site_that_does_not_answer_takes_no_still_from_the_others(
    post: Post, ann: User, server: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    stills_at("/picture", server, monkeypatch)
    away = tuple(
        (replace(one, still="http://away.test:1/"), pattern) if one.name == "Vimeo" else (one, pattern)
        for one, pattern in embeds._READ
    )
    monkeypatch.setattr(embeds, "_READ", away)
    page = publish(post, ann, f"https://vimeo.com/76979871\n\n{FILM}")
    assert len(page.all("img")) == 1
    assert db.session.scalars(select(Job)).one().attempts == 1  # it is asked again


def test_what_a_draft_embeds_is_told_to_nobody_before_it_is_published(
    draft: Post, ann: User, server: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    stills_at("/picture", server, monkeypatch)
    draft.revise(by=ann, body=FILM)
    db.session.commit()
    draft.hold(by=ann, body=f"Once more: \n\n{FILM}")
    db.session.commit()
    stills.fetch("post", draft.id)  # as a job that was kept while it was public
    assert server.asked == []
    draft.publish()
    db.session.commit()
    assert len(server.asked) == 1
    db.session.refresh(draft)
    assert "embed-still" in draft.html


def test_changes_that_are_held_back_are_told_to_nobody(
    post: Post, ann: User, server: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    stills_at("/picture", server, monkeypatch)
    post.hold(by=ann, body=FILM)
    db.session.commit()
    assert server.asked == []
    post.release(by=ann)
    db.session.commit()
    assert len(server.asked) == 1


def test_what_is_scheduled_is_asked_for_when_its_time_comes(
    draft: Post, ann: User, server: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    stills_at("/picture", server, monkeypatch)
    draft.revise(by=ann, body=FILM)
    at = clock.now() + timedelta(days=1)
    draft.publish(at)
    db.session.commit()
    assert (jobs.perform_due(), server.asked) == (0, [])
    with time_machine.travel(at + timedelta(seconds=1)):
        jobs.perform_due()
        db.session.refresh(draft)
        assert len(server.asked) == 1
        assert "embed-still" in draft.html


def test_what_is_published_before_its_time_does_not_wait_for_it(
    draft: Post, ann: User, server: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    stills_at("/picture", server, monkeypatch)
    draft.revise(by=ann, body=FILM)
    draft.publish(clock.now() + timedelta(days=1))
    db.session.commit()
    draft.schedule(clock.now())
    db.session.commit()
    assert len(server.asked) == 1


def test_an_import_asks_for_what_it_brought_one_text_after_the_other(
    app: Flask, server: OtherSite, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stills_at("/picture", server, monkeypatch)
    for name in ("a", "b"):
        (tmp_path / f"{name}.md").write_text(f"---\ntitle: {name}\ndate: 2024-01-01\n---\n{FILM}\n")
    (tmp_path / "c.md").write_text(f"---\ntitle: c\ndraft: true\n---\n{FILM}\n")
    Importer(tmp_path).run()
    assert server.asked == []
    waiting = db.session.scalars(select(Job).order_by(Job.run_at)).all()
    assert waiting[1].run_at - waiting[0].run_at == stills.PAUSE
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        assert jobs.perform_due() == len(waiting) == 2
    assert len(server.asked) == 1  # the second text finds it here
    shown = {post.title: "embed-still" in post.html for post in db.session.scalars(select(Post))}
    assert shown == {"a": True, "b": True, "c": False}


def test_an_address_within_our_network_is_never_asked(
    app: Flask, post: Post, ann: User, server: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    stills_at("/picture", server, monkeypatch)
    monkeypatch.setattr(stills, "GUARD", Guard(resolve=lambda host, port: ["127.0.0.1"]))
    publish(post, ann, FILM)
    assert server.asked == []
