"""What is found, in which order, and that the words keep up with the posts."""

import datetime as dt
import unicodedata
from datetime import UTC, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from flask_migrate import downgrade, upgrade
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.lib.searching import Problem, Terms, as_indexed, marked, parse, written_words
from broadsheet.lib.searching.words import LETTERS as LETTERS_FOLDED
from broadsheet.models import Post, PostAuthor, PostTag, SearchText, Tag, User, search_text
from broadsheet.search import find, finding, suggest
from broadsheet.search.indexes import PostgreSQL, Question, index
from effort import calls
from markup import Page

LETTERS = st.sampled_from(
    "한국어항구ᄒ ёйЁІїж ΑάςσΣᾳ أإئىةمُحَّـ שָׁלוֹ हिन्दी தமிழ் ไทยี่ 日がゴ "
    "AaßẞæŒłØđıİé \u0301\u0336\u05b0\ufe0f 1٣ .,-❤'"
)


@pytest.fixture
def write(app, ann):
    """Publishes a post; with `at`, on that day."""

    def write(title, body="", *, at=None, tags=(), authors=None, **more):
        post = Post()
        post.revise(
            by=ann,
            title=title,
            body=body,
            authors=authors or [ann],
            tags=Tag.named(tags) if tags else [],
            **more,
        )
        post.publish(at=at and dt.datetime.fromisoformat(at).replace(tzinfo=UTC))
        db.session.commit()
        return post

    return write


def found(typed, **how):
    db.session.commit()
    db.session.expire_all()
    return [one.post.title for one in find(parse(typed), zone=UTC, **how).items]


