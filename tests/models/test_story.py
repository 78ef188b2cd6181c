"""A post as a row of some columns: it says what the whole object says, in a fixed number of questions."""

import pytest

from broadsheet.extensions import db
from broadsheet.models import Correction, Post, PostList, Series, Tag, Upload, Visitor
from broadsheet.models.story import LISTED, OWN, Article, Story

FOLLOWS = ("kind", "path", "headline", "front_picture", "cover_stands_in_text", "reading_minutes")
FOLLOWS_ON_ITS_PAGE = ("state", "is_published", "is_updated", "changed_at", "card_picture")


@pytest.fixture
def rich(post: Post, ed) -> Post:
    photo = Upload(
        name="sea.jpg", key="00000000000000aa/sea.jpg", sha256="a" * 64, media_type="image/jpeg", size=9
    )
    photo.width, photo.height, photo.scales, photo.alt = 1600, 900, True, "Waves"
    post.cover, post.cover_alt, post.cover_focus_x, post.social_picture = photo, "The sea", 30, photo
    post.series, post.series_position = Series.create(name="Letters home"), 1
    post.revise(by=ed, authors=[*post.authors, ed], tags=Tag.named(["Sea", "Notes"]), search_title="Sea")
    Correction.make(post, body="It was *Monday*.", by=ed)
    db.session.commit()
    return post


def test_a_story_says_what_the_post_says(rich):
    (story,) = Story.at(PostList.of_site().page(0, 9), Post.newest_first)
    for name in (*LISTED, *FOLLOWS):
        assert getattr(story, name) == getattr(rich, name), name
    assert [(one.id, one.name, one.path) for one in story.tags] == [
        (one.id, one.name, one.path) for one in rich.tags
    ]
    assert [(one.id, one.name, one.username, one.path) for one in story.authors] == [
        (one.id, one.name, one.username, one.path) for one in rich.authors
    ]


def test_an_article_says_what_the_post_says(rich, ann, ben):
    article = Article.visible_to(Visitor(), rich.id)
    for name in (*LISTED, *OWN, *FOLLOWS, *FOLLOWS_ON_ITS_PAGE):
        assert getattr(article, name) == getattr(rich, name), name
    assert (article.series.name, article.series.path) == (rich.series.name, rich.series.path)
    assert article.is_corrected
    assert article.is_editable_by(ann)
    assert not article.is_editable_by(ben)


def test_stories_stand_in_the_order_that_was_asked_for(publish_many):
    publish_many(4)
    place = PostList.of_site().page(0, 9)
    ids = sorted(db.session.scalars(db.select(Post.id)))
    assert [story.id for story in Story.at(place, lambda: (Post.id,))] == ids
    assert [story.id for story in Story.at(place, lambda: (Post.id.desc(),))] == ids[::-1]
    assert Story.at(PostList.of_site().page(4, 4), Post.newest_first) == []


def test_a_story_beside_an_article_is_the_same_as_in_a_list(publish_many):
    publish_many(2)
    first, second = Story.at(PostList.of_site().page(0, 9), Post.newest_first)
    article = Article.visible_to(Visitor(), first.id)
    assert article.older.is_same_as(second)


def test_a_draft_is_an_article_to_its_author_alone(draft, ann, ben):
    assert Article.visible_to(ann, draft.id).title == "A draft"
    assert Article.visible_to(ben, draft.id) is None
    assert Article.visible_to(Visitor(), draft.id) is None


def test_an_article_is_found_in_three_questions(rich, queries):
    with queries() as asked:
        Article.visible_to(Visitor(), rich.id)
    assert len(asked) == 3, asked
