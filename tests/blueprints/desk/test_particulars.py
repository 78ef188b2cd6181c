"""What a post carries beside its text, as the editor takes it in. What readers see: ../test_posts.py."""

import pytest

from broadsheet.extensions import db
from broadsheet.models import Page as OwnPage
from broadsheet.models import Post, Series, Upload
from markup import Page


@pytest.fixture
def photo(ann):
    photo = Upload(
        name="sea.jpg", key="00000000000000aa/sea.jpg", sha256="a" * 64, media_type="image/jpeg", size=1,
        width=1600, height=1200, alt="The sea", uploaded_by=ann,
    )  # fmt: skip
    db.session.add(photo)
    db.session.commit()
    return photo


@pytest.fixture
def letters(app):
    series = Series.create(name="Letters home")
    db.session.commit()
    return series


def editor_of(client, content):
    return Page(client.get(f"/desk/{content.kind}s/{content.id}/edit").text).one("form", id="editor")


def control(form, name):
    found = [one for one in form.walk() if one.get("name") == name and one.get("type") != "hidden"]
    assert len(found) == 1, (name, found)
    return found[0]


def everything(photo, letters):
    return {
        "series": letters.slug,
        "series_position": "3",
        "cover": photo.path,
        "cover_alt": "Waves in the evening",
        "cover_focus_x": "20",
        "cover_focus_y": "80",
        "byline": "From our correspondent",
        "unlisted": ["", "y"],
        "allow_comments": [""],
        "canonical_url": "https://elsewhere.example/first",
        "search_title": "Found",
        "search_description": "What is found.",
        "social_picture": photo.path,
    }


def carried(post):
    names = ("series_position", "cover_alt", "cover_focus_x", "cover_focus_y", "byline", "unlisted",
             "allow_comments", "canonical_url", "search_title", "search_description")  # fmt: skip
    return {name: getattr(post, name) for name in names}


def test_a_draft_takes_everything_in_and_shows_it_again(sign_in, ann, draft, photo, letters):
    client = sign_in(ann)
    sent = everything(photo, letters)
    assert client.submit(f"/desk/posts/{draft.id}/edit", {"title": "A draft", **sent}).status_code == 303
    assert (draft.series, draft.cover, draft.social_picture) == (letters, photo, photo)
    assert carried(draft) == {
        "series_position": 3, "cover_alt": "Waves in the evening", "cover_focus_x": 20, "cover_focus_y": 80,
        "byline": "From our correspondent", "unlisted": True, "allow_comments": False,
        "canonical_url": "https://elsewhere.example/first", "search_title": "Found",
        "search_description": "What is found.",
    }  # fmt: skip
    form = editor_of(client, draft)
    for name, value in sent.items():
        if name in ("unlisted", "allow_comments"):
            assert ("checked" in control(form, name).attributes) == (value[-1] == "y")
        elif name == "series":
            chosen = [one for one in control(form, name).all("option") if "selected" in one.attributes]
            assert [one["value"] for one in chosen] == ["letters-home"]
        else:
            assert control(form, name).value == value


def test_what_a_program_leaves_out_stays(sign_in, ann, draft, photo, letters):
    client = sign_in(ann)
    client.submit(f"/desk/posts/{draft.id}/edit", everything(photo, letters))
    before = carried(draft)
    client.submit(f"/desk/posts/{draft.id}/edit", {"title": "Only this"})
    assert draft.title == "Only this"
    assert carried(draft) == before
    assert (draft.series, draft.cover) == (letters, photo)


def test_everything_can_be_taken_away_again(sign_in, ann, draft, photo, letters):
    client = sign_in(ann)
    sent = everything(photo, letters)
    client.submit(f"/desk/posts/{draft.id}/edit", sent)
    client.submit(f"/desk/posts/{draft.id}/edit", dict.fromkeys(sent, ""))
    assert (draft.series, draft.cover, draft.social_picture, draft.series_position) == (None,) * 4
    assert (draft.cover_focus_x, draft.unlisted, draft.byline, draft.canonical_url) == (50, False, "", "")


