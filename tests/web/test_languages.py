"""A site speaks its language to its readers: words, dates and numbers; and says in which language each is."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Post, Site
from markup import Page


def speak(language: str) -> None:
    Site.load().change(language=language)
    db.session.commit()


def test_words_that_nobody_has_translated_are_not_called_persian(client, post):
    speak("fa")
    page = Page(client.get(post.path).text)
    assert (page.one("html")["lang"], page.one("html")["dir"]) == ("en", "ltr")
    for text in (page.one("h1"), page.one("div", class_="prose")):
        assert text["lang"] == "fa"
        assert text["dir"] in ("auto", "rtl")


def test_a_text_in_the_language_of_the_page_says_nothing(client, post):
    assert not Page(client.get(post.path).text).one("div", class_="prose").get("lang")


@pytest.mark.parametrize(
    ("language", "direction", "title", "date"),
    [
        ("de", "ltr", "Archiv", "24. November 2026"),
        ("de-AT", "ltr", "Archiv", "24. November 2026"),
        ("fr", "ltr", "Archives", "24 novembre 2026"),
        ("es", "ltr", "Archivo", "24 de noviembre de 2026"),
        ("ar", "rtl", "الأرشيف", "24 نوفمبر 2026"),
    ],
)
def test_readers_meet_words_and_dates_of_the_site_s_language(client, post, language, direction, title, date):
    post.published_at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    speak(language)
    html = client.get("/archive").text
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert Page(html).one("h1").text == title
    shown = client.get(post.path).text
    assert date in shown
    assert not Page(shown).one("div", class_="prose").get("lang")


def test_a_form_says_in_the_site_s_language_what_is_wrong(client):
    speak("fr")
    answer = client.post(
        "/contact", data={"name": "", "email": "x"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 422
    assert "Veuillez remplir ce champ." in answer.text


def test_an_error_is_told_in_the_site_s_language(client):
    speak("es")
    assert "No hay nada en esta dirección" in client.get("/nowhere/at/all").text


def test_the_first_sections_have_names_in_the_site_s_language(client):
    speak("de")
    assert sections(client) == ["Startseite", "Archiv", "Über uns", "Kontakt"]


def test_a_section_that_the_owner_named_keeps_its_name(client):
    Site.load().change(language="de", navigation=[{"label": "Home", "url": "/elsewhere"}])
    db.session.commit()
    assert sections(client) == ["Home"]


def sections(client) -> list[str]:
    links = Page(client.get("/").text).one("nav", class_="sections").walk()
    return [link.text for link in links if link.name == "a"]


@pytest.mark.parametrize(
    ("language", "direction", "posts"),
    [
        ("ar", "rtl", "المقالات"),
        ("de", "ltr", "Beiträge"),
        ("es", "ltr", "Artículos"),
        ("fr", "ltr", "Articles"),
    ],
)
def test_the_desk_speaks_the_site_s_language(sign_in, ed, language, direction, posts):
    speak(language)
    html = sign_in(ed).get("/desk/posts").text
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert posts in Page(html).one("h1").text


@pytest.mark.parametrize(("own", "word"), [("", "Hinweis"), ("fr", "Remarque")])
def test_texts_without_a_language_of_their_own_follow_the_site_s(app, client, post, ann, own, word):
    post.revise(by=ann, body="> [!NOTE]\n> Words.", language=own)
    speak("de")
    with app.app_context():  # as the worker has one of its own
        assert Post.render_anew(clock.now()) == (not own)
        db.session.commit()
    callout = Page(client.get(post.path).text).one("aside", class_="callout")
    assert word in callout.text


def test_a_mail_that_the_desk_sends_is_in_the_site_s_language(app, sign_in, ada):
    speak("de")
    sign_in(ada).submit("/desk/invitations", {"email": "new@example.com", "role": "author"})
    [mail] = mails(app)
    assert "Einladung zu" in mail["subject"]
    assert "legen Sie Ihr Konto an" in mail.get_content()


def mails(app) -> list[Any]:
    files = (Path(app.instance_path) / "outbox").glob("*.eml")
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def test_names_are_listed_as_the_language_lists_them(client, post, ann, ben, ed):
    post.authors = [ann, ben]
    speak("ar")
    assert " و" in Page(client.get(post.path).text).one("span", class_="byline-names").text


def test_numbers_have_the_plural_forms_of_the_language(client, post):
    speak("ar")
    assert "مقال واحد" in client.get(post.tags[0].path).text