@pytest.fixture
def steps(app):
    """How many instructions SQLite's machine takes meanwhile: the rows and pages that are looked at."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite counts its steps")

    def steps(do, *given):
        do(*given)  # the first time, schema and statements are read
        database = db.session.connection().connection.driver_connection
        count = 0

        def note():
            nonlocal count
            count += 1

        database.set_progress_handler(note, 1)
        try:
            do(*given)
        finally:
            database.set_progress_handler(None, 1)
        return count

    return steps


def marks(pieces):
    return [piece.text for piece in pieces if piece.is_marked]


def kept():
    """The words as they would be if they were made anew, and as they are."""
    row = db.session.execute(
        text("SELECT title, summary, names, tags, body, shown FROM search_texts ORDER BY place")
    )
    return [tuple(one) for one in row]


def test_finds_words_in_title_summary_text_tags_and_names(write):
    write("Alpha", "Beta *gam*ma delta.", summary="Epsilon", tags=["Zeta Eta"])
    for typed in ("alpha", "beta", "gamma", "epsilon", "eta", "author", "alpha delta", '"gamma delta"'):
        assert found(typed) == ["Alpha"], typed
    for typed in ("beth", '"delta gamma"', '"beta delta"', "em", "alpha omega", "t1"):
        assert found(typed) == [], typed


def test_diacritics_and_capitals_do_not_matter(write):
    write("Crème brûlée", "Über die Brücke")
    for typed in ("creme BRULEE", "crème", "uber", "bru\u0308cke", "Crémé"):
        assert found(typed) == ["Crème brûlée"], typed


@pytest.mark.parametrize(
    ("words", "also"),
    [
        ("서울의 항구 한국어", ["서울"]),
        ("θάλασσα λιμάνι Ιστορία οδός", ["θαλασσα", "ΛΙΜΑΝΙ", "ιστορια", "ΟΔΟΣ"]),
        ("ёлка ещё май", ["елка", "ЁЛКА", "еще"]),
        ("أحمد إلى القرآن والإسلام مُحَمَّد", ["احمد", "الى", "محمد"]),
        ("שָׁלוֹם עולם", ["שלום"]),
        ("हिन्दी தமிழ் ภาษาไทย", []),
        (
            "Straße Łódź Smørrebrød Đường Œuvre",
            ["strasse", "STRASSE", "Lodz", "smorrebrod", "duong", "oeuvre"],
        ),
        ("海 日本 がく", []),
        ("за\u0301мок x\u0336y", ["замок"]),
    ],
)
def test_words_are_found_as_they_are_written_and_without_their_marks(write, words, also):
    write("Of other things", words)
    write(words, "Nothing")
    for typed in [*words.split(), *also]:
        assert set(found(f'"{typed}"' if typed in words.split() else typed)) == {"Of other things", words}, (
            typed
        )
        part = next(one for one in find(parse(typed), zone=UTC).items if one.post.title == "Of other things")
        assert any(piece.is_marked for piece in part.snippet), typed


def test_another_vowel_is_another_word(write):
    write("हिन्दी")
    assert found('"हिन्दू"') == []
    assert found('"हिन्द"') == []
    assert [marks(one.title) for one in find(parse("हिन्द"), zone=UTC).items] == [["हिन्दी"]]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(LETTERS, min_size=1, max_size=30))
def test_every_word_of_any_text_is_found(write, text):
    words = written_words(text)
    if db.session.scalar(select(SearchText.place)) is None:
        write("Any")
    body = unicodedata.normalize("NFC", text)
    search_text.write(db.session.connection(), dict.fromkeys(db.session.scalars(select(Post.id)), body))
    if db.engine.dialect.name == "mariadb":
        db.session.commit()  # before, its index knows nothing of it
    for word in words:
        question = Question(parse(f'"{word}"'), [], end=2**62)
        assert len(index().newest(question, 1).places) == 1, word
        assert any(one.is_marked for one in marked(unicodedata.normalize("NFC", text), Terms(question.query)))


def test_the_database_folds_as_questions_are_folded(write):
    """Letter by letter: those of the migration are those of `lib/searching`."""
    migration = import_module("broadsheet.migrations.versions.0005_words_as_they_are_written")
    letters = "".join(migration.FOLDED)
    assert {ord(letter) for letter in letters} == set(LETTERS_FOLDED)
    write(letters)
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalars(text("SELECT title FROM search_folded")).all() == [as_indexed(letters)]
    else:
        for letter in filter(str.isalpha, letters):
            folded = db.session.scalar(text("SELECT search_folded(:it)"), {"it": letter})
            assert folded == as_indexed(letter).lower()


def test_a_site_that_was_there_before_finds_them_too(write):
    write("Straße", "서울의 항구")
    db.session.remove()
    downgrade(revision="0004")
    upgrade()
    assert found("strasse") == found("항구") == ["Straße"]


def test_what_indexes_keep_is_the_text_in_the_table(write):
    post = write("Straße", "Łódź")
    post.revise(by=post.authors[0], title="Ørsted", body="Œuvre")
    db.session.commit()
    assert found("strasse") == found("lodz") == []
    assert found("orsted") == found("oeuvre") == ["Ørsted"]
    post.trash()
    assert found("orsted") == []
    db.session.delete(post)
    db.session.commit()
    if db.engine.dialect.name == "sqlite":
        db.session.execute(
            text("INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)")
        )
        db.session.execute(
            text("INSERT INTO search_titles (search_titles, rank) VALUES ('integrity-check', 1)")
        )


def test_the_last_word_may_go_on_and_every_word_where_nothing_else_is_found(write):
    write("Compilers", "for editors")
    assert found("comp") == ["Compilers"]
    assert found("editor compilers") == ["Compilers"]
    assert found('"comp"') == []


def test_titles_come_ahead_and_then_what_has_more_of_it(write):
    write("Nothing in the name", "apple " * 3 + "word " * 50)
    write("An apple", "text")
    write("Of other things", "text", summary="An apple a day, apple")
    write("Apple", "text")
    write("Apple and pear", "text")
    assert found("apple")[0] == "Apple"
    assert set(found("apple")[:3]) == {"Apple", "An apple", "Apple and pear"}
    assert found("apple pear") == ["Apple and pear"]


def test_of_equals_the_newest_is_first(write):
    for day in ("2020-01-01", "2024-01-01", "2022-01-01"):
        write(f"On {day}", "apple", at=day)
    assert found("apple") == ["On 2024-01-01", "On 2022-01-01", "On 2020-01-01"]


def test_finds_only_what_readers_see(write, ann):
    kept = write("Seen apple")
    draft = Post()
    draft.revise(by=ann, title="Draft apple", body="apple", authors=[ann])
    write("Trashed apple").trash()
    write("Withdrawn apple").unpublish()
    write("Expired apple").end(clock.now() - timedelta(minutes=1))
    later = write("Later apple")
    later.schedule(clock.now() + timedelta(days=1))
    held = write("Held apple")
    held.hold(by=ann, title="Secret pear")
    write("Unlisted apple", unlisted=True)
    assert set(found("apple")) == {"Seen apple", "Held apple", "Unlisted apple"}
    assert found("secret") == []
    held.release(by=ann)
    assert found("secret") == ["Secret pear"]
    kept.trash()
    assert "Seen apple" not in found("apple")
    kept.recover()
    assert "Seen apple" in found("apple")


def test_a_scheduled_post_is_found_when_its_time_comes(write, monkeypatch):
    write("Later apple").schedule(clock.now() + timedelta(days=1))
    assert found("apple") == []
    tomorrow = clock.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    assert found("apple") == ["Later apple"]


def test_filters_narrow_what_is_found(write, ann, ben):
    write("Old apple", at="2020-05-31", tags=["Fruit"])
    write("New apple", at="2024-02-01", tags=["Fruit", "News"], authors=[ben])
    write("Guest apple", at="2023-01-01", tags=["Fruit salad"], byline="Gil Guest")
    assert found("apple tag:fruit") == ["New apple", "Old apple"]
    assert found("tag:Fruit tag:news") == ["New apple"]
    assert found('tag:"fruit salad"') == ["Guest apple"]
    assert found("author:ben") == ["New apple"]
    assert found('apple author:"ann author"') == ["Old apple"]
    assert found("author:guest") == ["Guest apple"]
    assert found("apple before:2024") == ["Guest apple", "Old apple"]
    assert found("before:2020-06") == ["Old apple"]
    assert found("after:2023 before:2024-02-01") == ["Guest apple"]
    assert found("after:2024-02-01") == ["New apple"]
    assert found("apple tag:fruit author:ben after:2021") == ["New apple"]
    assert found("after:0001 before:9999") == ["New apple", "Guest apple", "Old apple"]


def test_days_are_those_of_the_site(write):
    write("Late", at="2024-01-31T23:30:00")
    berlin = find(parse("after:2024-02"), zone=ZoneInfo("Europe/Berlin"))
    assert [one.post.title for one in berlin.items] == ["Late"]
    assert found("after:2024-02") == []


def test_a_filter_that_nothing_has_is_told(write, draft):
    write("Apple", tags=["Fruit"])
    draft.revise(by=None, tags=Tag.named(["Secret"]))
    db.session.commit()
    for typed, problem in {
        "apple tag:fruits": Problem("tag", "fruits"),
        "tag:secret": Problem("tag", "secret"),
        "author:nobody": Problem("author", "nobody"),
        "apple before:soon": Problem("before", "soon"),
    }.items():
        assert find(parse(typed), zone=UTC).problems == [problem]


def test_a_tag_is_known_by_former_names(write):
    write("Apple", tags=["Fruit"])
    db.session.scalars(Tag.at("fruit")).one().change(name="Pomes", slug="pomes", description="", picture=None)
    assert found("tag:fruit") == ["Apple"]
    assert found("pomes") == ["Apple"]


def test_the_words_keep_up_with_bulk_statements(write, ann, ben):
    post = write("Apple", "text", tags=["Fruit"])
    connection = db.session.connection()
    connection.execute(update(Post).values(title="Pear", published_at=clock.now() - timedelta(days=900)))
    assert found("pear") == ["Pear"]
    assert found("apple") == []
    connection = db.session.connection()
    connection.execute(update(User).where(User.id == ann.id).values(name="Anna Married"))
    connection.execute(update(Tag).values(name="Obst"))
    assert found("married obst") == ["Pear"]
    connection = db.session.connection()
    connection.execute(update(PostAuthor).values(user_id=ben.id))
    connection.execute(delete(PostTag))
    assert found("ben") == ["Pear"]
    assert found("obst") == found("married") == []
    db.session.connection().execute(update(Post).values(status="draft"))
    assert found("pear") == []
    db.session.connection().execute(update(Post).values(status="published"))
    assert found("pear") == ["Pear"]
    db.session.connection().execute(delete(Post).where(Post.id == post.id))
    assert found("pear") == []
    assert kept() == []


def test_a_rollback_takes_the_words_with_it(write):
    post = write("Apple")
    post.revise(by=None, title="Pear", body="Plum")
    db.session.flush()
    db.session.rollback()
    assert found("apple") == ["Apple"]
    assert found("plum") == []


def test_a_deleted_author_is_found_no_more(write, ben):
    write("Apple", authors=[ben])
    assert found("ben") == ["Apple"]
    db.session.connection().execute(delete(User).where(User.id == ben.id))
    assert found("ben") == []
    assert found("apple") == ["Apple"]


def test_the_index_is_sound_after_all_that(write, ann):
    """SQLite's own check compares what is indexed with the texts."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite keeps the words apart from the texts")
    post = write("Apple", "text", tags=["Fruit"])
    post.revise(by=ann, title="Pear", body="other", tags=Tag.named(["New"]))
    post.publish(at=clock.now() - timedelta(days=3))
    write("Third").delete()
    db.session.commit()
    assert found("pear other new") == ["Pear"]
    db.session.execute(text("INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)"))
    db.session.execute(text("INSERT INTO search_titles (search_titles, rank) VALUES ('integrity-check', 1)"))


