from datetime import timedelta

import pytest
import time_machine

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Alias, Correction, Post, RelatedPost, Tag, Upload
from markup import Page


def test_shows_the_post(client, post):
    page = Page(client.get(post.path).text)
    assert page.one("h1").text == "A published post"
    assert page.one("p", class_="standfirst").text == "What it is about."
    assert page.one("em").text == "text"
    assert page.one("a", rel="author")["href"] == "/user/ann"
    assert page.one("a", rel="tag")["href"] == "/tag/notes"
    assert [link["href"] for link in page.one("details", class_="contents").all("a")] == ["#first", "#second"]


def test_number_alone_leads_to_the_whole_address(client, post):
    answer = client.get(f"/post/{post.id}")
    assert (answer.status_code, answer.location) == (301, post.path)


@pytest.mark.parametrize("tail", ["a-wrong-slug", "a-published-post?from=mail", "A-PUBLISHED-POST"])
def test_wrong_slug_leads_to_the_right_one(client, post, tail):
    answer = client.get(f"/post/{post.id}/{tail}")
    if answer.status_code == 200:
        assert Page(answer.text).one("link", rel="canonical")["href"].endswith(post.path)
    else:
        assert (answer.status_code, answer.location) == (301, post.path)


def test_number_with_leading_zeros_leads_to_the_right_one(client, post):
    answer = client.get(f"/post/00{post.id}/{post.slug}")
    assert (answer.status_code, answer.location) == (301, post.path)


def test_slug_may_be_written_in_any_script(client, post):
    post.revise(by=None, slug="привет-мир")
    assert client.get(post.path).status_code == 200
    answer = client.get(f"/post/{post.id}/wrong")
    assert answer.location == f"/post/{post.id}/%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82-%D0%BC%D0%B8%D1%80"


def test_slash_at_the_end_is_taken_away(client, post):
    answer = client.get(f"{post.path}/")
    assert (answer.status_code, answer.location) == (301, post.path)


def test_former_address_leads_to_the_post(client, post):
    Alias.keep("/2019/Old News.html", post)
    answer = client.get("/2019/Old%20News.html")
    assert (answer.status_code, answer.location) == (301, post.path)


def test_former_address_of_a_hidden_post_leads_nowhere(client, draft):
    Alias.keep("/2019/old-news", draft)
    assert client.get("/2019/old-news").status_code == 404


@pytest.mark.parametrize("id", ["0", "999", "99999999999999999999", "-1", "one"])
def test_post_that_does_not_exist_is_not_found(client, post, id):
    assert client.get(f"/post/{id}").status_code == 404
    assert client.get(f"/post/{id}/a-published-post").status_code == 404


def test_draft_is_hidden_from_strangers(client, sign_in, ben, rea, draft):
    for reader in (client, sign_in(ben), sign_in(rea)):
        assert reader.get(draft.path).status_code == 404
        assert reader.get(f"/post/{draft.id}").status_code == 404


@pytest.mark.parametrize("name", ["ann", "ed"])
def test_whoever_may_edit_a_draft_sees_it_with_a_note(request, sign_in, draft, name):
    answer = sign_in(request.getfixturevalue(name)).get(draft.path)
    assert answer.status_code == 200
    assert "readers do not see it" in Page(answer.text).one("p", class_="editing").text
    assert "public" not in answer.headers["Cache-Control"]


def test_note_says_when_a_scheduled_post_appears(sign_in, ann, draft):
    draft.schedule(clock.now() + timedelta(days=1))
    db.session.commit()
    assert "Scheduled" in Page(sign_in(ann).get(draft.path).text).one("p", class_="editing").text


def test_note_says_that_a_post_has_expired_or_is_in_the_trash(sign_in, ann, post):
    post.expires_at = clock.now() + timedelta(seconds=1)
    db.session.commit()
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        assert "Expired" in Page(sign_in(ann).get(post.path).text).one("p", class_="editing").text
        post.trash()
        assert "trash" in Page(sign_in(ann).get(post.path).text).one("p", class_="editing").text


def test_scheduled_post_appears_because_time_passes(client, draft):
    draft.schedule(clock.now() + timedelta(hours=1))
    db.session.commit()
    assert client.get(draft.path).status_code == 404
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert client.get(draft.path).status_code == 200


def test_expired_post_vanishes_because_time_passes(client, post):
    post.expires_at = clock.now() + timedelta(hours=1)
    db.session.commit()
    assert client.get(post.path).status_code == 200
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert client.get(post.path).status_code == 404


