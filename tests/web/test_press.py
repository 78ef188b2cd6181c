"""What is kept in the press, for whom, and what ends it."""

import gzip
import re
import threading
import time
from datetime import UTC, datetime, timedelta

import brotli
import pytest
import sqlalchemy as sa
from werkzeug.test import Client

from broadsheet import edition
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Alias, Correction, Edition, Page, Post, Role, Setting, Site, Tag, Upload
from broadsheet.models.edition import PRIVATE_COLUMNS, PRIVATE_TABLES
from broadsheet.web.press import RENDERERS
from stage import person

PRESSED_PAGES = (
    *("/", "/archive", "/tags", "/authors", "/search", "/feed.atom", "/feed.rss", "/feed.json"),
    *("/robots.txt", "/tag/notes", "/user/ann"),
)


@pytest.fixture
def press(app):
    return app.extensions["broadsheet_press"]


@pytest.fixture
def is_pressed(press):
    """Whether an answer comes without Flask."""

    def is_pressed(client, path, **options):
        inner, entered = press.wsgi_app, []

        def enter(environ, start_response):
            entered.append(environ["PATH_INFO"])
            return inner(environ, start_response)

        press.wsgi_app = enter
        try:
            client.get(path, **options).close()
        finally:
            press.wsgi_app = inner
        return not entered

    return is_pressed


def change(statement):
    """As a program beside the site does it, of which our code hears nothing."""
    db.session.commit()
    with db.engine.begin() as connection:
        connection.execute(statement)


