"""What is counted of a visit, what is not, and that nothing of the reader is kept."""

import urllib.request
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from broadsheet.extensions import db
from broadsheet.lib.readers import place_of
from broadsheet.models import Site, Visit, VisitHour
from broadsheet.models import visit as rules
from broadsheet.models.visit import ELSEWHERE, Tally
from broadsheet.web import visits
from newsroom import live, stop

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
TODAY = date(2026, 11, 24)


@pytest.fixture
def reader(client):
    """Reads a page with a browser: `reader("/about", referrer="https://example.org/")`."""

    def read(path, referrer="", **options):
        headers = {"User-Agent": FIREFOX} | ({"Referer": referrer} if referrer else {})
        return client.open(path, headers=headers | options.pop("headers", {}), **options)

    return read


@pytest.fixture
def counted(app):
    """What stands in the table, once all is written down: (path, referrer) → (views, arrivals)."""

    def counted():
        db.session.commit()
        app.extensions["broadsheet_visits"].write()
        rows = db.session.execute(sa.select(Visit.path, Visit.referrer, Visit.views, Visit.arrivals))
        return {(path, referrer): (views, arrivals) for path, referrer, views, arrivals in rows}

    yield counted
    app.extensions["broadsheet_visits"].close()


def add(*tallies):
    db.session.commit()
    with db.engine.begin() as connection:
        Visit.add(connection, tallies)


def tally(path, referrer="", views=1, day=TODAY, hour=9):
    return Tally(day, hour, path, referrer, views, views)


def test_a_page_that_is_read_is_counted(reader, counted, post):
    for _ in range(3):
        assert reader(post.path).status_code == 200
    assert counted() == {(post.path, ""): (3, 3), ("", ""): (3, 3)}
    row = db.session.scalars(sa.select(Visit).where(Visit.path == post.path)).one()
    assert row.post_id == post.id


def test_what_is_written_down_twice_adds_up(reader, counted, post):
    reader(post.path)
    counted()
    reader(post.path)
    assert counted()[post.path, ""] == (2, 2)


def test_tells_where_readers_came_from_and_what_they_read_on(reader, counted, post):
    reader(post.path, "https://www.example.org/links?who=me")
    reader("/archive", "http://localhost/")  # from one page of ours to another
    assert counted() == {
        (post.path, "example.org"): (1, 1),
        ("/archive", ""): (1, 0),
        ("", ""): (2, 1),
    }


def test_a_reader_whose_browser_has_the_page_already_counts_too(reader, counted):
    tag = reader("/").headers["ETag"]
    assert reader("/", headers={"If-None-Match": tag}).status_code == 304
    assert counted()["/", ""] == (2, 2)


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"User-Agent": ""},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"Sec-Fetch-Dest": "empty"},
    ],
)
def test_programs_and_what_is_fetched_ahead_do_not_count(reader, counted, headers):
    reader("/", headers=headers)
    assert counted() == {}


def test_only_pages_count(reader, counted, client, post):
    reader("/", method="HEAD")
    reader("/no-such-page")
    reader("/archive/1999")
    reader("/static/css/layers.css").close()
    reader("/health/live")
    reader("/login")
    reader("/desk")
    reader("/contact", method="POST")
    reader("/post/1/")
    for path in ("/feed.atom", "/feed.rss", "/feed.json", "/feed.css", "/sitemap.xml", "/robots.txt"):
        assert reader(path).status_code == 200
    assert reader(f"{post.path}.md").status_code == 200
    assert counted() == {}


def test_the_site_s_own_people_do_not_count_but_readers_with_an_account_do(sign_in, ann, rea, counted):
    sign_in(ann).get("/", headers={"User-Agent": FIREFOX})
    assert counted() == {}
    sign_in(rea).get("/", headers={"User-Agent": FIREFOX})
    assert counted()["/", ""] == (1, 1)


