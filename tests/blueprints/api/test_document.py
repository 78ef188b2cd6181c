"""The OpenAPI document: whole, valid, and true. Each example in it is sent, and each answer looked at."""

import io
import json
import sqlite3
from contextlib import closing, contextmanager
from functools import partial
from http import HTTPStatus
from urllib.parse import urlencode
from zlib import crc32

import pytest
import sqlalchemy as sa
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from broadsheet.blueprints.api.document.calls import operations, path_of
from broadsheet.blueprints.api.document.introduction import ABOUT, GROUPS
from broadsheet.blueprints.api.fields import kinds_of
from broadsheet.blueprints.api.representing import parts_of
from broadsheet.extensions import db
from broadsheet.forms.profile import ProfileForm
from broadsheet.mail.outbox import Outbox
from broadsheet.models import Reply, Scope
from pictures import picture
from stage import PASSWORD, on_sqlite
from web.test_access import arguments, cora, world  # noqa: F401  one of each thing that an address can name

DOCUMENT = "urn:openapi"
JSON = "application/json"
PROBLEM = "application/problem+json"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def empty_app(make_app, monkeypatch):
    """One that has a mail server, to which nothing is carried."""
    monkeypatch.setattr(Outbox, "open", lambda _outbox: None)
    return make_app(BROADSHEET_SMTP_URL="smtp://127.0.0.1:1")


@pytest.fixture
def told(app):
    """The document as it is sent."""
    return app.test_client().get("/api/v1/openapi.json").json


@pytest.fixture
def calls(app, told):
    """(rule, method, what the document says of it), the reading ones first, what deletes last."""
    found = [
        (rule, method, told["paths"][path_of(rule)][method.lower()]) for rule, method, _ in operations(app)
    ]
    order = ("GET", "POST", "PUT", "PATCH", "DELETE")
    return sorted(found, key=lambda one: (order.index(one[1]), one[0].rule))


class Judge:
    def __init__(self, told):
        resource = DRAFT202012.create_resource(told)
        self._registry = Registry().with_resource(DOCUMENT, resource)

    def errors(self, schema, value):
        schema = json.loads(json.dumps(schema).replace('"#/', f'"{DOCUMENT}#/'))
        judge = Draft202012Validator(
            schema, registry=self._registry, format_checker=Draft202012Validator.FORMAT_CHECKER
        )
        return [f"{error.json_path}: {error.message[:200]}" for error in judge.iter_errors(value)]

    def contradictions(self, call, answer):
        """What the document says otherwise of this answer."""
        named = call["responses"].get(str(answer.status_code))
        if named is None:
            return [f"{answer.status_code} is not named: {answer.text[:300]}"]
        if reference := named.get("$ref"):
            resolver = self._registry.resolver(DOCUMENT)
            named = resolver.lookup(reference).contents
        missing = [
            f"{name} is missing"
            for name, header in named.get("headers", {}).items()
            if header.get("required") and name not in answer.headers
        ]
        if "content" not in named:
            return missing + (["it has a body"] if answer.data else [])
        content = named["content"].get(answer.mimetype)
        if content is None:
            return [*missing, f"{answer.mimetype} is not named"]
        return missing + (self.errors(content["schema"], answer.json) if answer.is_json else [])


@pytest.fixture
def judge(told):
    return Judge(told)


# -- whole


def test_it_is_valid(told):
    assert list(OpenAPIV31SpecValidator(told).iter_errors()) == []
    assert told["openapi"] == "3.1.0"
    assert told["servers"] == [{"url": "http://localhost/api/v1"}]


def test_each_call_is_told_whole(calls):
    names = [call["operationId"] for _rule, _method, call in calls]
    assert len(names) == len(set(names)) > 10
    wanting = []
    for _rule, _method, call in calls:
        wanting += [call["operationId"]] if not (call["summary"] and call["description"]) else []
        wanting += [
            f"{call['operationId']}: {one['name']}" for one in call["parameters"] if not one["description"]
        ]
        for type_, content in call.get("requestBody", {}).get("content", {}).items():
            if "json" in type_ and "example" not in content:
                wanting.append(f"{call['operationId']}: an example of {type_}")
    assert not wanting, "\n".join(wanting)


def test_each_call_says_what_it_demands(app, calls):
    for rule, _method, call in calls:
        if {} in call["security"]:
            assert not {"x-scope", "x-ability"} & set(call), rule.rule
        else:
            assert call["security"] == [{"token": [call["x-scope"]] if "x-scope" in call else []}]
            assert call.get("x-scope", Scope.CONTENT_READ) in set(Scope)
            assert call["x-ability"]


def test_each_noun_and_each_scope_has_words(told):
    assert [tag["name"] for tag in told["tags"] if not tag["description"]] == []
    assert set(ABOUT) <= {tag["name"] for tag in told["tags"]}
    assert set(GROUPS) == {scope.group for scope in Scope}