def test_only_whoever_may_edit_the_post_is_offered_to(client, sign_in, ann, ben, post):
    assert not Page(client.get(post.path).text).all("p", class_="editing")
    assert not Page(sign_in(ben).get(post.path).text).all("p", class_="editing")
    links = Page(sign_in(ann).get(post.path).text).one("p", class_="editing").all("a")
    assert [link["href"] for link in links] == [f"/desk/posts/{post.id}/edit", "/desk"]


def test_end_of_a_post_offers_its_neighbours(client, publish_many):
    publish_many(5)
    page = Page(client.get(at("post-3").path).text)
    neighbours = page.one("nav", class_="neighbours")
    assert neighbours.one("a", rel="prev")["href"] == at("post-4").path
    assert neighbours.one("a", rel="next")["href"] == at("post-2").path


def test_end_of_a_post_offers_three_to_read_next(client, publish_many):
    publish_many(6)
    for slug in ("post-1", "post-3", "post-6"):
        page = Page(client.get(at(slug).path).text)
        titles = [article.one("h3").text for article in page.one("section", class_="next").all("article")]
        assert len(set(titles)) == 3
        beside = {link.text.split(maxsplit=2)[-1] for link in page.one("nav", class_="neighbours").all("a")}
        assert not {at(slug).title, *beside} & set(titles)


def test_what_to_read_next_shares_the_topic(client, ann, publish_many):
    rare = written_by(ann, "Rare one", days_ago=200, tags=["Rare"])
    publish_many(9)
    latest = written_by(ann, "Rare two", days_ago=0, tags=["Rare"])
    assert rare.title in Page(client.get(latest.path).text).one("section", class_="next").text


def test_drafts_are_no_neighbours(client, post, draft):
    text = client.get(post.path).text
    assert "A draft" not in text
    assert "neighbours" not in Page(text).one("footer", class_="post-foot").text


def test_head_has_no_body(client, post):
    answer = client.head(post.path)
    assert (answer.status_code, answer.data) == (200, b"")


def test_refuses_other_methods(client, post):
    assert client.post(post.path).status_code == 405


@pytest.mark.parametrize("count", [5, 500])
def test_asks_four_questions_however_many_posts_there_are(client, publish_many, queries, count):
    publish_many(count)
    client.get("/")
    path = at("post-3").path
    with queries() as asked:
        assert client.get(path).status_code == 200
    assert len(asked) == 4, asked  # what stands around it, all these posts, their authors and tags, settings


def at(slug):
    return db.session.query(Post).filter_by(slug=slug).one()


def written_by(person, title, days_ago, tags):
    post = Post()
    post.revise(by=person, title=title, body="Text.", authors=[person], tags=Tag.named(tags))
    post.publish()
    post.published_at = clock.now() - timedelta(days=days_ago)
    db.session.commit()
    return post


def test_readers_are_told_of_a_text_that_is_newer_than_its_date(client, post):
    assert "updated" not in client.get(post.path).text
    post.published_at -= timedelta(days=2)
    assert "updated" in Page(client.get(post.path).text).one("p", class_="byline").text


# -- what a post carries beside its text


@pytest.fixture
def photo(ann):
    photo = Upload(
        name="sea.jpg", key="00000000000000aa/sea.jpg", sha256="a" * 64, media_type="image/jpeg", size=1,
        width=1600, height=1200, alt="The sea", uploaded_by=ann,
    )  # fmt: skip
    db.session.add(photo)
    db.session.commit()
    return photo


def meta(page, name):
    return [one["content"] for one in page.all("meta", property=name)]


def test_cover_stands_over_the_text_and_on_the_front_page(client, post, photo):
    post.cover, post.cover_alt, post.cover_focus_x, post.cover_focus_y = photo, "Waves", 21, 90
    db.session.commit()
    image = Page(client.get(post.path).text).one("div", class_="cover").one("img")
    assert (image["src"], image["alt"], image["width"]) == (photo.path, "Waves", "1600")
    assert image["class"].split() == ["focus-x-2", "focus-y-9"]
    lead = Page(client.get("/").text).one("article", class_="lead")
    assert lead.one("img")["src"] == photo.path
    assert lead.one("img")["class"] == image["class"]


def test_cover_that_the_text_shows_is_not_seen_twice(client, post, photo):
    post.revise(by=None, body=f"![The sea]({photo.path})\n\nText.")
    post.cover = photo
    db.session.commit()
    page = Page(client.get(post.path).text)
    assert len([image for image in page.all("img") if image["src"] == photo.path]) == 1


def test_byline_of_its_own_stands_for_the_names(client, post):
    post.byline = "From our correspondent"
    db.session.commit()
    shown = Page(client.get(post.path).text).one("p", class_="byline-full")
    assert shown.text.startswith("From our correspondent")
    assert not shown.all("a", rel="author")
    assert "Ann" not in Page(client.get("/").text).one("article", class_="lead").text


