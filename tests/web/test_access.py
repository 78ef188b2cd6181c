"""Who may ask for what: every address of the site, asked for by everybody."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import event

from broadsheet import media
from broadsheet.blueprints.desk.publications import what_was
from broadsheet.extensions import db
from broadsheet.lib import clock, tokens
from broadsheet.media.parts import Parts
from broadsheet.models import (
    Ability,
    Alias,
    ApiToken,
    Correction,
    Event,
    Invitation,
    Message,
    Note,
    OutgoingAddress,
    Page,
    Passkey,
    Post,
    PreviewLink,
    Reply,
    Role,
    Scope,
    Series,
    Site,
    Submission,
    Upload,
    User,
    UserSession,
    Webhook,
)
from broadsheet.models.role import LEAST_ROLE
from broadsheet.models.scope import NEEDED
from broadsheet.web import preview_links
from broadsheet.web.access import ACCESS, Demand
from broadsheet.web.setting_up import setup_token
from pictures import picture
from program import API, program
from stage import person

PARTS = (
    *("desk.parts.show", "desk.parts.update", "desk.parts.finish"),
    *("api.parts.show", "api.parts.change", "api.parts.finish"),
)

TABLE = {
    tuple(line[9:].split(maxsplit=1)): line[:9].strip()
    for line in (Path(__file__).parent / "access.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
}
# ok: it is answered · in: led to where one signs in · 403: told that it is not open to one · 404: as if it
# were not there
OUTCOMES = """
            stranger suspended reader owner coauthor other editor admin
