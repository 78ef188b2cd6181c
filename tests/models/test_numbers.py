"""What is deleted leaves its number to nothing else."""

from broadsheet.extensions import db
from broadsheet.models import Post, Tag
from program import program


def written(ann, title):
    post = Post()
    post.revise(by=ann, title=title, body="x", authors=[ann], tags=[])
    db.session.commit()
    return post


def test_no_post_gets_the_number_of_one_that_was_deleted(ann, post):
    gone = written(ann, "Gone")
    number = gone.id
    gone.trash()
    gone.delete()
    db.session.commit()
    assert written(ann, "Next").id == number + 1


def test_many_at_once_get_numbers_in_their_order(app):
    first = Tag.named(["One", "Two", "Three"])
    db.session.commit()
    ids = [tag.id for tag in first]
    assert ids == list(range(ids[0], ids[0] + 3))
    first[-1].delete()
    db.session.commit()
    (four,) = Tag.named(["Four"])
    db.session.commit()
    assert four.id == ids[-1] + 1


def test_an_address_that_was_deleted_stays_empty(app, ed, ann, post, client):
    gone = written(ann, "Gone")
    gone.publish()
    db.session.commit()
    path = gone.path
    editor = program(app, ed)
    assert editor.delete(f"/posts/{gone.id}").status_code == 204
    assert editor.delete(f"/trash/posts/{gone.id}").status_code == 204
    assert editor.post("/posts", json={"title": "Next"}).status_code == 201
    assert client.get(path).status_code in (404, 410)