@pytest.fixture
def time_machine(monkeypatch):
    """`time_machine(moment)`: from now on that is the present."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


# -- what is kept


def test_a_foreign_cookie_changes_nothing(app, client, post):
    fresh = app.test_client()
    fresh.set_cookie("other", "value")
    with_cookie = fresh.get(post.path)
    db.session.execute(sa.update(Edition).values(number=Edition.number + 1))
    post.revise(by=None, summary="Another.")
    db.session.commit()
    fresh.get(post.path)
    assert client.get(post.path).data.count(b"\n") == with_cookie.data.count(b"\n")
    app.extensions["broadsheet_press"].stop()
    assert fresh.get(post.path).data == client.get(post.path).data


def test_a_request_that_is_refused_keeps_no_page_out(client, post, is_pressed):
    refused = client.get(post.path, headers={"Connection": "upgrade", "Upgrade": "websocket"})
    assert refused.status_code == 400
    client.get(post.path)
    assert is_pressed(client, post.path)


@pytest.mark.parametrize("path", PRESSED_PAGES)
def test_page_is_made_once(client, post, path, is_pressed):
    first = client.get(path)
    assert first.status_code == 200
    assert is_pressed(client, path)
    again = client.get(path)
    assert again.data == first.data
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


def test_page_of_a_list_is_kept_by_its_number(client, publish_many, is_pressed):
    publish_many(30)
    assert client.get("/?page=2").data != client.get("/").data
    assert is_pressed(client, "/?page=2")


@pytest.mark.parametrize("query", ["utm_source=letter", "page=2&page=2", "page=2&x=1", "q=words", "Page=2"])
def test_question_that_the_page_does_not_know_leads_past_it(client, publish_many, is_pressed, query):
    publish_many(30)
    path = f"/search?{query}" if query.startswith("q") else f"/?{query}"
    assert client.get(path).status_code == 200
    assert not is_pressed(client, path)


def test_other_host_gets_its_own_addresses(client, post, press):
    here = client.get(post.path, base_url="http://one.example")
    there = client.get(post.path, base_url="http://two.example")
    secure = client.get(post.path, base_url="https://two.example")
    assert b"http://one.example" in here.data
    assert b"http://two.example" in there.data
    assert "Strict-Transport-Security" in secure.headers
    assert "Strict-Transport-Security" not in there.headers


def test_page_behind_a_proxy_is_that_of_the_address_that_was_asked(make_app, client, post):
    path = post.path
    behind = make_app(BROADSHEET_PROXY_HOPS="1").test_client()
    for host in ("one.example", "two.example"):
        asked = {"X-Forwarded-Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
        assert f"https://{host}{path}" in behind.get(path, headers=asked).text


def test_signed_in_person_never_gets_nor_gives_a_pressed_page(client, sign_in, ann, post, is_pressed):
    browser = sign_in(ann)
    own = browser.get(post.path)
    assert own.headers["Cache-Control"] == "private, no-cache"
    public = client.get(post.path)
    assert f"/desk/posts/{post.id}/edit".encode() in own.data
    assert b"/desk" not in public.data
    assert is_pressed(client, post.path)
    assert not is_pressed(browser, post.path)
    assert browser.get(post.path).data == own.data


@pytest.mark.parametrize("written", ["broadsheet =", " broadsheet\t=", '_ga="x; broadsheet ='])
def test_however_a_session_s_cookie_is_written_its_pages_are_left_alone(
    app, client, sign_in, ann, post, is_pressed, written
):
    value = sign_in(ann).get_cookie("broadsheet").value
    browser = app.test_client(use_cookies=False)
    own = {"Cookie": f"{written}{value}"}
    assert not is_pressed(browser, post.path, headers=own)
    client.get(post.path)
    assert is_pressed(client, post.path)  # and no visitor has to have them made anew
    assert not is_pressed(browser, post.path, headers=own)


def test_cookie_of_somebody_else_changes_nothing(client, post):
    first = client.get(post.path)
    client.set_cookie("_ga", "GA1.2.3")
    assert client.get(post.path).data == first.data


@pytest.mark.parametrize(
    "path", ["/contact", "/submit", "/login", "/no-such-page", "/tag/nothing", "/post/1/x"]
)
def test_form_error_or_redirect_is_not_kept(client, post, is_pressed, path):
    client.get(path)
    assert not is_pressed(client, path)


def test_error_is_not_kept_but_the_page_is_as_soon_as_it_is_over(client, post, app, is_pressed, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Post, "front_page_order", lambda: 1 / 0)
        app.config["PROPAGATE_EXCEPTIONS"] = False
        assert client.get("/").status_code == 500
    assert client.get("/").status_code == 200
    assert is_pressed(client, "/")


def test_what_a_plugin_has_encoded_goes_out_as_it_is(client, post, app):
    @app.after_request
    def encode(response):
        response.data = gzip.compress(response.data)
        response.content_encoding = "gzip"
        return response

    answer = client.get(post.path, headers={"Accept-Encoding": "br, gzip"})
    assert answer.headers.getlist("Content-Encoding") == ["gzip"]
    assert b"<html" in gzip.decompress(answer.data)


def test_what_sets_a_cookie_is_not_kept(client, post, app, is_pressed):
    @app.after_request
    def give_cookie(response):
        response.set_cookie("plugin", "1")
        return response

    client.get(post.path)
    assert not is_pressed(app.test_client(), post.path)


def test_without_room_each_page_is_made_anew(make_app):
    app = make_app(BROADSHEET_PRESS_SIZE="0")
    with app.app_context():
        press = app.extensions["broadsheet_press"]
        person("Ada Admin", Role.ADMIN)
        client = app.test_client()
        client.get("/")
        assert client.get("/").status_code == 200
        assert press.pages == {}


def test_memory_is_bounded_and_what_is_asked_again_stays(client, publish_many, press, is_pressed):
    publish_many(60)
    paths = [post.path for post in db.session.scalars(sa.select(Post).order_by(Post.id))]
    press.limit = 200_000
    client.get("/archive")
    for path in paths:
        client.get(path)
        client.get("/archive")
        assert press.size <= press.limit
    assert press.size == sum(page.size for page in press.pages.values())
    assert 2 < len(press.pages) < 60
    assert is_pressed(client, "/archive")


@pytest.mark.parametrize(
    "path", ["/robots.txt?={long}", "/none-{long}", "/?page={long}", "/search/results?q={long}"]
)
def test_nobody_fills_the_memory_with_long_addresses(client, post, press, path):
    client.get(path.format(long="x" * 2_000))
    client.get("/robots.txt", base_url=f"http://{'x.' * 1_000}example")
    assert not press.pages
    assert not press.printing.passed


def test_nameless_question_leads_past_it(client, post, is_pressed):
    assert client.get("/?=1").status_code == 200
    assert not is_pressed(client, "/?=1")


def test_page_that_was_not_kept_takes_no_room(app, client, post, press):
    """Others waited for it and get it in other codings."""
    inner, may_end = press.wsgi_app, threading.Event()

    def slow(environ, start_response):
        may_end.wait(10)
        return inner(environ, start_response)

    press.wsgi_app = slow
    asked, answer = [], press.answer
    press.answer = lambda *request: asked.append(request) or answer(*request)

    def ask(coding):
        Client(app).get("/?from=afar", headers={"Accept-Encoding": coding})

    threads = [threading.Thread(target=ask, args=(coding,)) for coding in ("br", "gzip", "identity")]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 10
    while len(asked) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    may_end.set()
    for thread in threads:
        thread.join()
    assert press.size == sum(page.size for page in press.pages.values())


def test_page_that_two_made_at_once_takes_its_room_once(app, client, post, press):
    inner, path = press.wsgi_app, post.path

    def be_overtaken(environ, start_response):
        press.wsgi_app = inner
        press.printing.under_way.clear()  # as if the other had looked just before it was there
        other = threading.Thread(target=visit, args=(app, path))
        other.start()
        other.join()
        return inner(environ, start_response)

    press.wsgi_app = be_overtaken
    client.get(path)
    assert press.size == sum(page.size for page in press.pages.values())


# -- how it is sent


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.2, gzip;q=0.8", "gzip"),
        ("*", "br"),
        ("identity", None),
        ("gzip;q=0", None),
        ("gzip;q=nonsense, br;q=-1", None),
        ("", None),
    ],
)
def test_encoding_is_the_best_that_is_accepted(client, post, accepted, encoding):
    plain = client.get(post.path).data
    for _ in range(2):
        answer = client.get(post.path, headers={"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding") == encoding
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
        assert unpack(answer.data) == plain


def test_encodings_have_tags_of_their_own_and_are_known_by_them(client, post):
    tags = set()
    for accepted in ("", "gzip", "br"):
        answer = client.get(post.path, headers={"Accept-Encoding": accepted})
        tags.add(tag := answer.headers["ETag"])
        assert not tag.startswith("W/")
        for asked in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            known = client.get(post.path, headers={"Accept-Encoding": accepted, "If-None-Match": asked})
            assert (known.status_code, known.data) == (304, b"")
            assert known.headers["ETag"] == tag
            assert known.headers["Cache-Control"] == answer.headers["Cache-Control"]
            assert "Content-Length" not in known.headers
        unknown = client.get(post.path, headers={"Accept-Encoding": accepted, "If-None-Match": '"other"'})
        assert unknown.status_code == 200
    assert len(tags) == 3


def test_bytes_do_not_depend_on_the_moment_nor_on_who_asked_first(client, post, press):
    tags = {}
    for order in (("gzip", "br", ""), ("", "gzip", "br"), ("br", "", "gzip")):
        for accepted in order:
            answer = client.get(post.path, headers={"Accept-Encoding": accepted})
            assert tags.setdefault(accepted, (answer.headers["ETag"], answer.data))[1] == answer.data
        press.pages.clear()


def test_head_tells_what_get_would(client, post):
    for _ in range(2):
        head = client.head(post.path, headers={"Accept-Encoding": "gzip"})
        get = client.get(post.path, headers={"Accept-Encoding": "gzip"})
        assert head.data == b""
        assert dict(head.headers) == dict(get.headers)


def test_caches_on_the_way_are_told_what_to_do(make_app, client, post):
    path = post.path
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    number = db.session.scalar(sa.select(Edition.number))
    assert answer.headers["Surrogate-Key"] == f"broadsheet edition-{number}"
    shared = make_app(BROADSHEET_CDN_MAX_AGE="60")
    again = shared.test_client().get(path)
    assert again.headers["Cache-Control"] == "public, max-age=0, must-revalidate, s-maxage=60"


def test_form_for_visitors_is_compressed_and_one_with_a_secret_is_not(client, post):
    headers = {"Accept-Encoding": "gzip"}
    assert client.get("/contact", headers=headers).headers["Content-Encoding"] == "gzip"
    assert client.get("/no-such-page", headers=headers).headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in client.get("/login", headers=headers).headers


# -- what ends it


def changes(post, page):
    """Every kind of thing that a visitor can see changed, and a page on which it shows."""
    new, now = "Quite new", clock.now()
    appears = {"status": "published", "published_at": now, "title": new}
    told = {"post_id": post.id, "body": new, "html": new, "created_at": now}
    name = "UPDATE users SET name = 'Quite new' WHERE username = 'ann'"
    return {
        "a title": (sa.update(Post).values(title=new), post.path),
        "a title on the front page": (sa.update(Post).values(title=new), "/"),
        "many at once": (sa.update(Post).values(title=new), "/feed.atom"),
        "a publication": (sa.update(Post).where(Post.title == "A draft").values(**appears), "/"),
        "a page": (sa.update(Page).where(Page.id == page.id).values(html=new), page.path),
        "a setting": (sa.update(Setting).where(Setting.name == "title").values(value=new), "/archive"),
        "a first setting": (sa.insert(Setting).values(name="tagline", value=new), post.path),
        "a name": (sa.text(name), post.path),
        "a tag": (sa.update(Tag).values(name=new), post.path),
        "a tag's address": (sa.update(Tag).values(slug="quite-new", name=new), "/tags"),
        "a correction": (sa.insert(Correction).values(**told), post.path),
    }


@pytest.mark.parametrize(
    "what",
    [
        *("a title", "a title on the front page", "many at once", "a publication", "a page", "a setting"),
        *("a first setting", "a name", "a tag", "a tag's address", "a correction"),
    ],
)
def test_page_shows_at_once_what_has_changed(client, post, page, draft, what, is_pressed):
    Site.load().change(title="The Paper")
    db.session.commit()
    statement, path = changes(post, page)[what]
    client.get(path)
    assert is_pressed(client, path)
    change(statement)
    assert b"Quite new" in client.get(path).data


def test_deleted_post_is_gone_and_its_new_address_is_followed(client, post, page, is_pressed):
    assert client.get(post.path).status_code == 200
    former = post.path
    post.slug = "elsewhere"
    db.session.commit()
    assert client.get(former).headers["Location"].endswith("/elsewhere")
    change(sa.delete(Post).where(Post.id == post.id))
    assert client.get(post.path).status_code == 404
    assert b"A published post" not in client.get("/").data


def test_alias_leads_on_as_soon_as_it_is_there(client, page):
    assert client.get("/former").status_code == 404
    change(sa.insert(Alias).values(path="/former", page_id=page.id, created_at=clock.now()))
    assert client.get("/former").status_code == 301


def test_other_words_for_a_picture_are_seen(client, post):
    upload = Upload(
        name="p", key="a.webp", sha256="0" * 64, media_type="image/webp", size=9, width=9, height=9, alt="Old"
    )
    db.session.add(upload)
    db.session.flush()
    post.cover = upload
    db.session.commit()
    client.get(post.path)
    number = db.session.scalar(sa.select(Edition.number))
    change(sa.update(Upload).values(alt="Quite new"))
    assert db.session.scalar(sa.select(Edition.number)) > number


def test_page_that_has_not_changed_is_known_to_be_the_same_without_flask(client, post, page, is_pressed):
    """A newer edition asks the queries of a page again; if they find the same, it is the same."""
    before = client.get(page.path)
    client.get(post.path)
    change(sa.update(Post).values(title="Quite new"))
    assert is_pressed(client, page.path)
    assert not is_pressed(client, post.path)
    after = client.get(page.path)
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])
    assert after.headers["Surrogate-Key"] != before.headers["Surrogate-Key"]


def test_page_becomes_what_it_was_before(client, post):
    first = client.get(post.path).data
    for title in ("Quite new", "Newer still", post.title):
        change(sa.update(Post).values(title=title))
        latest = client.get(post.path).data
    assert latest == first


@pytest.mark.parametrize("what", ["appears", "expires"])
def test_time_alone_changes_a_page_at_the_right_second(client, post, draft, time_machine, what, is_pressed):
    start = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
    end = start + timedelta(hours=1)
    post.published_at = start - timedelta(days=1)
    if what == "appears":
        draft.schedule(end)
    else:
        draft.published_at, draft.status, draft.expires_at = start, "published", end
    db.session.commit()
    time_machine(start + timedelta(seconds=1))
    assert (b"A draft" in client.get("/").data) == (what == "expires")
    time_machine(end - timedelta(seconds=1))
    assert is_pressed(client, "/")
    time_machine(end)
    assert (b"A draft" in client.get("/").data) == (what == "appears")


def test_a_new_day_by_the_site_s_clock_makes_pages_anew(client, post, time_machine, is_pressed):
    """Some dates are written without their year as long as it lasts."""
    Site.load().change(timezone="Pacific/Auckland")
    post.published_at = datetime(2026, 11, 1, tzinfo=UTC)
    db.session.commit()
    time_machine(datetime(2026, 12, 31, 10, 59, 59, tzinfo=UTC))
    client.get("/")
    assert is_pressed(client, "/")
    time_machine(datetime(2026, 12, 31, 11, 0, tzinfo=UTC))
    assert not is_pressed(client, "/")


def test_what_no_visitor_sees_leaves_the_edition_alone(app, client, ann, draft, post, sign_in):
    before = db.session.scalar(sa.select(Edition.number))
    draft.revise(by=ann, title="Another draft", body="Words")
    db.session.commit()
    post.autosave(
        by=ann,
        typed={},
        title="Half a tit",
        slug="",
        summary="",
        body="…",
        language="",
        based_on=post.version,
    )
    db.session.commit()
    ann.last_signed_in_at = clock.now()
    db.session.commit()
    sign_in(ann).get("/desk")
    client.post("/contact", data={})
    app.extensions["broadsheet_visits"].write()
    db.session.expire_all()
    assert db.session.scalar(sa.select(Edition.number)) == before


def test_every_table_is_either_watched_or_known_to_be_private(app):
    """A new table or column must be one or the other: see models/edition.py and migration 0006."""
    watched = watched_columns()
    for table in db.metadata.sorted_tables:
        if table.name in PRIVATE_TABLES:
            assert table.name not in watched
            continue
        columns = {column.name for column in table.columns} - PRIVATE_COLUMNS.get(table.name, frozenset())
        assert watched[table.name] == columns


def watched_columns():
    if db.engine.dialect.name == "mariadb":
        return dict(watched_on_mariadb())
    if db.engine.dialect.name == "sqlite":
        kept = (
            "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'edition_%_update'"
        )
    else:
        kept = (
            "SELECT relname, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger"
            " JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname LIKE 'edition_%_update'"
        )
    found = {}
    for table, definition in db.session.execute(sa.text(kept)):
        columns = definition.partition("UPDATE OF ")[2].partition(" ON ")[0]
        found[table] = {column.strip().strip('"') for column in columns.split(",")}
    return found


def watched_on_mariadb():
    """There a trigger compares the columns, as it cannot say which it watches."""
    kept = (
        "SELECT event_object_table, action_statement FROM information_schema.triggers"
        " WHERE trigger_schema = database() AND trigger_name LIKE 'edition_%_update'"
    )
    for table, statement in db.session.execute(sa.text(kept)):
        yield table, set(re.findall(r"NEW\.(\w+) <=> OLD\.\1\b", statement))


# -- several at once


def visit(app, path):
    """From another thread than the test's."""
    return Client(app).get(path).status_code