def test_readers_see_none_of_it_before_the_changes_are_published(sign_in, client, ann, post, photo, letters):
    author = sign_in(ann)
    author.submit(f"/desk/posts/{post.id}/edit", {"title": post.title, **everything(photo, letters)})
    assert "From our correspondent" not in client.get(post.path).text
    assert control(editor_of(author, post), "byline").value == "From our correspondent"
    author.submit(f"/desk/posts/{post.id}/publication")
    shown = client.get(post.path).text
    assert "From our correspondent" in shown
    assert photo.path in shown


def test_a_restored_version_carries_what_it_carried(sign_in, ann, draft, photo, letters):
    client = sign_in(ann)
    client.submit(f"/desk/posts/{draft.id}/edit", everything(photo, letters))
    kept = draft.latest_revision()
    client.submit(f"/desk/posts/{draft.id}/edit", {"cover": "", "series": "", "byline": ""})
    draft.restore(kept, by=ann)
    assert (draft.series, draft.cover, draft.byline) == (letters, photo, "From our correspondent")


def test_the_preview_shows_what_is_typed(sign_in, ann, draft, photo, letters):
    answer = sign_in(ann).submit(f"/desk/posts/{draft.id}/preview", everything(photo, letters))
    page = Page(answer.text)
    assert page.one("div", class_="cover").one("img")["src"] == photo.path
    assert "From our correspondent" in page.one("p", class_="byline-full").text


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("series", "nothing", "Choose a series from the list"),
        ("series_position", "first", "a number from 1 to 9999"),
        ("series_position", "0", "a number from 1 to 9999"),
        ("cover", "/uploads/none.png", "no such picture"),
        ("cover", "https://elsewhere.example/x.png", "no such picture"),
        ("cover_alt", "x" * 1001, "1 character too long"),
        ("cover_focus_x", "101", "a number from 0 to 100"),
        ("cover_focus_y", "-1", "a number from 0 to 100"),
        ("byline", "x" * 201, "1 character too long"),
        ("canonical_url", "elsewhere.example", "Write a whole address"),
        ("canonical_url", "javascript:alert(1)", "Write a whole address"),
        ("canonical_url", "mailto:me@example.org", "Write a whole address"),
        ("canonical_url", "https://e.example/" + "x" * 500, "too long"),
        ("search_title", "x" * 301, "1 character too long"),
        ("search_description", "x" * 501, "1 character too long"),
        ("social_picture", "/uploads/none.png", "no such picture"),
    ],
)
def test_says_what_is_wrong_and_keeps_what_was_typed(sign_in, ann, draft, name, typed, words):
    answer = sign_in(ann).submit(f"/desk/posts/{draft.id}/edit", {"title": "Mine", name: typed})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert words in page.one("p", id=f"{name}-error").text
    if name != "series":
        assert control(page, name).value == typed
    assert draft.title == "A draft"
    part = next(one for one in page.all("details", class_="part") if any(
        inner.get("name") == name for inner in one.walk()))  # fmt: skip
    assert "open" in part.attributes


def test_a_drawing_is_no_picture_for_sharing(sign_in, ann, draft, photo):
    photo.media_type = "image/svg+xml"
    answer = sign_in(ann).submit(f"/desk/posts/{draft.id}/edit", {"social_picture": photo.path})
    assert "cannot draw an SVG" in Page(answer.text).one("p", id="social_picture-error").text


def test_a_whole_address_of_this_site_names_a_picture_too(sign_in, ann, draft, photo):
    sign_in(ann).submit(f"/desk/posts/{draft.id}/edit", {"cover": f"http://localhost{photo.path}"})
    assert draft.cover == photo


def test_names_that_exist_are_offered(sign_in, ed, ann, post, draft):
    form = editor_of(sign_in(ed), draft)
    for name, offered in (("tags", ["Notes"]), ("authors", ["Ann Author"])):
        field = control(form, name)
        assert field["data-behaviour"] == "suggestions"
        listed = [option["value"] for option in form.one("datalist", id=field["list"]).all("option")]
        assert [one for one in listed if one in offered] == offered


def test_authors_choose_a_series_and_editors_find_the_way_to_its_order(sign_in, ann, ed, draft, letters):
    choices = control(editor_of(sign_in(ann), draft), "series").all("option")
    assert [(one["value"], one.text) for one in choices] == [("", "None"), ("letters-home", "Letters home")]


