"""Who may ask for what: every address of the site, asked for by everybody."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from broadsheet.extensions import db
from broadsheet.lib import clock, tokens
from broadsheet.models import (
    Ability,
    Alias,
    Correction,
    Invitation,
    Message,
    OutgoingAddress,
    Passkey,
    PreviewLink,
    Reply,
    Role,
    Series,
    Submission,
    Upload,
    UserSession,
)
from broadsheet.models.role import LEAST_ROLE
from broadsheet.web import preview_links
from broadsheet.web.access import ACCESS, ANYONE
from broadsheet.web.setting_up import setup_token

ROLES = [None, *Role]
PARTS = ("desk.parts.show", "desk.parts.update", "desk.parts.finish")

# What the table must come to, said once more and in other words: by address, the longest beginning that fits.
LEAST_BY_ADDRESS = {
    "/": None,
    "/account": Role.READER,
    "/account/email/undo": None,
    "/desk": Role.AUTHOR,
    "/desk/pages": Role.EDITOR,
    "/desk/navigation": Role.EDITOR,
    "/desk/messages": Role.EDITOR,
    "/desk/submissions": Role.EDITOR,
    "/desk/replies": Role.EDITOR,
    "/desk/<any(messages, submissions):noun>": Role.EDITOR,
    "/desk/posts/<int:id>/delete": Role.EDITOR,
    "/desk/<kind:kind>/trash/empty": Role.EDITOR,
    "/desk/posts/<int:id>/pin": Role.EDITOR,
    "/desk/<kind:kind>/<int:id>/reviews/return": Role.EDITOR,
    "/desk/uploads/<int:id>/delete": Role.EDITOR,
    "/desk/uploads/purges": Role.EDITOR,
    "/desk/tags": Role.EDITOR,
    "/desk/links": Role.EDITOR,
    "/desk/redirects": Role.EDITOR,
    "/desk/series": Role.EDITOR,
    "/desk/people": Role.ADMIN,
    "/desk/invitations": Role.ADMIN,
    "/desk/settings": Role.ADMIN,
    "/desk/appearance": Role.ADMIN,
    "/desk/themes": Role.ADMIN,
    "/desk/activity": Role.ADMIN,
    "/desk/errors": Role.ADMIN,
}


@pytest.fixture
def world(app, ann, ben, post, page):
    """One of each thing that an address can name; the post is Ann's, the person is Ben."""
    upload = Upload(
        name="a.png", key="0/a.png", sha256="0" * 64, media_type="image/png", size=1, width=1, height=1,
        uploaded_by=ann,
    )  # fmt: skip
    db.session.add(upload)
    ada = db.session.scalars(db.select(type(ann)).where(type(ann).role == Role.ADMIN)).one()
    token = tokens.new_token()
    invitation = Invitation.create(email="new@example.com", role=Role.READER, by=ada, token=token, url="/x")
    message = Message.receive(name="Vic", email="vic@example.com", subject="", body="Hello.")
    submission = Submission.receive(name="Vic", email="vic@example.com", title="A piece", body="Words.")
    series = Series.create(name="A series")
    post.series = series
    address = OutgoingAddress(
        url="https://a.example/", digest="0" * 64, host="a.example", check_at=clock.now()
    )
    db.session.add(address)
    alias = Alias.keep("/old/place", post)
    link = PreviewLink.create(post, by=ann, expires_at=clock.now() + timedelta(days=1), may_note=True)
    reply = Reply.write(message, by=ada, subject="Re:", body="Hello.", answers_to="ada@example.com")
    Correction.make(post, body="It was Tuesday.", by=ann)
    passkey = Passkey(name="Phone", credential_id="a", public_key="b", handle="c", host="localhost")
    ben.add_passkey(passkey)
    session, _ = UserSession.start(ben, address="", user_agent="")
    db.session.commit()
    return SimpleNamespace(
        ids={
            "posts": post.id,
            "pages": page.id,
            "uploads": upload.id,
            "replacements": upload.id,
            "messages": message.id,
            "submissions": submission.id,
            "tags": post.tags[0].id,
            "tag_merges": post.tags[0].id,
            "series": series.id,
            "outgoing_links": address.id,
            "redirects": alias.id,
            "judgements": message.id,
            "replies": reply.id,
            "inbox_trash": message.id,
            "people": ben.id,
            "invitations": invitation.id,
            "revoke": session.id,
            "remove_passkey": passkey.id,
            "short": post.id,
            "show": post.id,
            "markdown": post.id,
            "pins": post.id,
            "cards": post.id,
            "corrections": post.id,
        },
        post=post,
        page=page,
        upload=upload,
        tokens={"account.setup": setup_token(app), "account.invitation": token, "account.reset": "x"}
        | dict.fromkeys(("account.confirm_email", "account.undo_email"), "x")
        | dict.fromkeys(("previews.show", "previews.create"), preview_links.token(link))
        | dict.fromkeys(PARTS, "0" * 32),
    )


