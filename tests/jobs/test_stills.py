"""Still pictures of films, fetched from a real server on this machine and kept."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.jobs import stills
from broadsheet.lib import embeds
from broadsheet.lib.outgoing import Guard
from broadsheet.models import Post, Upload, User
from broadsheet.models.upload_use import is_used
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
    for path in ("/404", "/ok"):
        stills_at(path, server, monkeypatch)
        assert publish(post, ann, f"{path}\n\n{FILM}").one("figure", class_="embed").all("img") == []
    assert len(server.asked) == 2


def test_nobody_is_asked_where_other_sites_are_not(
    app: Flask, post: Post, ann: User, server: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["LINK_CHECKS"] = False
    stills_at("/picture", server, monkeypatch)
    publish(post, ann, FILM)
    assert server.asked == []


def test_an_address_within_our_network_is_never_asked(
    app: Flask, post: Post, ann: User, server: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    stills_at("/picture", server, monkeypatch)
    monkeypatch.setattr(stills, "GUARD", Guard(resolve=lambda host, port: ["127.0.0.1"]))
    publish(post, ann, FILM)
    assert server.asked == []
