"""Parts of the site: each answers what is its own, and knows the addresses of the others."""

import re
from pathlib import Path

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import AnyConverter, IntegerConverter

from broadsheet.config import PARTS
from broadsheet.models import Post, UserSession
from broadsheet.web.kinds import KindConverter
from broadsheet.web.parts import OF_PARTS, READING, every_address, part_of
from broadsheet.web.whereabouts import Standing, standing_itself
from markup import Page

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
PROXIES = Path(__file__).parents[2] / "docs" / "proxy"


@pytest.fixture
def parts(app, make_app):
    """Over the one database."""
    return {part: make_app(BROADSHEET_ONLY=part) for part in PARTS}


@pytest.fixture
def signed_in(parts, app, ada):
    """The browser of an admin, at the part that is asked for."""
    _, token = UserSession.start(ada, address="127.0.0.1", user_agent="pytest")

    def signed_in(part):
        client = parts[part].test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = token, True
        return client

    return signed_in


def is_reached(app, path, method):
    try:
        return app.url_map.bind("").match(path, method)[0]
    except HTTPException:
        return None


def addresses(app):
    """Of each rule of the whole site: its endpoint, and an address that it is for."""
    adapter = every_address(app).bind("")
    for rule in every_address(app).iter_rules():
        values = {name: value(rule._converters[name]) for name in rule.arguments - set(rule.defaults or ())}
        yield rule.endpoint, adapter.build(rule.endpoint, {**(rule.defaults or {}), **values})


def value(converter):
    if isinstance(converter, KindConverter):
        return Post
    if isinstance(converter, IntegerConverter):
        return 1
    return min(converter.items) if isinstance(converter, AnyConverter) else "a" * 16


def test_each_address_is_of_one_part_and_nothing_is_lost(app, parts):
    def taken(site):
        found = {}
        for rule in site.url_map.iter_rules():
            if not rule.build_only:
                found.setdefault(rule.endpoint, set()).update(rule.methods)
        return found

    whole, of_parts = taken(app), {part: taken(site) for part, site in parts.items()}
    for endpoint, methods in whole.items():
        there = [found[endpoint] for found in of_parts.values() if endpoint in found]
        assert all(found == methods for found in there), endpoint
        assert len(there) in (1, len(PARTS)), endpoint


@pytest.mark.parametrize("part", PARTS)
def test_nothing_of_another_part_is_reached_by_any_method(app, parts, part):
    own = {rule.endpoint for rule in app.url_map.iter_rules() if part_of(rule.rule) in (part, None)}
    found = list(addresses(app))
    assert len(found) > 200
    for endpoint, path in found:
        reached = {is_reached(parts[part], path, method) for method in METHODS} - {None}
        assert reached <= own, path
        assert (endpoint in reached) == (endpoint in own), path


def test_readers_send_nothing_but_letters_and_texts(app, parts):
    sent = {
        (is_reached(parts["public"], path, method), method)
        for _endpoint, path in addresses(app)
        for method in {*METHODS} - READING
    }
    assert sent == {(None, method) for method in {*METHODS} - READING} | {
        ("contact.create", "POST"),
        ("submit.create", "POST"),
    }


def test_what_is_elsewhere_is_not_there(parts, signed_in):
    reader, editor = signed_in("public"), signed_in("desk")
    for method in ("get", "head", "post", "options", "delete"):
        assert getattr(reader, method)("/desk/posts/new").status_code == 404
        assert getattr(editor, method)("/archive").status_code == 404
    assert reader.get("/desk").status_code == reader.get("/login").status_code == 404
    assert reader.post("/login").status_code == 405
    assert editor.get("/").status_code == 404
    for site in parts.values():
        assert site.test_client().get("/health/ready").status_code == 200


def test_a_plugin_adds_no_address_at_which_readers_send(make_app):
    site = make_app(BROADSHEET_ONLY="public")
    site.add_url_rule("/votes", "votes.show", lambda: "Votes", methods=["GET", "POST"])
    site.add_url_rule("/votes/new", "votes.create", lambda: "Taken", methods=["POST"])
    site.add_url_rule("/desk/votes", "votes.count", lambda: "Seven")
    reached = [
        is_reached(site, path, method)
        for path in ("/votes", "/votes/new", "/desk/votes")
        for method in ("GET", "POST", "OPTIONS")
    ]
    assert reached == ["votes.show", None, "votes.show", *[None] * 6]


def test_links_lead_to_other_parts(signed_in, post):
    written = Page(signed_in("public").get(post.path).text)
    assert f"/desk/posts/{post.id}/edit" in {link.get("href") for link in written.all("a")}
    listed = Page(signed_in("desk").get("/desk/posts").text)
    assert "/" in {link.get("href") for link in listed.all("a")}


def test_the_desk_knows_what_readers_find(parts, post):
    with parts["desk"].app_context():
        found = [standing_itself(path) for path in ("/archive", "/about", post.path, "/nothing-here")]
    assert found == [Standing.SEEN, Standing.SEEN, Standing.SEEN, Standing.NOTHING]


@pytest.mark.parametrize("name", ["nginx-parts.conf", "Caddyfile-parts"])
def test_proxies_know_the_parts_by_the_same_words(name):
    text = (PROXIES / name).read_text()
    of_desk = re.search(r"\^/\(([a-z|]+)\)\(/\|\$\)", text)
    of_api = re.search(r"\^/([a-z]+)\(/\|\$\)", text)
    assert dict.fromkeys(of_desk[1].split("|"), "desk") | {of_api[1]: "api"} == OF_PARTS
