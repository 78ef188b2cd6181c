import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException, NotFound

from broadsheet.models import Post
from broadsheet.web.pagination import paginate


def page_of(app: Flask, address: str):
    with app.test_request_context(address):
        return paginate(Post.published().order_by(*Post.newest_first()), 5)


def test_gives_the_page_that_is_asked_for(app, publish_many):
    publish_many(12)
    assert [post.title for post in page_of(app, "/?page=3").items] == ["Post 11", "Post 12"]
    assert page_of(app, "/").page == 1
    assert (page_of(app, "/").total, page_of(app, "/").pages) == (12, 3)


def test_first_page_of_nothing_is_empty(app):
    assert list(page_of(app, "/").items) == []


@pytest.mark.parametrize("number", ["4", "0", "-1", "+2", "02", "2.0", "two", "", "²", "1000001", "9" * 400])
def test_what_is_no_page_is_not_found(app, publish_many, number):
    publish_many(12)
    with pytest.raises(NotFound):
        page_of(app, f"/?page={number}")


def test_first_page_leads_to_its_address_without_a_number(app, publish_many):
    with pytest.raises(HTTPException) as raised:
        page_of(app, "/tag/notes?page=1&a=1&a=2")
    assert raised.value.response.location == "/tag/notes?a=1&a=2"


@pytest.mark.parametrize("name", ["endpoint", "_scheme", "_external", "_anchor", "_method"])
def test_any_word_may_stand_in_the_address(client, sign_in, ann, name):
    answer = client.get(f"/?page=1&{name}=javascript&q=%C3%A4+b&q=2")
    assert (answer.status_code, answer.location) == (301, f"/?{name}=javascript&q=%C3%A4+b&q=2")
    answer = sign_in(ann).get(f"/desk/posts?{name}=javascript&page=9")
    assert (answer.status_code, answer.location) == (303, f"/desk/posts?{name}=javascript")