def test_marks_and_snippets(write):
    write("About apples", "Nothing here. " * 40 + "Then an **apple** falls. " + "And on. " * 40)
    (one,) = find(parse("apple"), zone=UTC).items
    assert marks(one.title) == ["apples"]
    assert marks(one.snippet) == ["apple"]
    assert "".join(piece.text for piece in one.snippet).startswith("… ")


def test_pages_go_on_without_a_total(write, publish_many, monkeypatch):
    publish_many(25)
    first = find(parse("post"), zone=UTC, per_page=10)
    assert len(first.items) == 10
    assert first.has_next
    third = find(parse("post"), zone=UTC, page=3, per_page=10)
    assert len(third.items) == 5
    assert not third.has_next
    assert third.older_than is None
    monkeypatch.setattr(finding, "CANDIDATES", 20)
    second = find(parse("post"), zone=UTC, page=2, per_page=10)
    assert not second.has_next
    assert second.older_than is not None
    assert second.older_than <= second.items[-1].post.published_at


def test_asks_as_often_however_much_is_found(publish_many, queries):
    publish_many(30)
    with queries() as few:
        assert len(found("post")) == 10
    db.session.connection().execute(delete(Post))
    publish_many(150)
    with queries() as many:
        assert len(found("post")) == 10
    assert len(few) <= 11
    assert len(many) <= len(few) + 1


