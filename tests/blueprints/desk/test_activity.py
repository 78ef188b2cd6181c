import csv
import io
from datetime import timedelta

from sqlalchemy import select

from broadsheet import signals
from broadsheet.blueprints.desk import activity
from broadsheet.blueprints.desk.event_words import BROUGHT, WORDS
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Event, Message, Tag
from broadsheet.models.event import happened
from broadsheet.transfer.markdown import Import
from broadsheet.transfer.report import Counts
from markup import Page


def deeds(answer):
    return [row.one("th").all("span")[0].text for row in Page(answer.text).one("tbody").all("tr")]


def test_every_event_has_words():
    assert set(WORDS) == set(signals.every())


def test_tells_who_did_what_when_and_from_where(sign_in, ada, ed, draft):
    sign_in(ed).submit(f"/desk/posts/{draft.id}/publication")
    answer = sign_in(ada).get("/desk/activity")
    assert deeds(answer)[0] == "Ed Editor published a post: A draft"
    row = Page(answer.text).one("tbody").all("tr")[0]
    assert row.one("a")["href"] == f"/desk/posts/{draft.id}/edit"
    assert row.all("td")[1].text == "127.0.0.1"


def test_subject_that_is_gone_is_no_link(sign_in, ada, draft):
    draft.delete()
    row = Page(sign_in(ada).get("/desk/activity").text).one("tbody").all("tr")[0]
    assert row.one("th").text.endswith("deleted a post for good: A draft")
    assert not row.all("a")


def test_filters_by_person_deed_and_day(sign_in, ada, ed, draft):
    sign_in(ed).submit(f"/desk/posts/{draft.id}/trash")
    Message.receive(name="Vic", email="vic@example.org", subject="Hello", body="")
    browser = sign_in(ada)
    assert deeds(browser.get(f"/desk/activity?who={ed.id}")) == [
        "Ed Editor moved a post to the trash: A draft"
    ]
    assert deeds(browser.get("/desk/activity?what=message_received")) == [
        "The command line sent a message: Hello"
    ]
    assert "Hello" in " ".join(deeds(browser.get("/desk/activity?who=0")))
    tomorrow = (clock.now() + timedelta(days=2)).date().isoformat()
    empty = Page(browser.get(f"/desk/activity?since={tomorrow}").text)
    assert empty.one("p", class_="empty-heading").text == "Nothing of that kind has happened"
    assert empty.one("input", name="since")["value"] == tomorrow
    assert deeds(browser.get(f"/desk/activity?until={tomorrow}"))


def test_day_ends_at_midnight_of_the_person(sign_in, ada):
    ada.timezone = "Pacific/Auckland"
    happened(signals.signed_out, ada)
    event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    event.at = event.at.replace(year=2026, month=3, day=1, hour=13, minute=30)  # the 2nd in Auckland
    browser = sign_in(ada)
    assert deeds(browser.get("/desk/activity?since=2026-03-02&until=2026-03-02")) == ["Ada Admin signed out"]
    assert "empty-heading" in browser.get("/desk/activity?since=2026-03-01&until=2026-03-01").text


def test_nonsense_in_the_filter_is_explained(sign_in, ada):
    browser = sign_in(ada)
    for query in ("who=ghost", "what=nothing", "since=yesterday", "until=2026-02-30"):
        answer = browser.get(f"/desk/activity?{query}")
        assert answer.status_code == 422, query
        assert Page(answer.text).one("p", class_="field-error").text


def test_requires_sign_in_and_the_role(client, sign_in, ed):
    assert client.get("/desk/activity").location.startswith("/login?")
    assert sign_in(ed).get("/desk/activity").status_code == 403
    assert sign_in(ed).submit("/desk/activity").status_code in (403, 405)


def test_pages_hold_fifty_and_the_number_of_queries_does_not_grow(sign_in, ada, ann, draft, page, queries):
    Tag.named(["One"])
    browser = sign_in(ada)
    browser.get("/desk/activity")
    with queries() as few:
        browser.get("/desk/activity")
    for _number in range(60):
        happened(signals.post_revised, draft)
        happened(signals.person_changed, ann)
    db.session.commit()
    with queries() as many:
        answer = browser.get("/desk/activity")
    assert len(deeds(answer)) == 50
    assert len(many) <= len(few) <= 12
    second = Page(answer.text).one("a", rel="next")["href"]
    assert len(deeds(browser.get(second))) == 50


# -- search and export


def exported(answer):
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))


def test_searches_who_what_it_was_done_to_and_from_where(sign_in, ada, ed, draft):
    sign_in(ed).submit(f"/desk/posts/{draft.id}/trash")
    browser = sign_in(ada)
    for words in ("ed+editor", "a+draft+editor", "EDITOR+127.0.0"):
        assert deeds(browser.get(f"/desk/activity?q={words}"))[0].startswith("Ed Editor"), words
    page = Page(browser.get("/desk/activity?q=nobody").text)
    assert page.one("p", class_="empty-heading").text == "Nothing of that kind has happened"
    assert page.one("input", name="q")["value"] == "nobody"


def test_is_taken_along_as_csv_as_it_is_narrowed(sign_in, ada, ed, draft):
    sign_in(ed).submit(f"/desk/posts/{draft.id}/trash")
    browser = sign_in(ada)
    page = Page(browser.get(f"/desk/activity?who={ed.id}").text)
    link = page.one("div", class_="desk-actions").one("a")["href"]
    answer = browser.get(link)
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=activity-")
    (row,) = exported(answer)
    assert {name: row[name] for name in row if name != "When"} == {
        "Who": "Ed Editor", "What": "moved a post to the trash", "Event": "post_trashed",
        "Subject": "A draft", "Detail": "", "From where": "127.0.0.1",
    }  # fmt: skip
    assert row["When"].endswith("Z")


def test_a_stranger_s_formula_is_text_in_the_export(sign_in, ada):
    Message.receive(name="Vic", email="vic@example.org", subject='=HYPERLINK("http://evil")', body="")
    row = exported(sign_in(ada).get("/desk/activity/export?what=message_received"))[0]
    assert row["Subject"] == '\'=HYPERLINK("http://evil")'


def test_export_reads_a_long_log_in_portions(sign_in, ada, draft, monkeypatch):
    monkeypatch.setattr(activity, "ROWS_AT_ONCE", 10)
    for _number in range(25):
        happened(signals.post_revised, draft)
    rows = exported(sign_in(ada).get("/desk/activity/export?what=post_revised"))
    assert len(rows) == 25
    nothing = sign_in(ada).get("/desk/activity/export?q=nothing-like-that")
    assert exported(nothing) == []


def test_export_of_nonsense_leads_back_to_what_is_wrong(sign_in, ada):
    answer = sign_in(ada).get("/desk/activity/export?since=yesterday")
    assert answer.location == "/desk/activity?since=yesterday"


def detail_of_an_import(client, **counts):
    happened(signals.import_finished, Import("markdown"), counts=Counts(**counts).as_dict())
    db.session.commit()
    page = Page(client.get("/desk/activity?what=import_finished").text)
    return page.one("tbody").all("tr")[0].one("span", class_="listing-detail").text


def test_import_is_told_in_words_without_what_it_had_none_of(sign_in, ada):
    browser = sign_in(ada)
    assert detail_of_an_import(browser, files=3, posts_new=1, tags=2) == "3 files, 1 new post, 2 tags"
    assert detail_of_an_import(browser) == "nothing new"


def test_all_that_an_import_counts_has_words():
    assert set(BROUGHT) == set(Counts().as_dict())