def test_shows_how_it_will_be_found_and_shared(sign_in, ann, post, photo):
    post.cover = photo
    db.session.commit()
    form = editor_of(sign_in(ann), post)
    result = form.one("div", class_="result")
    assert result.one("p", class_="result-title").text == "A published post"
    assert result.one("p", class_="result-text").text == "What it is about."
    card = form.one("div", class_="card")
    assert card.one("img")["src"] == photo.path
    assert "16 of about 60 characters" in form.one("p", **{"data-counts": "search_title"}).text


def test_long_texts_are_cut_in_the_preview_and_marked(sign_in, ann, draft):
    client = sign_in(ann)
    client.submit(f"/desk/posts/{draft.id}/edit", {"search_title": "word " * 20})
    form = editor_of(client, draft)
    assert form.one("p", class_="result-title").text.endswith("…")
    assert "length-over" in form.one("p", **{"data-counts": "search_title"})["class"]


def test_a_page_has_no_series_and_is_found_and_shared(sign_in, client, ed, page, photo):
    editor = sign_in(ed)
    form = editor_of(editor, page)
    assert not [one for one in form.walk() if one.get("name") in ("series", "cover", "byline", "unlisted")]
    sent = {
        "search_title": "Who we are",
        "social_picture": photo.path,
        "canonical_url": "https://we.example/",
    }
    editor.submit(f"/desk/pages/{page.id}/edit", sent)
    editor.submit(f"/desk/pages/{page.id}/publication")
    shown = Page(client.get("/imprint").text)
    assert shown.one("title").text.startswith("Who we are ·")
    assert shown.one("link", rel="canonical")["href"] == "https://we.example/"
    assert shown.one("meta", property="og:image")["content"] == f"http://localhost{photo.path}"
    assert db.session.get(OwnPage, page.id).search_title == "Who we are"


def test_putting_a_series_in_order_contradicts_nobody_who_is_writing(sign_in, ed, ann, post, letters):
    author, editor = sign_in(ann), sign_in(ed)
    post.revise(by=ann, series_id=letters.id, series_position=1)
    author.submit(
        f"/desk/posts/{post.id}/edit", {"title": "Held", "series_position": "1", "version": post.version}
    )
    typed = {
        "title": "Held longer",
        "series": "letters-home",
        "series_position": "1",
        "version": post.version,
    }
    revised = post.revised_at
    editor.submit(f"/desk/series/{letters.id}/order", {f"place-{post.id}": "7"})
    assert (post.series_position, post.title, post.revised_at) == (7, "A published post", revised)
    assert post.working()["series_position"] == 7
    assert author.submit(f"/desk/posts/{post.id}/edit", typed).status_code == 303
    author.submit(f"/desk/posts/{post.id}/publication")
    assert (post.title, post.series_position) == ("Held longer", 7)


def test_a_post_of_another_kind_is_not_held_up_by_it(app):
    assert set(OwnPage.PARTICULARS) < set(Post.PARTICULARS)


def test_a_cover_without_words_is_told_of_once_before_readers_meet_it(sign_in, ann, draft, photo):
    client = sign_in(ann)
    sent = {"title": "Out", "cover": photo.path}
    assert client.submit(f"/desk/posts/{draft.id}/edit", sent).status_code == 303
    answer = client.submit(f"/desk/posts/{draft.id}/publication", sent)
    assert answer.status_code == 422
    assert "no words for those who do not see it" in answer.text
    assert not draft.is_published
    confirmed = Page(answer.text).one("input", name="confirmed").value
    assert (
        client.submit(f"/desk/posts/{draft.id}/publication", {**sent, "confirmed": confirmed}).status_code
        == 303
    )
    assert draft.is_published
    assert client.submit(f"/desk/posts/{draft.id}/publication", {"title": "Out again"}).status_code == 303


def test_a_cover_with_words_is_no_concern(sign_in, ann, draft, photo):
    sent = {"title": "Out", "cover": photo.path, "cover_alt": "The sea"}
    assert sign_in(ann).submit(f"/desk/posts/{draft.id}/publication", sent).status_code == 303
    assert draft.is_published


