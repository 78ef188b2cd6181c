import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from broadsheet.blueprints.desk import condition
from broadsheet.blueprints.desk.figures import until
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.lib.sent_backups import Standing
from broadsheet.models import Message, OutgoingAddress, Post, Submission, Visit
from broadsheet.models.visit import Tally
from broadsheet.web.filters import datetime_
from markup import Page


def section(page, name):
    return page.one("section", **{"aria-labelledby": name})


def titles(page, name):
    return [one.text for one in section(page, name).all("a", class_="brief-title")]


def test_first_day_offers_first_steps(sign_in, ann, ada):
    page = Page(sign_in(ann).get("/desk").text)
    steps = [one["href"] for one in page.one("section", class_="welcome").all("a")]
    assert steps == ["/desk/posts/new", "/account"]
    steps = [
        one["href"] for one in Page(sign_in(ada).get("/desk").text).one("section", class_="welcome").all("a")
    ]
    assert steps == ["/desk/posts/new", "/account", "/desk/settings", "/desk/invitations"]


def test_shows_what_waits(sign_in, ed, ann, draft):
    scheduled = Post()
    scheduled.revise(by=ann, title="Tomorrow", body="", authors=[ann])
    scheduled.schedule(clock.now() + timedelta(days=1))
    Message.receive(name="Vic", email="vic@example.org", subject="A question", body="")
    Message.receive(name="Vic", email="vic@example.org", subject="Read", body="").mark_read()
    Submission.receive(name="Sue", email="sue@example.org", title="A piece", body="")
    page = Page(sign_in(ed).get("/desk").text)
    assert titles(page, "drafts") == ["A draft"]
    assert titles(page, "scheduled") == ["Tomorrow"]
    assert titles(page, "messages") == ["A question"]
    assert titles(page, "submissions") == ["A piece"]
    assert not page.all("section", class_="welcome")


def test_author_sees_own_texts_and_nothing_that_came_in(sign_in, ben, draft):
    Message.receive(name="Vic", email="vic@example.org", subject="A question", body="")
    page = Page(sign_in(ben).get("/desk").text)
    assert "No drafts" in section(page, "drafts").text
    assert "A draft" not in page.one("main").text
    assert "A question" not in page.one("main").text


def test_tells_what_was_lately_done_to_ones_posts(sign_in, ann, ed, draft):
    sign_in(ed).submit(f"/desk/posts/{draft.id}/publication")
    lately = section(Page(sign_in(ann).get("/desk").text), "lately")
    assert lately.all("li")[0].text.startswith("Ed Editor published a post: A draft")


def test_requires_sign_in_and_the_role(client, sign_in, rea):
    assert client.get("/desk").location.startswith("/login?")
    assert sign_in(rea).get("/desk").status_code == 403
    assert client.post("/desk").status_code in (400, 401, 403, 405)


def test_number_of_queries_does_not_grow(sign_in, ed, ann, draft, queries):
    browser = sign_in(ed)
    Message.receive(name="Vic", email="vic@example.org", subject="A question", body="")
    browser.get("/desk")
    with queries() as few:
        browser.get("/desk")
    for number in range(20):
        Post().revise(by=ann, title=f"Draft {number}", body="", authors=[ann])
    db.session.commit()
    with queries() as many:
        browser.get("/desk")
    assert len(few) == len(many) < 20


# -- figures


def read(path, referrer="", views=1, arrivals=None, day=None, hour=0):
    db.session.commit()
    day = day or clock.now().date()
    with db.engine.begin() as connection:
        Visit.add(
            connection, [Tally(day, hour, path, referrer, views, views if arrivals is None else arrivals)]
        )


@pytest.fixture
def at_noon(post):
    """Of the day after the post: what is compared "by this time" must not hang on when the tests run."""
    with time_machine.travel((clock.now() + timedelta(days=1)).replace(hour=12, minute=0)):
        yield


def test_shows_how_the_site_is_read(sign_in, ed, post, at_noon):
    last_week = clock.now().date() - timedelta(days=7)
    read(post.path, "example.org", 7)
    read("/about", "", 5, arrivals=2)
    read(post.path, "", 4, day=last_week)
    page = Page(sign_in(ed).get("/desk").text)
    figures = section(page, "read")
    assert figures.one("p", class_="figures-number").text == "9 visits today"
    assert figures.all("p", class_="figures-comparison")[0].text.startswith("5 more than last ")
    assert figures.all("p", class_="figures-comparison")[1].text == "12 pages were opened"
    assert [row.text for row in section(page, "most-read").all("li")] == ["A published post 7"]
    assert [row.text for row in section(page, "referrers").all("li")] == ["example.org 7"]


def test_the_chart_is_told_in_words_and_in_a_table(sign_in, ed, post):
    read(post.path, views=1234)
    figures = section(Page(sign_in(ed).get("/desk").text), "read")
    svg = figures.one("svg")
    assert svg["role"] == "img"
    named = svg["aria-labelledby"].split()
    assert [one["id"] for one in svg.all() if one.get("id") in named] == named
    assert len(svg.all("rect")) == 30
    assert "1,234 visits in 30 days" in svg.one("desc").text
    rows = figures.one("table").one("tbody").all("tr")
    assert len(rows) == 30
    assert [cell.text for cell in rows[0].all("td")] == ["1,234", "1,234"]
    assert not [one for one in figures.all() if one.get("style")]