def test_page_that_many_ask_for_is_made_once(app, client, post, press):
    inner, made, may_end = press.wsgi_app, [], threading.Event()

    def slow(environ, start_response):
        made.append(environ["PATH_INFO"])
        may_end.wait(10)
        return inner(environ, start_response)

    press.wsgi_app = slow
    asked, answer = [], press.answer
    press.answer = lambda *request: asked.append(request) or answer(*request)
    answers, post_path = [], post.path
    threads = [threading.Thread(target=lambda: answers.append(visit(app, post_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 10
    while len(asked) < 8 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)  # whoever would make it, too, has begun by now
    may_end.set()
    for thread in threads:
        thread.join()
    assert made == [post.path]
    assert answers == [200] * 8


def test_nobody_waits_for_what_is_never_kept(app, client, post, press):
    client.get("/contact")
    inner, together = press.wsgi_app, threading.Barrier(3)

    def meet(environ, start_response):
        together.wait(10)
        return inner(environ, start_response)

    press.wsgi_app = meet
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(visit(app, "/contact"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 3


def test_what_takes_for_ever_does_not_keep_others_waiting(app, client, post, press):
    """A question to another program, a lock that somebody holds: as many as may render at a time."""
    client.get("/contact")
    inner, path, may_end = press.wsgi_app, post.path, threading.Event()

    def stand_still(environ, start_response):
        if environ["PATH_INFO"] == "/contact":
            may_end.wait(30)
        return inner(environ, start_response)

    press.wsgi_app = stand_still
    waiting = [threading.Thread(target=visit, args=(app, "/contact")) for _ in range(RENDERERS)]
    answers = []
    reader = threading.Thread(target=lambda: answers.append(visit(app, path)))
    for thread in (*waiting, reader):
        thread.start()
    reader.join(20)
    may_end.set()
    assert answers == [200]
    for thread in waiting:
        thread.join()


def test_page_that_was_being_made_while_something_changed_is_not_kept(client, post, press, is_pressed):
    inner, engine = press.wsgi_app, db.engine

    def change_meanwhile(environ, start_response):
        answer = inner(environ, start_response)
        with engine.begin() as connection:
            connection.execute(sa.update(Post).values(title="Quite new"))
        return answer

    press.wsgi_app = change_meanwhile
    assert b"Quite new" not in client.get(post.path).data
    press.wsgi_app = inner
    assert not is_pressed(client, post.path)
    assert b"Quite new" in client.get(post.path).data


def test_who_made_it_failing_leaves_nobody_waiting(app, client, post, press):
    inner = press.wsgi_app

    def fail(environ, start_response):
        raise SystemError("out of order")

    press.wsgi_app = fail
    with pytest.raises(SystemError):
        client.get(post.path)
    press.wsgi_app = inner
    assert client.get(post.path).status_code == 200


def test_without_an_answer_of_the_database_nothing_old_is_told(client, post, press, is_pressed, monkeypatch):
    client.get(post.path)
    with monkeypatch.context() as patch:
        patch.setattr(press.watch, "number", refuse)
        assert not is_pressed(client, post.path)
    client.get(post.path)
    assert is_pressed(client, post.path)


def refuse():
    raise edition.Unknown


# -- who is told that it is done


def test_whoever_changes_something_public_waits_until_every_process_must_have_seen_it(
    app, ann, post, monkeypatch
):
    waited = []
    monkeypatch.setattr(
        edition, "hold", lambda engine: waited.append(db.session.scalar(sa.select(Post.title)))
    )
    post.title = "Quite new"
    db.session.commit()
    assert waited == ["Quite new"]
    ann.last_signed_in_at = clock.now()
    db.session.commit()
    assert len(waited) == 1
    db.session.execute(sa.update(Post).values(title="Newer still"))
    db.session.commit()
    assert len(waited) == 2


def test_whoever_comes_after_a_commit_that_failed_waits_too(app, post, monkeypatch):
    """The edition has the number then that was seen before."""
    waited, title = [], post.title
    monkeypatch.setattr(edition, "hold", waited.append)

    def fail(_session):
        raise SystemError("no room")

    post.title = "Never"
    db.session.flush()
    sa.event.listen(db.session(), "before_commit", fail)
    with pytest.raises(SystemError):
        db.session.commit()
    sa.event.remove(db.session(), "before_commit", fail)
    db.session.rollback()
    assert (post.title, waited) == (title, [])
    post.title = "Quite new"
    db.session.commit()
    assert waited == [db.engine]


def test_a_clock_that_is_set_back_takes_back_what_it_had_shown(client, draft, time_machine):
    now = clock.now()
    draft.schedule(now + timedelta(hours=2))
    db.session.commit()
    title = draft.title
    time_machine(now + timedelta(hours=3))
    assert title in client.get("/").text
    time_machine(now)
    assert title not in client.get("/").text