def test_a_number_has_no_tail_behind_its_zeros(sign_in, ann, draft):
    answer = sign_in(ann).submit(f"/desk/posts/{draft.id}/edit", {"cover_focus_x": "0" * 9 + "9" * 25})
    assert answer.status_code == 422


@pytest.mark.parametrize("typed", ["{id}", "/post/{id}/a-published-post", "https://example.com/post/{id}"])
def test_a_translation_names_the_first_post_by_address_or_number(sign_in, ann, post, draft, typed):
    author = sign_in(ann)
    answer = author.submit(f"/desk/posts/{draft.id}/edit", {"translation_of": typed.format(id=post.id)})
    assert answer.status_code == 303
    assert draft.translation_of_id == post.id
    assert control(editor_of(author, draft), "translation_of").value == post.path


def test_a_translation_of_a_translation_names_the_first_one(sign_in, ann, post, draft):
    second = Post()
    second.revise(by=ann, title="Zweiter", body="…", authors=[ann], translation_of_id=post.id)
    db.session.commit()
    sign_in(ann).submit(f"/desk/posts/{draft.id}/edit", {"translation_of": second.path})
    assert draft.translation_of_id == post.id


@pytest.mark.parametrize("typed", ["/post/999/x", "nonsense", "99999999999999", "{own}"])
def test_what_is_no_other_post_is_refused(sign_in, ann, draft, typed):
    answer = sign_in(ann).submit(
        f"/desk/posts/{draft.id}/edit", {"translation_of": typed.format(own=draft.id)}
    )
    assert answer.status_code == 422
    assert draft.translation_of_id is None


def test_the_first_of_translations_becomes_none_itself(sign_in, ann, post, draft):
    draft.revise(by=ann, translation_of_id=post.id)
    other = Post()
    other.revise(by=ann, title="Another", body="…", authors=[ann])
    db.session.commit()
    answer = sign_in(ann).submit(f"/desk/posts/{post.id}/edit", {"translation_of": other.path})
    assert answer.status_code == 422
    assert "translations of this one" in Page(answer.text).one("main").text


def test_a_post_of_others_that_is_no_draft_can_be_named_and_a_draft_cannot(sign_in, ben, ann, post, draft):
    own = Post()
    own.revise(by=ben, title="Mine", body="…", authors=[ben])
    db.session.commit()
    browser = sign_in(ben)
    assert browser.submit(f"/desk/posts/{own.id}/edit", {"translation_of": draft.path}).status_code == 422
    assert browser.submit(f"/desk/posts/{own.id}/edit", {"translation_of": post.path}).status_code == 303


def test_a_page_names_the_page_that_it_translates(sign_in, ed, page):
    about = OwnPage()
    about.revise(by=None, title="Über uns", language="de", body="…")
    db.session.commit()
    editor = sign_in(ed)
    for typed in ("imprint", "/imprint", "https://example.com/imprint"):
        assert editor.submit(f"/desk/pages/{about.id}/edit", {"translation_of": ""}).status_code == 303
        answer = editor.submit(f"/desk/pages/{about.id}/edit", {"translation_of": typed})
        assert (answer.status_code, about.translation_of_id) == (303, page.id)
    assert control(editor_of(editor, about), "translation_of").value == "/imprint"


@pytest.mark.parametrize("typed", ["/nothing", "/post/1/a-published-post", "/imprint"])
def test_what_is_no_other_page_is_refused(sign_in, ed, post, page, typed):
    answer = sign_in(ed).submit(f"/desk/pages/{page.id}/edit", {"translation_of": typed})
    assert (answer.status_code, page.translation_of_id) == (422, None)


def test_what_a_page_translated_is_compared(sign_in, ed, ada, page):
    german = OwnPage()
    german.revise(by=ada, title="Impressum", language="de", body="…")
    german.revise(by=ada, translation_of_id=page.id)
    db.session.commit()
    old, new = german.revision_of(1), german.revision_of(2)
    answer = sign_in(ed).get(f"/desk/pages/{german.id}/comparison?from={old.id}&to={new.id}")
    assert "Translation of" in answer.text
    assert "Imprint" in answer.text