anyone      ok       ok        ok     ok    ok       ok    ok     ok
public      ok       in        ok     ok    ok       ok    ok     ok
absent      404      404       404    404   404      404   404    404
account     in       in        ok     ok    ok       ok    ok     ok
mine        in       in        404    ok    404      404   404    404
author      in       in        403    ok    ok       ok    ok     ok
text        in       in        403    ok    ok       404   ok     ok
post        in       in        403    ok    ok       404   ok     ok
file        in       in        403    ok    404      404   ok     ok
part        in       in        403    ok    404      404   404    404
editor      in       in        403    403   403      403   ok     ok
admin       in       in        403    403   403      403   403    ok
note        in       in        403    ok    403      404   403    403
page        in       in        403    404   404      404   ok     ok
"""
PEOPLE, *ROWS = (line.split() for line in OUTCOMES.strip().splitlines())
EXPECTED = {row[0]: dict(zip(PEOPLE, row[1:], strict=True)) for row in ROWS}
PAGE = {"text": "page", "new text": "page"}  # of a page, what was said of a text
NEW = {"new text": "author"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Without what its button carries there is nothing that it could take back.
BARE = ("desk.tag_merges.destroy", "api.tags.separate", "api.uploads.restore")
FROM_TRASH = ("desk.posts.destroy", "desk.pages.destroy")
# After these somebody may be signed out.
ENDS_SESSION = ("/logout", "/login", "/account/sessions", "/invitation", "/password", "/account/password")


@pytest.fixture
def world(app, ann, cora, ben, rea, ed, post, page):
    """One of each thing that an address can name: Ann's, and the post Cora's and of a reader, too."""
    post.revise(by=ann, authors=[ann, cora, rea])
    upload = Upload(
        name="a.png", key=f"{0:016x}/a.png", sha256="0" * 64, media_type="image/png", size=1, width=1,
        height=1, uploaded_by=ann,
    )  # fmt: skip
    db.session.add(upload)
    place = media.folder() / upload.key
    place.parent.mkdir(parents=True)
    place.write_bytes(picture())
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
    links = {
        one.kind: PreviewLink.create(one, by=ann, expires_at=clock.now() + timedelta(days=1), may_note=True)
        for one in (post, page)
    }
    about = Page()
    about.revise(by=None, title="About", slug="about", body="We.")
    about.publish()
    reply = Reply.write(message, by=ada, subject="Re:", body="Hello.", answers_to="ada@example.com")
    correction = Correction.make(post, body="It was Tuesday.", by=ann)
    passkey = Passkey(name="Phone", credential_id="AAAA", public_key="AAAA", handle="AAAA", host="localhost")
    ann.add_passkey(passkey)
    api_token, _ = ApiToken.make(ann, name="Deploy", scopes=[], expires_at=None)
    session, _ = UserSession.start(ann, address="", user_agent="")
    notes = {"post": Note.leave(post, body="Look.", by=ann), "page": Note.leave(page, body="Hm.", name="Vic")}
    reviews = {one.kind: one.request_review(by=ann) for one in (post, page)}
    Site.load().change(security_contact="ada@example.com", security_expires="2100-01-01")
    parts = Parts.begin("a.png", 10, by=ann.id)
    webhook = Webhook.create(name="Hook", url="http://127.0.0.1:1/", events=["tag.created"], by=ada)
    delivery = webhook.test()
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
            "activity": db.session.scalars(db.select(Event.id)).first(),
            "redirects": alias.id,
            "judgements": message.id,
            "replies": reply.id,
            "inbox_trash": message.id,
            "people": ben.id,
            "invitations": invitation.id,
            "revoke": session.id,
            "remove_passkey": passkey.id,
            "tokens": api_token.id,
            "revoke_token": api_token.id,
            "reinstate_token": api_token.id,
            "short": post.id,
            "show": post.id,
            "markdown": post.id,
            "pins": post.id,
            "cards": post.id,
            "corrections": post.id,
        }
        | dict.fromkeys(
            ("webhooks", "webhook_activations", "webhook_secrets", "webhook_deliveries"), webhook.id
        ),
        delivery=delivery,
        correction=correction,
        post=post,
        page=page,
        upload=upload,
        tokens={"account.setup": setup_token(app), "account.invitation": token, "account.reset": "x"}
        | dict.fromkeys(("account.confirm_email", "account.undo_email"), "x")
        | dict.fromkeys(("previews.show", "previews.create"), preview_links.token(links["post"]))
        | dict.fromkeys(PARTS, parts.token),
        notes=notes,
        reviews=reviews,
        links=links,
    )


@pytest.fixture
def cora(app):
    return person("Cora Coauthor", Role.AUTHOR)


@pytest.fixture
def session_of(app, sign_in, world, ann, cora, ben, rea, ed, ada):
    """`session_of("owner")`: a browser in which one of the table's people is signed in."""
    people = dict(zip(PEOPLE[2:], (rea, ann, cora, ben, ed, ada), strict=True))

    def session_of(who):
        if who == "stranger":
            return app.test_client()
        if who != "suspended":
            return sign_in(people[who])
        gone = User.known_as("gone")
        gone = db.session.scalars(gone).one_or_none() or person("Gone Author", Role.ADMIN)
        world.post.revise(by=gone, authors=[ann, cora, rea, gone])
        browser = sign_in(gone)
        # Not by the verb, which also ends the session: the door alone must hold.
        gone.suspended_at = clock.now()
        db.session.commit()
        return browser

    return session_of


@pytest.fixture
def program_of(app, session_of, world, ann, cora, ben, rea, ed, ada):
    """`program_of("owner")`: a program with a token of the same person, good for everything."""
    people = dict(zip(PEOPLE[2:], (rea, ann, cora, ben, ed, ada), strict=True))

    def program_of(who):
        if who == "stranger":
            return program(app)
        if who != "suspended":
            return program(app, people[who])
        session_of(who)
        return program(app, db.session.scalars(User.known_as("gone")).one())

    return program_of


@pytest.fixture
def writes(app):
    """What was written to the database, but for who was seen when."""
    written = []

    def hear(connection, cursor, statement, *_):
        is_seen = "user_sessions" in statement or statement.startswith("UPDATE api_tokens")
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) and not is_seen:
            written.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    yield written
    event.remove(db.engine, "before_cursor_execute", hear)