def test_author_sees_the_figures_of_own_posts_alone(sign_in, ann, ben, post):
    read(post.path, "example.org", 3)
    read("/about", "other.example", 9)
    figures = section(Page(sign_in(ann).get("/desk").text), "read")
    assert figures.one("p", class_="figures-number").text == "3 views of your posts today"
    page = Page(sign_in(ben).get("/desk").text)
    assert section(page, "read").one("p", class_="figures-number").text == "0 views of your posts today"
    assert "example" not in section(page, "referrers").text
    assert "A published post" not in page.one("main").text


@pytest.mark.parametrize(
    ("at", "expected"), [("09:00", 10), ("09:30", 15), ("10:00", 20), ("23:59", 30), ("00:10", 0)]
)
def test_last_week_is_counted_up_to_the_same_time(at, expected):
    now = datetime.fromisoformat(f"2026-11-24T{at}")
    hours = [(8, 99, 10), (9, 99, 10), (11, 99, 10)]
    assert until(now, hours, of_views=False) == expected


def test_first_hour_of_a_new_site_says_so(sign_in, ed):
    page = Page(sign_in(ed).get("/desk").text)
    assert "Nobody yet, and nobody last" in section(page, "read").text
    assert "nothing counted yet" in section(page, "read").text


# -- what changes by itself


def test_update_brings_the_same_parts_as_the_page(sign_in, ada, post, monkeypatch):
    monkeypatch.setattr(condition, "memory", list)  # it is another one at each look
    browser = sign_in(ada)
    Message.receive(name="Vic", email="vic@example.org", subject="A question", body="")
    page, update = Page(browser.get("/desk").text), browser.get("/desk/figures")
    assert page.one("div", **{"data-behaviour": "live"})["data-url"] == "/desk/figures"
    fresh = Page(update.text)
    parts = {one["data-live"]: one.text for one in page.walk() if one.get("data-live")}
    assert {one["data-live"]: one.text for one in fresh.walk() if one.get("data-live")} == parts
    assert set(parts) >= {"today", "days", "most-read", "messages", "nav-messages", "waiting", "house"}
    assert "Messages: 1" in parts["waiting"]
    assert not fresh.all("html")


def test_update_asks_little_of_the_database(sign_in, ada, ann, post, draft, queries):
    browser = sign_in(ada)
    browser.get("/desk/figures")
    read(post.path)
    with queries() as asked:
        browser.get("/desk/figures")
    assert len(asked) <= 17


# -- the house


def test_admin_sees_how_the_house_stands(sign_in, ada, ed, app):
    house = section(Page(sign_in(ada).get("/desk").text), "house")
    found = {row.one("dt").text: row.one("dd").text for row in house.one("dl").all("div")}
    assert found["Last backup"] == "none yet"
    assert found["Mail"] == "not set up: mails are kept in a folder"
    assert found["Disk"].endswith("free")
    assert not Path("/proc/self/smaps_rollup").exists() or "server process" in found["Memory"]
    assert found["Links to elsewhere"] == "none is known to be dead"
    assert found["Worker"] == "does not run: nothing is done in the background"
    assert "house" not in sign_in(ed).get("/desk").text


def test_dead_links_are_counted_and_led_to(sign_in, ada, draft):
    draft.revise(by=None, body="[gone](https://gone.example/)")
    db.session.commit()
    address = db.session.scalars(db.select(OutgoingAddress)).one()
    address.dead_since = clock.now()
    house = section(Page(sign_in(ada).get("/desk").text), "house")
    assert "1 leads nowhere" in house.text
    assert house.one("a", href="/desk/links").text == "Links to elsewhere"


def test_newest_backup_that_was_sent_is_told(sign_in, ada, app):
    settings = replace(app.config["BROADSHEET"], backup_s3="s3://bucket/news")
    assert "Last backup sent" not in Page(sign_in(ada).get("/desk").text).text
    app.config["BROADSHEET"] = settings
    for newest, state in ((None, "bad"), (clock.now() - timedelta(days=2), "good")):
        Standing(settings.backup_s3, clock.now(), newest).write(settings.instance)
        house = section(Page(sign_in(ada).get("/desk").text), "house")
        row = next(row for row in house.one("dl").all("div") if row.one("dt").text == "Last backup sent")
        told = row.one("dd")
        assert ("2 days ago" in told.text) == (newest is not None)
        assert told.one("span", class_=f"state-health-{state}")


def test_newest_backup_is_told(sign_in, ada, app):
    folder = Path(app.instance_path) / "backups"
    folder.mkdir()
    for name, age in (("old.zip", 40), ("new.zip", 2)):
        at = (clock.now() - timedelta(days=age)).timestamp()
        (folder / name).touch()
        os.utime(folder / name, (at, at))
    house = section(Page(sign_in(ada).get("/desk").text), "house")
    told = next(row for row in house.one("dl").all("div") if row.one("dt").text == "Last backup").one("dd")
    assert told.text == " ".join(f"{datetime_(clock.now() - timedelta(days=2))} (2 days ago)".split())
    assert told.one("span", class_="state-health-good")