def test_reader_gets_no_cookie_and_leaves_nothing_behind(reader, counted, post):
    answer = reader(post.path, "https://example.org/secret?token=1", query_string="utm_source=someone")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    counted()
    rows = [
        *db.session.execute(sa.select(Visit.__table__)),
        *db.session.execute(sa.select(VisitHour.__table__)),
    ]
    kept = " ".join(str(value) for row in rows for value in row)
    for trace in ("127.0.0.1", "Firefox", "secret", "token", "utm"):
        assert trace not in kept


def test_pages_that_flask_does_not_answer_are_counted(reader, counted, app, post):
    reader(post.path, "https://example.org/")
    app.extensions["broadsheet_press"].wsgi_app = refuse
    reader(post.path, "https://example.org/")
    reader(post.path, "https://elsewhere.example/")
    reader(post.path, method="HEAD")
    reader(post.path, headers={"User-Agent": "curl/8"})
    assert counted() == {
        (post.path, "example.org"): (2, 2),
        (post.path, "elsewhere.example"): (1, 1),
        ("", ""): (3, 3),
    }


def test_address_in_any_script_is_kept_as_it_reads(reader, counted, post):
    post.slug = "große-fragen"
    reader(post.path)
    assert counted()[post.path, ""] == (1, 1)


def test_address_without_end_is_not_kept(app, counted):
    see(app.extensions["broadsheet_visits"], "/" + "x" * 400)
    assert counted() == {}


def test_day_and_hour_are_those_of_the_site_s_clock():
    at = datetime(2026, 11, 24, 23, 50, tzinfo=UTC)
    slot = int(at.timestamp()) // visits.SLOT
    [berlin] = visits.tallied({(slot, "/", ""): [1, 1]}, ZoneInfo("Europe/Berlin"))
    [kathmandu] = visits.tallied({(slot, "/", ""): [1, 1]}, ZoneInfo("Asia/Kathmandu"))
    assert (berlin.day, berlin.hour) == (date(2026, 11, 25), 0)
    assert (kathmandu.day, kathmandu.hour) == (date(2026, 11, 25), 5)


def test_site_s_zone_is_used(app, reader, counted):
    Site.load().change(timezone="Pacific/Kiritimati")
    reader("/")
    counted()
    here = datetime.now(ZoneInfo("Pacific/Kiritimati")).date()
    assert set(db.session.scalars(sa.select(Visit.day))) == {here}


def test_strangers_cannot_fill_the_table_with_invented_referrers(app, monkeypatch):
    monkeypatch.setattr(rules, "REFERRERS_A_DAY", 3)
    add(tally("/", "one.example"), tally("/", "two.example"))
    add(*(tally("/", f"spam{number}.example") for number in range(50)), tally("/", "one.example"))
    add(*(tally("/about", f"spam{number}.example") for number in range(50)))
    rows = db.session.execute(sa.select(Visit.path, Visit.referrer, Visit.views)).all()
    named = [row for row in rows if row.referrer not in ("", ELSEWHERE)]
    assert len(named) == 3
    assert ("/", "one.example", 2) in rows
    assert ("/about", ELSEWHERE, 50) in rows
    assert ("", "", 103) in rows


def test_memory_is_bounded(app, monkeypatch):
    monkeypatch.setattr(visits, "KEYS_IN_MEMORY", 10)
    counts = visits.Visits(app)
    monkeypatch.setattr(counts, "_open", lambda: None)
    for number in range(100):
        see(counts, "/", f"https://spam{number}.example/")
    counts._add_up()
    assert len(counts._counts) == 11
    assert sum(views for views, _arrivals in counts._counts.values()) == 100
    for number in range(100):
        see(counts, f"/{number}")
    counts._add_up()
    assert len(counts._counts) <= 20