@pytest.mark.parametrize(
    "bounds", [{}, {"NEAR": 1}, {"FEW": 0}, {"NEAR": 1, "FEW": 0}, {"NEAR": 1, "FEW": 0, "FAR": 6}], ids=str
)
def test_postgresql_finds_the_same_on_each_way(write, ben, monkeypatch, bounds):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("only PostgreSQL has several ways")
    for name, value in bounds.items():
        monkeypatch.setattr(PostgreSQL, name, value)
    for year in range(2021, 2024):
        write(f"An apple of {year}", "red pear", tags=["Fruit"], authors=[ben], at=f"{year}-01-01")
        write(f"Pear of {year}", "an apple, red", at=f"{year}-02-01")
    of_2023, *others = [f"An apple of {year}" for year in (2023, 2022, 2021)]
    assert found("an apple")[:3] == [of_2023, *others]
    assert found('"red pear"') == found("tag:fruit") == found('app author:"ben author"') == [of_2023, *others]
    assert found("apple tag:fruit before:2023") == others
    assert found('"pear red"') == found("author:apple") == found("app tag:fruit author:ann") == []


def test_leads_to_what_is_older_where_nothing_was_found_among_the_newest(write, client, monkeypatch):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite looks at all")
    for name in ("NEAR", "FEW", "FAR"):
        monkeypatch.setattr(PostgreSQL, name, 1)
    for day in range(1, 9):
        write(f"Post {day}", '"red" pear' if day < 4 else "pear, red", at=f"2024-01-0{day}")
    finds = find(parse('"red pear"'), zone=UTC)
    assert finds.items == []
    assert finds.older_than == dt.datetime(2024, 1, 8, tzinfo=UTC)
    steps = 0
    page = Page(client.get('/search?q="red+pear"').text)
    assert page.one("h2", **{"data-said": ""}).text == "Nothing found among the newest posts"
    while not page.headlines:
        page = Page(client.get(page.one("p", class_="search-older").one("a")["href"]).text)
        steps += 1
    assert page.headlines == ["Post 3"]
    assert steps <= 6


