from markup import Page


def test_a_post_goes_to_the_trash_and_back(sign_in, client, ann, post):
    browser = sign_in(ann)
    answer = browser.submit(f"/desk/posts/{post.id}/trash")
    assert (answer.status_code, answer.location) == (303, "/desk/posts")
    assert client.get(post.path).status_code == 404
    flash = Page(browser.get("/desk/posts").text).one("div", class_="flash")
    assert "“A published post” is in the trash." in flash.text
    undo = flash.one("form")["action"]
    answer = browser.submit(undo)
    assert (answer.status_code, answer.location) == (303, f"/desk/posts/{post.id}/edit")
    assert client.get(post.path).status_code == 200


def test_a_page_goes_to_the_trash_and_back(sign_in, client, ed, page):
    browser = sign_in(ed)
    assert browser.submit(f"/desk/pages/{page.id}/trash").location == "/desk/pages"
    assert client.get("/imprint").status_code == 404
    browser.submit(f"/desk/pages/{page.id}/trash/delete")
    assert client.get("/imprint").status_code == 200


def test_the_editor_says_that_it_is_in_the_trash(sign_in, ann, draft):
    draft.trash()
    page = Page(sign_in(ann).get(f"/desk/posts/{draft.id}/edit").text)
    assert "It is in the trash" in page.one("p", class_="form-bar-note").text
    assert page.one("form", action=f"/desk/posts/{draft.id}/trash/delete")


def test_trashing_requires_sign_in(client, post):
    assert client.submit(f"/desk/posts/{post.id}/trash").status_code in (401, 403)
    assert post.is_published