def test_what_waits_to_be_added_up_is_bounded(app, monkeypatch):
    monkeypatch.setattr(visits, "SEEN_AT_ONCE", 10)
    counts = visits.Visits(app)
    monkeypatch.setattr(counts, "_open", lambda: None)
    for _ in range(100):
        see(counts, "/")
    assert len(counts._seen) <= 11
    counts._add_up()
    assert sum(views for views, _arrivals in counts._counts.values()) == 100


def test_what_waits_is_as_short_as_what_is_looked_at(app, monkeypatch):
    counts = visits.Visits(app)
    monkeypatch.setattr(counts, "_open", lambda: None)
    long = "x" * 10_000
    counts.see(
        place_of({"PATH_INFO": "/", "HTTP_HOST": long}),
        {"HTTP_USER_AGENT": f"Mozilla/5.0 {long}", "HTTP_REFERER": f"https://{long}/"},
    )
    [((_path, host), agent, referrer)] = counts._seen
    assert max(map(len, (host, agent, referrer))) <= 500


def see(counts, path, referrer=""):
    counts.see((path, ""), {"HTTP_USER_AGENT": FIREFOX, "HTTP_REFERER": referrer})


def test_what_cannot_be_written_waits(app, reader, counted, monkeypatch):
    reader("/")
    with monkeypatch.context() as patch:
        patch.setattr(Visit, "add", refuse)
        assert counted() == {}
    assert counted()["/", ""] == (1, 1)


def refuse(*_):
    raise sa.exc.OperationalError("INSERT", {}, Exception("database is locked"))


def test_post_that_is_deleted_meanwhile_is_left_out(app, post):
    add(tally(post.path), tally("/post/999/gone"), tally("/about"))
    assert set(db.session.scalars(sa.select(Visit.path))) == {post.path, "/about", ""}
    post.delete()
    db.session.commit()
    assert set(db.session.scalars(sa.select(Visit.path))) == {"/about", ""}


def test_many_pages_are_written_in_few_statements(app, queries):
    with queries() as asked:
        add(*(tally(f"/page-{number}") for number in range(150)))
    assert len(asked) == 2


def test_old_figures_are_thinned_out(app):
    old, older = TODAY - timedelta(days=91), TODAY - timedelta(days=800)
    for day in (TODAY, old, older):
        add(tally("/", "a.example", 2, day), tally("/", "b.example", 3, day), tally("/", "", 1, day))
    assert Visit.thin_out(TODAY) > 0
    db.session.commit()
    rows = set(map(tuple, db.session.execute(sa.select(Visit.day, Visit.path, Visit.referrer, Visit.views))))
    assert rows == {
        (TODAY, "", "", 6), (TODAY, "/", "", 1), (TODAY, "/", "a.example", 2), (TODAY, "/", "b.example", 3),
        (old, "", "", 6), (old, "/", "", 6),
    }  # fmt: skip
    assert set(db.session.scalars(sa.select(VisitHour.day))) == {TODAY}
    assert Visit.thin_out(TODAY) == 0


def test_a_thread_writes_it_down_by_itself(app, reader, monkeypatch):
    monkeypatch.setattr(visits, "WRITE_EVERY", 0.05)
    reader("/")
    deadline = datetime.now(UTC) + timedelta(seconds=10)
    found = None
    while found is None and datetime.now(UTC) < deadline:
        db.session.rollback()
        found = db.session.scalar(sa.select(Visit.views).where(Visit.path == "/"))
    assert found == 1
    app.extensions["broadsheet_visits"].close()


def test_what_was_counted_last_is_written_down_when_the_server_stops(database, tmp_path):
    running = live(database, tmp_path, filled=True)
    site = next(running)
    request = urllib.request.Request(f"{site.url}/", headers={"User-Agent": FIREFOX})  # noqa: S310  our own
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        assert answer.status == 200
    stop(site.process)
    with site.app.app_context():
        assert db.session.scalar(sa.select(Visit.views).where(Visit.path == "/")) == 1
        db.session.remove()
    next(running, None)  # lets it put away what it opened