def test_no_two_shapes_have_one_name(app):
    waiting = [what.gives for _rule, _method, what in operations(app) if what.gives is not None]
    found = {}
    while waiting:
        shape = waiting.pop()
        assert found.setdefault(shape.name, shape) is shape, shape.name
        waiting += parts_of(shape)


# -- true


def test_what_it_shows_as_answers_is_of_their_shape(told, calls, judge):
    wrong = []
    for _rule, _method, call in calls:
        for status, answer in call["responses"].items():
            for content in answer.get("content", {}).values():
                if "example" in content:
                    found = judge.errors(content["schema"], content["example"])
                    wrong += [f"{call['operationId']} {status}: {words}" for words in found]
    for answer in told["components"]["responses"].values():
        wrong += judge.errors(answer["content"][PROBLEM]["schema"], answer["content"][PROBLEM]["example"])
    assert not wrong, "\n".join(wrong)


@on_sqlite
def test_each_example_is_taken_and_answered_as_it_says(adas, calls, judge, address_of):
    wrong = []
    with as_it_was() as restore:
        for rule, method, call in calls:
            for words, query, sent in requests(call) if call["operationId"] not in NOT_TRIED else ():
                address = address_of(call)
                answer = adas.open(f"{address}{query}", method=method, **sent())
                found = judge.contradictions(call, answer)
                if not is_success(call, answer):
                    found.append(f"{answer.status} {answer.text[:300]}")
                wrong += [f"{method} {rule.rule} {words}: {said}" for said in found]
                if method != "GET":
                    restore()
    assert not wrong, "\n".join(wrong)


@on_sqlite
def test_each_call_says_what_is_wrong_as_it_says(adas, stranger, calls, judge, address_of):
    wrong = []
    with as_it_was() as restore:
        for rule, method, call in calls:
            address = address_of(call)
            _words, query, sent = next(requests(call))
            tried = [
                *mistakes(call, query, sent),
                *(usual_mistakes(call, query, sent) if stands_for_all(call) else ()),
            ]
            for status, asked, changed, who in tried:
                program = stranger if who == "stranger" else adas
                answer = program.open(f"{address}{asked}", method=method, **changed)
                found = judge.contradictions(call, answer)
                if answer.status_code != status or answer.mimetype != PROBLEM:
                    found.append(f"{answer.status}, not {status:d}: {answer.text[:300]}")
                wrong += [f"{method} {rule.rule} {who} {asked} {str(changed)[:99]}: {said}" for said in found]
            restore()
    assert not wrong, "\n".join(wrong)


def stands_for_all(call):
    """A fifth of them, by the name: a new call changes nothing for the others."""
    return crc32(call["operationId"].encode()) % 5 == 0


def usual_mistakes(call, query, sent):
    """What is looked for before a call of any kind; some calls stand for all."""
    yield HTTPStatus.BAD_REQUEST, f"{query}{'&' if query else '?'}no-such-thing=1", sent(), "ada"
    yield HTTPStatus.UNAUTHORIZED, query, with_header(sent, "Authorization", "Bearer bsh_none"), "ada"
    if "406" in call["responses"]:
        yield HTTPStatus.NOT_ACCEPTABLE, query, with_header(sent, "Accept", "model/none"), "ada"


def mistakes(call, query, sent):
    """Requests that are wrong in one way each, and the status that each deserves."""
    if {} not in call["security"]:
        yield HTTPStatus.UNAUTHORIZED, query, sent(), "stranger"
    if any(one["name"] == "If-Match" for one in call["parameters"]):
        yield HTTPStatus.PRECONDITION_FAILED, query, with_header(sent, "If-Match", '"another"'), "ada"
    if JSON in call.get("requestBody", {}).get("content", {}):
        yield HTTPStatus.BAD_REQUEST, query, {"data": "{", "content_type": JSON}, "ada"
        yield HTTPStatus.UNPROCESSABLE_ENTITY, query, {"json": {"no-such-thing": 1}}, "ada"
    if "requestBody" in call:
        yield HTTPStatus.UNSUPPORTED_MEDIA_TYPE, query, {"data": "x=y", "content_type": FORM}, "ada"


def with_header(sent, name, value):
    return sent() | {"headers": {name: value}}


def is_success(call, answer):
    return 200 <= answer.status_code < 300


# -- what is sent


def requests(call):
    """(what is tried, the query, what makes the rest): each body that is shown, and each parameter once."""
    needed = {
        one["name"]: values_of(one)[0]
        for one in call["parameters"]
        if one.get("required") and one["in"] == "query"
    }
    bodies = [*call.get("requestBody", {}).get("content", {}).items()] or [(JSON, {})]
    for type_, content in bodies:
        yield type_, asked(needed), partial(body_of, type_, content)
    for one in call["parameters"]:
        for value in values_of(one) if one["in"] == "query" and one["name"] not in needed else ():
            yield one["name"], asked(needed | {one["name"]: value}), partial(body_of, *bodies[0])


def asked(query):
    return f"?{urlencode(query)}" if query else ""


