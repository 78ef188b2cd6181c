"""Related posts: reckoned when a post is published or changes, read at the end of a post."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from broadsheet import jobs
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Post, RelatedPost, Tag, Visitor
from broadsheet.models.related_post import KEPT
from broadsheet.models.story import Article


@pytest.fixture
def write(ann):
    def write(title, *tags, days=0, publish=True, **more):
        post = Post()
        post.revise(by=ann, title=title, body=f"About {title}.", authors=[ann], tags=Tag.named(tags), **more)
        if publish:
            post.publish(clock.now() - timedelta(days=days))
        db.session.commit()
        return post

    return write


def related(post):
    query = select(RelatedPost.related_id).where(RelatedPost.post_id == post.id)
    return list(db.session.scalars(query.order_by(RelatedPost.nearness.desc())))


def offered(post):
    return [one.title for one in Article.visible_to(Visitor(), post.id).next_posts(None)]


def test_publishing_finds_what_has_the_same_tags(write):
    honey = write("Honey", "Bees", days=40)
    write("Trains", "Railway", days=30)
    assert related(write("Wax", "Bees")) == [honey.id]


def test_a_new_post_is_offered_at_the_end_of_an_old_one(write):
    old = write("Honey", "Bees", days=50)
    for number in range(6):
        write(f"Trains {number}", "Railway", days=40 - number)
    new = write("Wax", "Bees")
    assert offered(old)[0] == "Wax"
    assert offered(new)[0] == "Honey"


def test_changed_tags_are_reckoned_at_once(write):
    honey, post = write("Honey", "Bees", days=40), write("Steam", "Railway")
    assert related(post) == []
    post.revise(by=None, tags=Tag.named(["Bees"]))
    db.session.commit()
    assert related(post) == [honey.id]


def test_a_draft_is_not_reckoned_and_never_offered(write):
    write("Honey", "Bees", publish=False)
    assert related(write("Wax", "Bees")) == []


def test_what_is_unlisted_or_no_longer_public_is_not_offered(write):
    honey, comb = write("Honey", "Bees", days=40), write("Comb", "Bees", days=39)
    for number in range(4):
        write(f"Trains {number}", "Railway", days=20 - number)
    wax = write("Wax", "Bees")
    assert set(related(wax)) == {honey.id, comb.id}
    honey.unpublish()
    comb.revise(by=None, unlisted=True)
    db.session.commit()
    assert not {"Honey", "Comb"} & set(offered(wax))


def test_a_translation_is_no_related_post(write):
    first = write("Honey", "Bees", days=3)
    second = write("Honig", "Bees", language="de", translation_of_id=first.id)
    assert related(second) == []
    db.session.commit()
    jobs.do(chore(), at_once=True)
    assert related(first) == []


def test_only_so_many_are_kept(write):
    for number in range(KEPT + 3):
        write(f"Bees {number}", "Bees", days=number + 1)
    assert len(related(write("Wax", "Bees"))) == KEPT


def test_a_merged_tag_is_reckoned_by_the_chore(write):
    honey, wax = write("Honey", "Bees", days=2), write("Steam", "Insects")
    bees, insects = honey.tags[0], wax.tags[0]
    insects.merge_into(bees)
    db.session.commit()
    db.session.commit()
    assert jobs.do(chore(), at_once=True)
    assert related(wax) == [honey.id]


def test_the_chore_reckons_what_an_import_brought(publish_many):
    publish_many(5)
    assert db.session.scalars(select(RelatedPost)).first() is None
    db.session.commit()
    assert jobs.do(chore(), at_once=True)
    assert db.session.scalars(select(RelatedPost)).first() is not None
    assert db.session.scalars(select(Post.related_with).distinct()).all() == [1]


@pytest.mark.parametrize("count", [20, 300])
def test_it_asks_as_often_among_many_as_among_few(publish_many, write, queries, count):
    publish_many(count)
    post = write("Wax", "Notes")
    with queries() as asked:
        RelatedPost.reckon(post)
    assert len(asked) <= 8


def chore():
    return next(one for one in jobs.CHORES if one.name == "reckon_related_posts")