def test_unlisted_post_is_found_by_whoever_asks_for_it(client, post):
    post.unlisted, post.pinned = True, True
    db.session.commit()
    assert "Nothing has been published yet" in client.get("/").text
    assert client.get(post.path).status_code == 200
    year = post.published_at.year
    for path in ("/tag/notes", f"/archive/{year}", "/user/ann"):
        assert Page(client.get(path).text).headlines == ["A published post"], path


def test_unlisted_post_is_not_offered_to_read_next(client, post, publish_many):
    publish_many(1)
    other = db.session.scalars(db.select(Post).where(Post.slug == "post-1")).one()
    assert "A published post" in client.get(other.path).text
    post.unlisted = True
    db.session.commit()
    assert "A published post" not in client.get(other.path).text


def test_original_address_is_the_canonical_one(client, post):
    post.canonical_url = "https://elsewhere.example/first?a=1&b=2"
    db.session.commit()
    page = Page(client.get(post.path).text)
    assert page.one("link", rel="canonical")["href"] == post.canonical_url
    assert meta(page, "og:url") == [post.canonical_url]


def test_shared_link_shows_title_summary_and_picture(client, post, photo):
    post.cover = photo
    db.session.commit()
    page = Page(client.get(post.path).text)
    assert (meta(page, "og:title"), meta(page, "og:type")) == (["A published post"], ["article"])
    assert meta(page, "og:description") == ["What it is about."]
    assert meta(page, "og:image") == [f"http://localhost{photo.path}"]
    assert page.one("meta", name="twitter:card")["content"] == "summary_large_image"


def test_shared_link_shows_a_kind_that_everybody_can_draw(client, post, photo):
    photo.key, photo.width, photo.height, photo.scales = "00000000000000aa/sea.avif", 2400, 1000, True
    photo.media_type, post.cover = "image/avif", photo
    db.session.commit()
    page = Page(client.get(post.path).text)
    assert meta(page, "og:image") == ["http://localhost/uploads/00000000000000aa/sea-1200.jpg"]
    assert (meta(page, "og:image:width"), meta(page, "og:image:height")) == (["1200"], ["500"])


def test_texts_for_searches_stand_in_the_place_of_title_and_summary(client, post, photo):
    post.search_title, post.search_description, post.social_picture = "Found <it>", "What is found.", photo
    db.session.commit()
    page = Page(client.get(post.path).text)
    assert page.one("title").text.startswith("Found <it> ·")
    assert page.one("meta", name="description")["content"] == "What is found."
    assert page.one("h1").text == "A published post"
    assert (meta(page, "og:title"), meta(page, "og:image")) == (
        ["Found <it>"],
        [f"http://localhost{photo.path}"],
    )


def test_drawing_is_no_picture_of_a_shared_link(client, post, photo):
    photo.key, post.cover = "00000000000000aa/sea.svg", photo
    db.session.commit()
    (picture,) = meta(Page(client.get(post.path).text), "og:image")
    assert "/card-" in picture


def test_small_picture_in_the_text_is_none_of_a_shared_link(client, post):
    for width, is_meant in ((599, False), (600, True)):
        post.picture = {"src": "/uploads/00000000000000aa/a.png", "width": width, "height": 400, "alt": ""}
        db.session.commit()
        (picture,) = meta(Page(client.get(post.path).text), "og:image")
        assert ("/card-" not in picture) == is_meant


def test_post_without_a_title_is_known_by_its_first_words(client, ann, post):
    untitled = Post()
    untitled.revise(by=ann, title="", body="The tide waits for nobody.\n\nMore.", authors=[ann])
    untitled.publish()
    db.session.commit()
    page = Page(client.get(untitled.path).text)
    assert page.one("h1").text == "The tide waits for nobody. More."
    assert page.one("title").text.startswith("The tide waits")
    for path in ("/", post.path):
        links = [link.text for link in Page(client.get(path).text).all("a", href=untitled.path)]
        assert any("The tide waits for nobody." in words for words in links)


@pytest.fixture
def german(ann, post):
    german = Post()
    german.revise(
        by=ann, title="Ein Beitrag", body="Auf Deutsch.", authors=[ann], language="de",
        translation_of_id=post.id,
    )  # fmt: skip
    german.publish()
    db.session.commit()
    return german


def alternates(client, post):
    links = Page(client.get(post.path).text).all("link", rel="alternate")
    return {link["hreflang"]: link["href"] for link in links if link.get("hreflang")}