def body_of(type_, content):
    if content.get("schema", {}).get("format") == "binary":
        return {"data": picture(), "content_type": type_}
    if type_ == "multipart/form-data":
        return {"data": {"file": (io.BytesIO(picture()), "harbour.png")}, "content_type": type_}
    if "example" not in content:
        return {}
    example = dict(content["example"])
    if "own_password" in example:
        example["own_password"] = PASSWORD
    return {"data": json.dumps(example), "content_type": type_}


def values_of(parameter):
    schema = parameter["schema"]
    if "example" in parameter:
        value = parameter["example"]
        return [",".join(value) if isinstance(value, list) else value]
    if schema.get("type") == "boolean":
        return ["true", "false"]
    return [
        *schema.get("enum", [])[:1],
        *schema.get("examples", []),
        *([schema["default"]] if "default" in schema else []),
        *([schema["minimum"]] if "minimum" in schema else []),
    ]


@pytest.fixture
def address_of(app, adas, calls, world):  # noqa: F811
    """Where a call goes: to the thing of its kind that there is, or that is made for it."""
    with app.test_request_context():
        usual = {
            call["operationId"]: app.url_for(rule.endpoint, **arguments(rule, world, None))
            for rule, _method, call in calls
        }

    def address_of(call):
        before = BEFORE.get(call["operationId"])
        return (before(adas, world.ids) if before else None) or usual[call["operationId"]]

    return address_of


def done(answer):
    assert answer.status_code < 300, answer.text
    return answer


def in_the_trash(noun):
    return lambda adas, ids: done(adas.delete(f"/{noun}/{ids[noun]}")) and None


def unpublished(noun):
    return lambda adas, ids: done(adas.delete(f"/{noun}/{ids[noun]}/publication")) and None


def begun(adas, _ids):
    return done(adas.post("/uploads/parts", json={"name": "a.png", "size": len(picture())})).json["url"]


def all_sent(adas, ids):
    address = begun(adas, ids)
    done(adas.patch(f"{address}?offset=0", data=picture(), content_type="application/octet-stream"))
    return f"{address}/upload"


def another_tag(adas, _ids):
    return f"/tags/{done(adas.post('/tags', json={'name': 'Another'})).json['id']}"


def unlike(noun):
    """With a change that readers do not see yet."""
    return lambda adas, ids: done(adas.patch(f"/{noun}/{ids[noun]}", json={"title": "Anew"})) and None


def own_note(noun):
    def own_note(adas, ids):
        note = done(adas.post(f"/{noun}/{ids[noun]}/notes", json={"note": "Look."})).json["id"]
        return f"/{noun}/{ids[noun]}/notes/{note}"

    return own_note


def own_token(adas, _ids):
    return f"/tokens/{adas.get('/tokens').json['items'][0]['id']}"


def merged(adas, ids):
    another = another_tag(adas, ids)
    into = int(another.rpartition("/")[2])
    merge = done(adas.post(f"/tags/{ids['tags']}/merge", json={"into": into})).json["id"]
    return f"{another}/merge/{merge}"


def replaced(adas, ids):
    address = f"/uploads/{ids['uploads']}"
    done(adas.put(f"{address}/file", data=picture(), content_type="image/png"))
    return f"{address}/replacements/{adas.get(f'{address}/replacements').json['items'][0]['digest']}"


def lost(_adas, ids):
    db.session.get(Reply, ids["replies"]).hand_over("", "")
    db.session.commit()


# What the world of these tests has no example for: two revisions, by their numbers; a host that has a name.
NOT_TRIED = {"posts_compare_revisions", "pages_compare_revisions", "webhooks_create", "webhooks_replace"}
BEFORE = {
    "replies_deliver": lost,
    "posts_publish": unpublished("posts"),
    "pages_publish": unpublished("pages"),
    "trash_posts": in_the_trash("posts"),
    "trash_pages": in_the_trash("pages"),
    "trash_messages": in_the_trash("messages"),
    "trash_submissions": in_the_trash("submissions"),
    "parts_show": begun,
    "parts_change": begun,
    "parts_finish": all_sent,
    "tokens_show": own_token,
    "tokens_revoke": own_token,
    "tags_destroy": another_tag,
    "posts_request_review": unlike("posts"),
    "pages_request_review": unlike("pages"),
    "posts_delete_note": own_note("posts"),
    "pages_delete_note": own_note("pages"),
    "tags_merge": lambda adas, ids: another_tag(adas, ids) and None,
    "tags_separate": merged,
    "uploads_restore": replaced,
}


@contextmanager
def as_it_was():
    """Puts the database back, whatever was done to it."""
    place = sa.make_url(str(db.engine.url)).database
    with closing(sqlite3.connect(":memory:")) as kept:
        with closing(sqlite3.connect(place)) as there:
            there.backup(kept)

        def restore():
            db.session.rollback()
            with closing(sqlite3.connect(place)) as there:
                kept.backup(there)

        yield restore


def test_each_bound_of_a_field_is_told():
    profile = kinds_of(ProfileForm)
    lengths = [profile["name"].schema["maxLength"], profile["links"].parts["url"].schema["maxLength"]]
    assert lengths == [120, 500]
