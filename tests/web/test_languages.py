"""The page says in which language its words are, and a text in which its own."""

from broadsheet.extensions import db
from broadsheet.models import Site


def test_words_that_nobody_has_translated_are_not_called_arabic(client, post):
    Site.load().change(language="ar")
    db.session.commit()
    html = client.get(post.path).text
    assert '<html lang="en" dir="ltr">' in html
    assert '<h1 class="post-title" lang="ar" dir="auto">' in html
    assert '<div class="prose" lang="ar" dir="auto">' in html


def test_a_text_in_the_language_of_the_page_says_nothing(client, post):
    assert '<div class="prose">' in client.get(post.path).text