def test_translations_link_to_each_other(client, post, german):
    there = Page(client.get(post.path).text).one("p", class_="also-in").one("a")
    assert (there.text, there["href"], there["hreflang"], there["lang"]) == (
        "Deutsch",
        german.path,
        "de",
        "de",
    )
    back = Page(client.get(german.path).text).one("p", class_="also-in").one("a")
    assert (back.text, back["href"]) == ("English", post.path)


def test_search_engines_are_told_of_the_translations(client, post, german):
    found = alternates(client, post)
    assert set(found) == {"en", "de", "x-default"}
    assert found["x-default"] == found["en"]
    assert found["en"].endswith(post.path)
    assert found["de"] == found["en"].removesuffix(post.path) + german.path
    assert alternates(client, german) == found


def test_a_translation_that_is_not_public_is_not_told_of(client, post, german):
    german.unpublish()
    db.session.commit()
    assert alternates(client, post) == {}
    assert not Page(client.get(post.path).text).all("p", class_="also-in")


def test_of_many_translations_the_oldest_in_each_language_is_named(client, publish_many, post, german):
    publish_many(60)
    for other in db.session.scalars(db.select(Post).where(Post.slug.startswith("post-"))):
        other.translation_of_id, other.language = post.id, ("de", "fr")[other.id % 2]
    db.session.commit()
    assert len(list(db.session.scalars(post.translations()))) == 2
    assert alternates(client, post)["de"].endswith(german.path)
    assert set(alternates(client, post)) == {"en", "de", "fr", "x-default"}


def test_what_stands_first_elsewhere_is_no_address_for_search_engines(client, ann, post, german):
    """They keep none for it; to readers the two are translations all the same."""
    french = Post()
    french.revise(
        by=ann, title="Un billet", body="…", authors=[ann], language="fr", translation_of_id=post.id,
        canonical_url="https://elsewhere.example/billet",
    )  # fmt: skip
    french.publish()
    db.session.commit()
    assert set(alternates(client, post)) == {"en", "de", "x-default"}
    assert alternates(client, french) == {}
    assert "Français" in Page(client.get(post.path).text).one("p", class_="also-in").text


def test_the_oldest_that_stands_here_is_for_whoever_reads_none_of_the_languages(client, ann, post, german):
    french = Post()
    french.revise(by=ann, title="Un billet", body="…", language="fr", translation_of_id=post.id)
    french.publish()
    post.canonical_url = "https://elsewhere.example/first"
    db.session.commit()
    found = alternates(client, french)
    assert set(found) == {"de", "fr", "x-default"}
    assert found["x-default"] == found["de"]


def test_translations_stay_together_when_the_first_is_deleted(client, ann, post, german):
    french = Post()
    french.revise(
        by=ann, title="Un billet", body="…", authors=[ann], language="fr", translation_of_id=post.id
    )
    french.publish()
    post.delete()
    db.session.commit()
    assert set(alternates(client, french)) == {"de", "fr", "x-default"}


def test_a_text_of_another_language_says_which_and_its_direction(client, post):
    post.revise(by=None, language="ar")
    db.session.commit()
    page = Page(client.get(post.path).text)
    assert {(one["lang"], one["dir"]) for one in (page.one("h1"), page.one("div", class_="prose"))} == {
        ("ar", "rtl")
    }


def test_corrections_stand_under_the_byline_and_at_the_end(client, ann, post):
    with time_machine.travel("2027-03-01T10:00Z"):
        Correction.make(post, body="First: it was **1879**.", by=ann)
    with time_machine.travel("2027-03-05T10:00Z"):
        Correction.make(post, body="Second.", by=ann)
    db.session.commit()
    page = Page(client.get(post.path).text)
    assert "Second." in page.one("header", class_="post-head").one("div", class_="correction").text
    told = page.one("section", class_="corrections").all("div", class_="correction")
    assert [one.text for one in told] == ["March 5, 2027Second.", "March 1, 2027First: it was 1879."]


def test_a_post_without_corrections_has_no_place_for_them(client, post):
    assert not Page(client.get(post.path).text).all(class_="correction")


def test_what_is_related_is_offered_next(client, publish_many, ann, post):
    publish_many(8)
    bees = Post()
    bees.revise(by=ann, title="Bees", body="More text.", authors=[ann], tags=Tag.named(["Notes"]))
    bees.publish(clock.now() - timedelta(days=900))
    db.session.add(RelatedPost(post_id=post.id, related_id=bees.id, nearness=0.9))
    db.session.commit()
    offered = Page(client.get(post.path).text).one("section", class_="next").all("h3")
    assert offered[0].text == "Bees"
