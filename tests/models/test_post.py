import pytest
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.models import Post, PostAuthor, PostTag, Tag, User, Visitor
from broadsheet.models.event import Event


def found(query) -> set[str]:
    return {post.title for post in db.session.scalars(query)}


@pytest.fixture
def bens(ben) -> Post:
    post = Post()
    post.revise(by=ben, title="Ben's draft", authors=[ben])
    db.session.commit()
    return post


def test_authors_edit_their_own(ann, ben, post, draft, bens):
    assert found(Post.editable_by(ann)) == {"A published post", "A draft"}
    assert found(Post.editable_by(ben)) == {"Ben's draft"}
    assert ann.can_edit(post)
    assert not ben.can_edit(post)


def test_editors_edit_everybodys(ed, post, bens):
    assert found(Post.editable_by(ed)) == {"A published post", "Ben's draft"}
    assert ed.can_edit(bens)


def test_visitors_and_readers_edit_nothing(rea, post, draft):
    assert found(Post.editable_by(rea)) == set()
    assert found(Post.editable_by(Visitor())) == set()
    assert not rea.can_edit(post)


def test_a_reader_who_has_a_byline_edits_nothing(rea, post):
    post.revise(by=None, authors=[rea])
    assert found(Post.editable_by(rea)) == set()


def test_drafts_are_visible_to_those_who_edit_them(ann, ben, ed, rea, post, draft):
    everything, public = {"A published post", "A draft"}, {"A published post"}
    assert found(Post.visible_to(ann)) == everything
    assert found(Post.visible_to(ed)) == everything
    assert found(Post.visible_to(ben)) == public
    assert found(Post.visible_to(rea)) == public
    assert found(Post.visible_to(Visitor())) == public


def test_byline_keeps_its_order(draft, ann, ben):
    draft.revise(by=ann, authors=[ben, ann])
    db.session.commit()
    db.session.expire_all()
    assert [author.username for author in draft.authors] == ["ben", "ann"]


def test_tags_keep_their_order_and_are_shared(draft, post, ann):
    draft.revise(by=ann, tags=Tag.named(["Zebra", "notes", "Apple"]))
    db.session.commit()
    db.session.expire_all()
    assert [tag.name for tag in draft.tags] == ["Zebra", "Notes", "Apple"]
    assert db.session.scalar(select(db.func.count(Tag.id))) == 3


def test_an_unchanged_list_is_not_written_again(post, ann, queries):
    with queries() as asked:
        post.revise(by=ann, title="Changed", authors=list(post.authors), tags=list(post.tags))
        db.session.flush()
    assert not [one for one in asked if "post_authors" in one and not one.startswith("SELECT")]


def test_deleting_leaves_no_strays(post):
    post.delete()
    db.session.commit()
    assert db.session.scalar(select(db.func.count()).select_from(PostAuthor)) == 0
    assert db.session.scalar(select(db.func.count()).select_from(PostTag)) == 0


def test_pinned_posts_come_first(post, draft):
    draft.publish()
    post.pin()
    db.session.flush()
    in_order = db.session.scalars(Post.published().order_by(*Post.front_page_order()))
    assert [one.title for one in in_order] == ["A published post", "A draft"]


def test_found_by_a_name_in_the_byline(post, bens):
    assert found(select(Post).where(Post.with_byline_of("ben"))) == {"Ben's draft"}
    assert found(select(Post).where(Post.with_byline_of("nobody"))) == set()


def test_who_wrote_most_comes_first(ann, ben, rea, post, draft, bens):
    assert list(db.session.scalars(User.busiest())) == [ann, ben]


def test_what_happened_is_in_the_log(draft):
    draft.publish()
    draft.pin()
    db.session.commit()
    rows = db.session.execute(select(Event.action, Event.subject_label).where(Event.subject_kind == "post"))
    assert [tuple(row) for row in rows] == [
        ("post_created", "A draft"),
        ("post_published", "A draft"),
        ("post_pinned", "A draft"),
    ]