def requests(app, world, method):
    """(rule, what the table says of it, address) for each rule that takes the method; of a rule for posts and
    pages, both. What is deleted comes last, what is
    within another thing before that."""

    def order(rule):
        last = (
            rule.rule.endswith("/delete")
            + 2 * (rule.endpoint in FROM_TRASH)
            + 4 * rule.rule.endswith("/empty")
        )
        return last, not rule.endpoint.startswith("account.revoke"), -rule.rule.count("/"), rule.rule

    for rule in sorted(app.url_map.iter_rules(), key=order):
        if method not in rule.methods:
            continue
        for kind in ("post", "page") if named(rule, "kind") else (None,):
            who = TABLE[method, rule.rule]
            who = PAGE.get(who, who) if kind == "page" else NEW.get(who, who)
            with app.test_request_context():
                yield (
                    rule,
                    who,
                    app.url_for(rule.endpoint, **arguments(rule, world, kind)),
                )


def arguments(rule, world, kind):
    noun = kind + "s" if kind else next((part for part in rule.endpoint.split(".") if part in world.ids), "")
    if rule.rule.startswith(API):
        kind = {"posts": "post", "pages": "page"}.get(noun)
    values = {
        "id": world.ids.get(noun),
        "kind": SimpleNamespace(kind=kind),
        "noun": "posts" if rule.endpoint == "api_docs.show" else "messages",
        "revision_id": {"post": world.post, "page": world.page}[kind].revision_of(1).id if kind else 0,
        "link_id": world.links[kind].id if kind else 0,
        "note_id": world.notes[kind].id if kind else 0,
        "review_id": world.reviews[kind].id if kind else 0,
        "merge_id": 0,
        "correction_id": world.correction.id,
        "delivery_id": world.delivery.id,
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
    asked = {"from": values["revision_id"]} if rule.endpoint == "desk.comparisons.show" else {}
    return {name: values[name] for name in values if named(rule, name)} | asked


def named(rule, argument):
    return argument in rule.arguments and argument not in (rule.defaults or {})


def test_every_endpoint_has_a_row_and_every_row_an_endpoint(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(ACCESS)


def test_a_scope_is_offered_to_everybody_for_whom_it_opens_anything():
    for demand in ACCESS.values():
        if isinstance(demand, Demand):
            least, needed = LEAST_ROLE[demand.ability], LEAST_ROLE[NEEDED[demand.scope]]
            assert needed.rank <= least.rank, demand
    assert set(NEEDED) == set(Scope)


def test_every_ability_has_a_least_role():
    assert set(LEAST_ROLE) == set(Ability)


def test_every_address_stands_in_the_table_and_no_other(app):
    ours = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert ours == set(TABLE)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("who", PEOPLE)
def test_each_gets_what_the_table_says(app, world, session_of, program_of, writes, who, method):
    every = list(requests(app, world, method))
    browser, asking = session_of(who), program_of(who)
    wrong = []
    for rule, row, address in every:
        expected = EXPECTED[row][who]
        # Quicker than the pages that say no; that those are pages, test_errors.py sees.
        headers = {"Accept": "application/json"} if expected in ("403", "404") else {}
        if rule.endpoint in FROM_TRASH and expected == "ok":
            browser.submit(address.replace("/delete", "/trash"))
        writes.clear()
        if address.startswith(API):
            answer = asking.open(address, method=method, json=None if method == "GET" else {})
        else:
            send = browser.get if method == "GET" else browser.submit
            answer = send(address, headers=headers)
        answer.close()
        if outcome(answer) != ("404" if rule.endpoint in BARE and expected == "ok" else expected):
            wrong.append(f"{method} {rule.rule} ({address}) answers {answer.status}, not {expected}")
        policy = answer.headers["Content-Security-Policy"]
        if "default-src 'none'" not in policy or "unsafe" in policy:
            wrong.append(f"{method} {address} is answered with the policy {policy}")
        if expected != "ok" and writes:
            wrong.append(f"{method} {address} was refused, and wrote {writes}")
        if rule.endpoint == "api.tokens.revoke_current":
            asking = program_of(who)
        if expected == "ok" and rule.rule.startswith(ENDS_SESSION):
            browser = session_of(who)
    assert wrong == []


def outcome(answer):
    if answer.status_code == 401 or (
        answer.status_code == 303 and answer.location.startswith("/login?next=")
    ):
        return "in"
    return str(answer.status_code) if answer.status_code in (403, 404) or answer.status_code >= 500 else "ok"


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
    for method in ("PROPFIND", "TRACE"):
        assert client.open("/login", method=method).status_code == 405


# -- what is somebody else's, named within what is one's own


@pytest.fixture
def own(ben):
    """A post of Ben's, who has no part in Ann's."""
    post = Post()
    post.revise(by=ben, title="Ben's", body="Mine.", authors=[ben], tags=[])
    db.session.commit()
    return post


FORGED = [
    ("POST", "notes/{note}/delete", {}, 404),
    ("POST", "notes/{note}/resolution", {}, 404),
    ("POST", "notes/{note}/resolution/delete", {}, 404),
    ("POST", "corrections/{correction}/delete", {}, 404),
    ("POST", "preview-links/{link}/revocation", {}, 404),
    ("POST", "preview-links/{link}/revocation/delete", {}, 404),
    ("POST", "preview-links", {"lifetime": "7", "revision": "{revision}"}, 422),
    ("GET", "revisions/{revision}", {}, 404),
    ("POST", "revisions/{revision}/restoration", {}, 404),
    ("POST", "revisions/{revision}/milestone", {"name": "x"}, 404),
    ("POST", "revisions/{revision}/milestone/delete", {}, 404),
    ("GET", "comparison?from={revision}", {}, 404),
    ("POST", "edit", {"title": "x", "translation_of": "{draft}"}, 422),
    ("POST", "edit", {"title": "x", "translation_of": "/post/{draft}/a-draft"}, 422),
    ("POST", "publication/undo", {"was": "{was}"}, 400),
]


@pytest.mark.parametrize(("method", "address", "fields", "status"), FORGED, ids=lambda value: str(value)[:40])
def test_what_belongs_to_another_text_is_not_reached_through_ones_own(
    app, world, draft, own, sign_in, ann, ben, writes, method, address, fields, status
):
    with app.test_request_context():
        was = what_was(world.post)
    ids = {
        "note": world.notes["post"].id,
        "correction": world.correction.id,
        "link": world.links["post"].id,
        "revision": world.post.revision_of(1).id,
        "draft": draft.id,
        "was": was,
    }
    browser = sign_in(ben)
    sent = {name: value.format(**ids) for name, value in fields.items()}
    address = f"/desk/posts/{own.id}/{address.format(**ids)}"
    writes.clear()
    answer = browser.get(address) if method == "GET" else browser.submit(address, sent)
    assert answer.status_code == status
    assert writes == []


def test_an_id_among_the_fields_names_no_post(sign_in, ben, own, draft):
    browser = sign_in(ben)
    fields = {
        "id": draft.id,
        "post_id": draft.id,
        "user_id": 1,
        "authors": "Ann Author",
        "title": "Taken over",
    }
    assert browser.submit("/desk/posts/new", fields).status_code == 303
    assert browser.submit(f"/desk/posts/{own.id}/edit", fields).status_code == 303
    assert (draft.title, [author.name for author in draft.authors]) == ("A draft", ["Ann Author"])
    assert [author.name for author in own.authors] == ["Ben Author"]


def test_nobody_gives_themselves_a_role(sign_in, ben, ada):
    fields = {"name": "Ben Author", "timezone": "UTC", "role": "admin", "username": "ada", "id": ada.id}
    fields |= {"email": "ada@example.com", "suspended_at": "", "password_hash": "x"}
    before = ben.password_hash
    assert sign_in(ben).submit("/account", fields).status_code == 303
    assert (ben.role, ben.username, ben.email) == (Role.AUTHOR, "ben", "ben@example.com")
    assert (ben.password_hash, ada.name) == (before, "Ada Admin")


@pytest.mark.parametrize("deed", ["trash", "publish", "give", "untag"])
def test_ticking_what_is_not_ones_own_does_nothing(sign_in, ben, draft, writes, deed):
    browser = sign_in(ben)
    writes.clear()
    fields = {"deed": deed, "ids": [str(draft.id)], "tag": "Notes", "author": "Ben Author", "confirmed": "1"}
    assert browser.submit("/desk/posts/selection", fields).status_code in (303, 403, 422)
    assert writes == []


def test_a_refusal_stands_in_the_log(sign_in, ann, caplog):
    assert sign_in(ann).get("/desk/settings").status_code == 403
    assert f"user {ann.id} may not ask for desk.settings.edit" in caplog.text
