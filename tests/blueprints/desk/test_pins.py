def test_editors_pin_and_unpin(sign_in, ed, post):
    client = sign_in(ed)
    answer = client.submit(f"/desk/posts/{post.id}/pin")
    assert (answer.status_code, answer.location) == (303, f"/desk/posts/{post.id}/edit")
    assert post.pinned
    client.submit(f"/desk/posts/{post.id}/pin/delete")
    assert not post.pinned


def test_authors_pin_nothing_and_are_not_offered_it(sign_in, ann, post):
    client = sign_in(ann)
    assert client.submit(f"/desk/posts/{post.id}/pin").status_code == 403
    assert "/pin" not in client.get(f"/desk/posts/{post.id}/edit").text
    assert not post.pinned


def test_there_is_no_pin_for_pages(sign_in, ed, page):
    assert sign_in(ed).submit(f"/desk/pages/{page.id}/pin").status_code == 404
