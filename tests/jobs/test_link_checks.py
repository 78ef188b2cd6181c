"""The slow look at links to other sites, against a real server on this machine."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from broadsheet import jobs
from broadsheet.database import writing
from broadsheet.extensions import db
from broadsheet.jobs import link_checks
from broadsheet.lib import clock
from broadsheet.lib.outgoing import Answer, Guard
from broadsheet.models import OutgoingAddress, Post, Site, User
from other_site import OtherSite, other_site

Found = Callable[..., dict[str, OutgoingAddress]]


@pytest.fixture
def server() -> Iterator[OtherSite]:
    with other_site() as server:
        yield server


@pytest.fixture
def looked(
    app: Flask,
    post: Post,
    ann: User,
    server: OtherSite,
    monkeypatch: pytest.MonkeyPatch,
) -> Found:
    """`looked("/404", "/ok", host="one.test")`: after one round, what was found at each path."""
    app.config["LINK_CHECKS"] = True
    here = Guard(resolve=lambda host, port: ["127.0.0.1"], allows=lambda address: address.is_loopback)
    monkeypatch.setattr(link_checks, "GUARD", here)

    def look(*paths: str, host: str = "") -> dict[str, OutgoingAddress]:
        hosts = [host or f"host{number}.test" for number in range(len(paths))]
        urls = [f"http://{host}:{server.server_port}{path}" for host, path in zip(hosts, paths, strict=True)]
        post.revise(by=ann, body="\n\n".join(f"[x]({url})" for url in urls))
        db.session.commit()
        link_checks.check_due(clock.now())
        db.session.expire_all()
        found = {one.url: one for one in db.session.scalars(select(OutgoingAddress))}
        return {path: found[url] for path, url in zip(paths, urls, strict=True)}

    return look


def test_living_addresses_are_left_alone_for_a_month(looked: Found, server: OtherSite) -> None:
    with time_machine.travel(clock.now(), tick=False):
        found = looked("/ok", "/403", "/401", "/to/other.test")
        assert {path: one.status for path, one in found.items()} == {
            "/ok": 200,
            "/403": 403,
            "/401": 401,
            "/to/other.test": 200,
        }
        assert {one.check_at for one in found.values()} == {clock.now() + timedelta(days=30)}
    assert ("HEAD", "/ok") in [(method, path) for method, path, _ in server.asked]


def test_what_is_gone_is_asked_twice_and_counts_one_failure(looked: Found, server: OtherSite) -> None:
    found = looked("/404", "/410", "/500")
    assert [one.failures for one in found.values()] == [1, 1, 1]
    assert [one.dead_since for one in found.values()] == [None, None, None]
    assert found["/404"].problem == "There is nothing any more (404)."
    assert [method for method, path, _ in server.asked if path == "/404"] == ["HEAD", "GET"]


def test_dead_after_four_failures_over_three_days_and_alive_again(looked: Found) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        address = looked("/404")["/404"]
        for _ in range(3):
            time.shift(timedelta(days=2))
            link_checks.check_due(clock.now())
        db.session.expire_all()
        assert address.failures == 4
        assert address.dead_since == clock.now()
        address.url = address.url.replace("/404", "/ok")
        db.session.commit()
        time.shift(timedelta(days=8))
        link_checks.check_due(clock.now())
        db.session.expire_all()
        assert address.dead_since is None


def test_one_host_is_asked_once_in_a_round(looked: Found, server: OtherSite) -> None:
    looked("/1/ok", "/2/ok", "/3/ok", host="one.test")
    assert len({path for _, path, _ in server.asked}) == 1


def test_whoever_asks_for_patience_gets_it_for_the_whole_host(looked: Found, server: OtherSite) -> None:
    with time_machine.travel(clock.now(), tick=False):
        found = looked("/patience/86400", "/other", host="busy.test")
        assert {one.check_at for one in found.values()} == {clock.now() + timedelta(days=1)}
        assert [one.failures for one in found.values()] == [0, 0]


def test_who_asks_is_told(app: Flask, looked: Found, server: OtherSite) -> None:
    Site.load().remember_address("https://news.example.org")
    db.session.commit()
    assert (
        link_checks._agent() == "Mozilla/5.0 (compatible; Broadsheet link check; +https://news.example.org)"
    )


def test_private_networks_are_no_failure_and_not_asked(
    looked: Found,
    monkeypatch: pytest.MonkeyPatch,
    server: OtherSite,
) -> None:
    monkeypatch.setattr(link_checks, "GUARD", Guard(resolve=lambda host, port: ["10.0.0.1"]))
    assert looked("/ok")["/ok"].failures == 0
    assert server.asked == []


def test_nothing_is_asked_when_it_is_switched_off(app: Flask, looked: Found, server: OtherSite) -> None:
    app.config["LINK_CHECKS"] = False
    looked("/ok")
    assert server.asked == []


def test_test_site_and_setting_ask_nobody(make_app: Callable[..., Flask]) -> None:
    assert make_app().config["LINK_CHECKS"] is False


def test_it_is_a_chore(app: Flask) -> None:
    assert link_checks.check_due in [chore.function for chore in jobs.CHORES]


def test_an_answer_that_nobody_foresaw_keeps_no_other_address_waiting(
    looked: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = link_checks.ask

    def stumble(method: str, url: str, **options: Any) -> Answer:
        if url.endswith("/strange"):
            raise OverflowError
        return ask(method, url, **options)

    monkeypatch.setattr(link_checks, "ask", stumble)
    found = looked("/strange", "/ok")
    assert found["/strange"].problem == "What comes back is no page."
    assert found["/ok"].status == 200


def test_no_transaction_is_open_while_the_other_site_is_asked(
    app: Flask, looked: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile = []

    def look(url: str, agent: str) -> Answer:
        meanwhile.append(db.session().in_transaction())
        return Answer(200, url)

    monkeypatch.setattr(link_checks, "look", look)
    looked("/ok")
    with writing():
        link_checks.check(1)
    assert meanwhile == [False, False]