def test_takes_as_many_steps_among_ten_times_as_many_posts(publish_many, steps):
    def work(number):
        publish_many(number)
        middle = clock.now() - timedelta(hours=number / 2)
        questions = [
            *("post", "pos", "post notes", '"ann author"', "post tag:notes", "tag:notes", "author:ann"),
            *(f"{words} before:{middle:%Y-%m-%d}" for words in ("", "post")),
        ]
        done = [(steps(found, one), calls(found, one)) for one in questions]
        return [*done, (steps(suggest, parse("pots")), calls(suggest, parse("pots")))]

    few = work(1_000)
    db.session.connection().execute(delete(Post))
    for (rows, called), (more_rows, more_called) in zip(few, work(10_000), strict=True):
        assert more_rows <= rows * 1.1
        assert more_called <= called * 1.1


def test_suggests_tags_and_authors_that_are_nearly_those(write):
    write("Compiler", tags=["Harbour"])
    assert str(suggest(parse("tag:harbuor"))) == "tag:Harbour"
    assert str(suggest(parse("compiler tag:harbuor"))) == "compiler tag:Harbour"
    assert str(suggest(parse('author:"Ann Authr"'))) == 'author:"ann author"'
    assert str(suggest(parse("compilr author:authr"))) == "compiler author:author"
    assert suggest(parse("author:qqqqq")) is None


def test_suggests_words_that_stand_in_titles(write):
    write("The compiler of tomorrow", "text about borrowing", tags=["Release"])
    write("Another one")
    assert str(suggest(parse("compilr"))) == "compiler"
    assert str(suggest(parse("relaese tag:Release"))) == "release tag:Release"
    assert str(suggest(parse("relaese tag:x"))) == "release"
    assert str(suggest(parse("compiler before:1999"))) == "compiler"
    assert str(suggest(parse("compilr borrowing"))) == "compiler borrowing"
    assert str(suggest(parse("compiler qqqqq"))) == "compiler"
    assert suggest(parse("compiler another")) is None
    assert suggest(parse("qqqqq")) is None
    assert suggest(parse("tag:x")) is None


def test_asks_for_a_few_words_of_a_question_that_nobody_understands(write, queries):
    write("Apple")
    with queries() as few:
        suggest(parse("qqqa qqqb qqqc qqqd qqqe"))
    with queries() as many:
        suggest(parse("qqqa qqqb qqqc qqqd qqqe qqqf qqqg qqqh qqqi qqqj qqqk qqql"))
    assert len(many) <= 1.5 * len(few)  # what remains of the question is looked for as well


def test_the_words_of_a_text_follow_its_rendering(write):
    post = write("Apple", "*first*")
    assert db.session.scalar(db.select(SearchText.body).where(SearchText.post_id == post.id)) == "first"
    post.revise(by=None, body="second")
    db.session.commit()
    assert found("second") == ["Apple"]
    assert found("first") == []
