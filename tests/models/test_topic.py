from broadsheet.extensions import db
from broadsheet.models import Post, Series, Tag
from broadsheet.models.series_part import Part


def test_a_name_finds_a_tag_whose_address_is_another(app):
    tag = Tag.create(name="Harbour", slug="port")
    assert Tag.named(["harbour"]) == [tag]
    assert [one.slug for one in Tag.named(["Port"])] == ["port"]


def test_a_former_name_is_remembered_and_not_written_down(app):
    old, new = Tag.named(["Old", "New"])
    db.session.flush()
    old.merge_into(new)
    db.session.flush()
    assert Tag.remembered(["old", "Gone"])[0] is new
    db.session.flush()
    assert db.session.scalars(Tag.at("gone")).first() is None


def test_three_names_of_one_tag_are_one(app, post):
    notes = post.tags[0]
    notes.change(name="Remarks", slug="", description="", picture=None)
    assert Tag.named(["Notes", "remarks", "Other"])[0] is notes
    assert len(Tag.named(["Notes", "remarks", "Other"])) == 2


def test_a_tag_unchanged_tells_of_nothing(app, post):
    tag = post.tags[0]
    assert not tag.change(name=tag.name, slug=tag.slug, description="", picture=None)


def test_the_place_in_a_series_is_by_number_then_by_date(app, publish_many):
    publish_many(4)
    series = Series.create(name="Long")
    posts = db.session.scalars(db.select(Post).order_by(Post.id)).all()  # the newest first
    for post in posts:
        post.series = series
    posts[0].series_position = 1
    db.session.commit()
    assert [Part.of(post).number for post in posts] == [1, 4, 3, 2]
    middle = Part.of(posts[2])
    assert (middle.count, middle.previous.id, middle.next.id) == (4, posts[3].id, posts[1].id)


def test_what_is_not_public_is_no_part(app, draft):
    draft.series = Series.create(name="Long")
    assert Part.of(draft) is None