@pytest.fixture
def cast(rea, ann, ed, ada):
    return {Role.READER: rea, Role.AUTHOR: ann, Role.EDITOR: ed, Role.ADMIN: ada}


def addresses(app, world, method):
    """(endpoint, address) for each rule that takes the method; of a rule for posts and pages, both."""
    for rule in app.url_map.iter_rules():
        if method not in rule.methods:
            continue
        for kind in ("post", "page") if named(rule, "kind") else (None,):
            with app.test_request_context():
                yield rule.endpoint, app.url_for(rule.endpoint, **arguments(rule, world, kind))


def arguments(rule, world, kind):
    noun = kind + "s" if kind else next((part for part in rule.endpoint.split(".") if part in world.ids), "")
    values = {
        "id": world.ids.get(noun),
        "kind": SimpleNamespace(kind=kind),
        "noun": "messages",
        "revision_id": {"post": world.post, "page": world.page}[kind].revision_of(1).id if kind else 0,
        "link_id": 1,
        "note_id": 1,
        "correction_id": 1,
        "slug": {
            "posts.show": world.post.slug,
            "posts.markdown": world.post.slug,
            "topics.tag": "notes",
            "topics.series": "a-series",
            "cards.tag": "notes",
            "cards.series": "a-series",
            "feeds.of_tag": "notes",
            "feeds.of_series": "a-series",
        }.get(rule.endpoint, world.page.slug),
        "username": "ann",
        "digest": "0" * 16,
        "format": "atom",
        "name": "feed",
        "size": "32",
        "number": 1,
        "year": world.post.published_at.year,
        "month": world.post.published_at.month,
        "key": world.upload.key,
        "filename": "css/layers.css",
        "token": world.tokens.get(rule.endpoint),
    }
    return {name: values[name] for name in values if named(rule, name)}


def named(rule, argument):
    return argument in rule.arguments and argument not in (rule.defaults or {})


def may(role, endpoint):
    required = ACCESS[endpoint]
    return required is ANYONE or (role is not None and role.rank >= LEAST_ROLE[required].rank)


def test_every_endpoint_has_a_row_and_every_row_an_endpoint(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(ACCESS)


def test_every_ability_has_a_least_role():
    assert set(LEAST_ROLE) == set(Ability)


def test_the_table_comes_to_what_was_meant(app):
    for rule in app.url_map.iter_rules():
        beginning = max((one for one in LEAST_BY_ADDRESS if rule.rule.startswith(one)), key=len)
        required = ACCESS[rule.endpoint]
        least = None if required is ANYONE else LEAST_ROLE[required]
        assert least == LEAST_BY_ADDRESS[beginning], rule


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", ROLES, ids=lambda role: role or "visitor")
def test_each_role_gets_what_the_table_says(app, world, cast, sign_in, role, method):
    # What is read comes before what is deleted: the list is made first, each in a browser of its own.
    for endpoint, address in list(addresses(app, world, method)):
        client = sign_in(cast[role]) if role else app.test_client()
        answer = client.get(address) if method == "GET" else client.submit(address)
        answer.close()
        told = f"{method} {address} ({endpoint}) answers {answer.status_code}"
        to_login = answer.status_code == 303 and answer.location.startswith("/login?next=")
        if may(role, endpoint):
            assert answer.status_code not in (401, 403), told
            assert answer.status_code < 500, told
            assert not to_login, told
        elif role is None:
            assert to_login if method == "GET" else answer.status_code == 401, told
        else:
            assert answer.status_code == 403, told


def test_an_address_without_a_row_is_closed_to_everybody(app, sign_in, ada, client):
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert client.get("/forgotten").status_code == 403
    assert sign_in(ada).get("/forgotten").status_code == 403


def test_a_role_taken_away_counts_at_once(app, sign_in, ed):
    client = sign_in(ed)
    assert client.get("/desk/pages").status_code == 200
    ed.give_role(Role.AUTHOR)
    assert client.get("/desk/pages").status_code == 403


def test_other_methods_are_refused(client):
    assert client.delete("/login").status_code in (400, 405)
    assert client.open("/login", method="PROPFIND").status_code == 405
