"""Uploads for programs, whole and in parts."""

import io

import pytest

import films
from broadsheet import media
from broadsheet.config import MEGABYTE
from broadsheet.extensions import db
from broadsheet.media.parts import PART
from broadsheet.models import Post, Scope, Upload
from pictures import picture, sent
from problems import problem_of

PNG = {"content_type": "image/png"}


@pytest.fixture
def upload(ann):
    upload = media.store(io.BytesIO(picture()), "harbour.png", by=ann)
    upload.describe("The harbour")
    db.session.commit()
    return upload


@pytest.fixture
def story(ann, upload):
    post = Post()
    post.revise(by=ann, title="A story", body=upload.markdown, authors=[ann])
    db.session.commit()
    return post


class Unread(io.BytesIO):
    def read(self, *_):
        raise AssertionError("it was read")

    readinto = read


class Watched(io.BytesIO):
    """A body that looks, while it comes, whether the request has a transaction open."""

    locked = False

    def readinto(self, place):
        self.locked |= db.session().in_transaction()
        return super().readinto(place)


def left():
    return [path for path in media.incoming().rglob("*") if path.is_file()]


# -- sending


def test_a_file_is_sent_as_a_form(anns, ann):
    answer = anns.post("/uploads", data={"file": sent(picture()), "alt": "Red and  blue"})
    upload = db.session.scalars(db.select(Upload)).one()
    assert answer.status_code == 201
    assert answer.headers["Location"].endswith(f"/api/v1/uploads/{upload.id}")
    told = {name: answer.json[name] for name in ("kind", "name", "alt", "width", "markdown")}
    assert told == {
        "kind": "picture",
        "name": "red and blue.png",
        "alt": "Red and blue",
        "width": 60,
        "markdown": f"![Red and blue]({upload.path})",
    }
    assert upload.uploaded_by == ann
    assert not left()


@pytest.mark.parametrize("by", ["disposition", "name"])
def test_a_file_is_sent_alone(anns, by):
    asked, headers = ("", {"Content-Disposition": "attachment; filename*=UTF-8''caf%C3%A9.png"})
    if by == "name":
        asked, headers = "&name=café.png", {}
    answer = anns.post(f"/uploads?alt=Blue{asked}", data=picture(), headers=headers, **PNG)
    assert (answer.status_code, answer.json["name"], answer.json["alt"]) == (201, "café.png", "Blue")


def test_the_same_bytes_are_one_upload(anns, eds, upload):
    answer = eds.post("/uploads?alt=Other", data=picture(), **PNG)
    assert (answer.status_code, answer.json["id"], answer.json["alt"]) == (200, upload.id, "The harbour")


def test_nobody_waits_while_a_file_comes(anns):
    body = Watched(picture())
    answer = anns.post("/uploads", input_stream=body, content_length=len(picture()), **PNG)
    assert (answer.status_code, body.locked) == (201, False)


BAD = [
    ({"data": b"\0\1\2", **PNG}, 422, "no kind of file"),
    ({"input_stream": io.BytesIO(), "content_length": 0, **PNG}, 422, "empty"),
    ({"data": {"alt": "x"}, "content_type": "multipart/form-data"}, 422, "one file"),
    ({"data": {"file": sent(picture()), "colour": "red"}}, 422, "cannot be right"),
    ({"data": {"file": sent(picture()), "alt": "x" * 2000}}, 422, "cannot be right"),
    ({"data": {"file": [sent(picture()), sent(picture())]}}, 422, "one file"),
    ({"json": {"file": "x"}}, 415, "multipart/form-data"),
    ({"data": b"file=x", "content_type": "application/x-www-form-urlencoded"}, 415, "multipart/form-data"),
]


@pytest.mark.parametrize(("request_", "status", "words"), BAD, ids=lambda one: str(one)[:20])
def test_what_is_not_kept_is_said(anns, request_, status, words):
    said = problem_of(anns.post("/uploads", **request_), status)
    assert words in said["detail"]
    assert not db.session.scalars(db.select(Upload)).all()
    assert not left()


def send_much(program, megabytes=400, **options):
    length = {"CONTENT_LENGTH": str(megabytes * MEGABYTE)}
    return program.post("/uploads", input_stream=Unread(), environ_overrides=length, **PNG | options)


def test_what_is_too_large_is_told_before_it_is_read(anns):
    problem_of(send_much(anns, 900), 413)
    problem_of(send_much(anns, 900, content_type="multipart/form-data; boundary=x"), 413)
    longer = {"input_stream": Unread(), "environ_overrides": {"CONTENT_LENGTH": "9000000"}}
    problem_of(anns.patch("/uploads/1", content_type="application/json", **longer), 413)


def test_who_may_not_upload_sends_no_large_file(app, stranger, token_for, ann, rea):
    for kind in ("image/png", "multipart/form-data; boundary=x"):
        problem_of(send_much(stranger, content_type=kind), 401)
        problem_of(send_much(token_for(rea), content_type=kind), 403)
        problem_of(send_much(token_for(ann, Scope.MEDIA_READ), content_type=kind), 403)


def test_a_body_of_no_known_length_is_refused(anns):
    chunked = {"Transfer-Encoding": "chunked"}
    problem_of(anns.post("/uploads", input_stream=Unread(), headers=chunked, **PNG), 411)
    problem_of(anns.post("/uploads", **PNG), 411)


def test_there_may_be_no_room(anns, monkeypatch):
    monkeypatch.setattr(media.places, "SPARE", 10**18)
    answer = anns.post("/uploads", data=picture(), **PNG)
    assert problem_of(answer, 503)
    assert answer.headers["Retry-After"]


# -- reading


def test_the_library_is_listed_and_filtered(anns, stranger, upload, story):
    film = anns.post("/uploads?name=harbour.mp4", data=films.mp4(), content_type="video/mp4").json
    names = lambda query: [one["id"] for one in anns.get(f"/uploads?{query}").json["items"]]  # noqa: E731
    assert names("") == [film["id"], upload.id]
    assert names("kind=film") == names("used=false") == names("described=false") == [film["id"]]
    assert names("q=png harb") == names("used=true") == [upload.id]
    by_size = db.session.scalars(db.select(Upload).order_by(Upload.size))
    assert names("sort=size") == [one.id for one in by_size]
    assert problem_of(anns.get("/uploads?kind=odd"), 400)
    assert problem_of(stranger.get("/uploads"), 401)


def test_where_a_file_is_used_is_told_to_whom_it_concerns(anns, token_for, ann, ben, upload, story):
    uses = anns.get(f"/uploads/{upload.id}/uses").json
    assert [(one["kind"], one["title"]) for one in uses["places"]] == [("post", "A story")]
    assert token_for(ben).get(f"/uploads/{upload.id}/uses").json == {"is_used": True, "places": []}
    files_alone = token_for(ann, Scope.MEDIA_READ)
    assert files_alone.get(f"/uploads/{upload.id}/uses").json == {"is_used": True, "places": []}


def test_a_list_of_uploads_asks_the_same_number_of_questions_however_long_it_is(anns, ann, upload, queries):
    media.store(io.BytesIO(picture("JPEG")), "second.jpg", by=ann)
    db.session.commit()
    counts = []
    anns.get("/uploads")
    for limit in (1, 2):
        with queries() as asked:
            anns.get(f"/uploads?limit={limit}")
        counts.append(len(asked))
    assert counts[0] == counts[1]


# -- changing


def test_a_file_is_described_and_deleted(anns, eds, token_for, ben, upload):
    address = f"/uploads/{upload.id}"
    seen = anns.get(address).headers["ETag"]
    assert anns.patch(address, json={}).json["alt"] == "The harbour"
    assert anns.patch(address, json={"alt": "Boats"}, headers={"If-Match": seen}).json["alt"] == "Boats"
    problem_of(anns.patch(address, json={"alt": "x"}, headers={"If-Match": seen}), 412)
    problem_of(token_for(ben).patch(address, json={"alt": "x"}), 404)
    problem_of(anns.delete(address), 403)
    assert eds.delete(address).status_code == 204
    problem_of(anns.get(address), 404)


def test_what_is_used_is_not_deleted(eds, upload, story):
    assert "still used" in problem_of(eds.delete(f"/uploads/{upload.id}"), 409)["detail"]


@pytest.mark.parametrize("as_form", [True, False])
def test_a_file_is_replaced_and_taken_back(anns, token_for, ben, upload, as_form):
    new, address = picture("WEBP", size=(90, 60)), f"/uploads/{upload.id}"
    body = lambda: {"data": {"file": sent(new)}} if as_form else {"data": new, **PNG}  # noqa: E731
    problem_of(token_for(ben).put(f"{address}/file", **body()), 404)
    for _twice in range(2):  # an answer that was lost is asked for again
        answer = anns.put(f"{address}/file", **body())
        assert (answer.status_code, answer.json["width"], answer.json["alt"]) == (200, 90, "The harbour")
    (former,) = anns.get(f"{address}/replacements").json["items"]
    assert (former["media_type"], former["is_kept"]) == ("image/png", True)
    back = f"{address}/replacements/{former['digest']}"
    problem_of(token_for(ben).delete(back), 404)
    assert anns.delete(back).json["width"] == 60
    problem_of(anns.delete(back), 404)


def test_a_file_of_another_kind_takes_no_place(anns, upload):
    other = anns.put(f"/uploads/{upload.id}/file", data=films.mp4(), content_type="video/mp4")
    assert "another kind" in problem_of(other, 422)["detail"]
    seen = anns.get(f"/uploads/{upload.id}").headers["ETag"]
    anns.patch(f"/uploads/{upload.id}", json={"alt": "Boats"})
    stale = {"If-Match": seen}
    problem_of(anns.put(f"/uploads/{upload.id}/file", data=picture("JPEG"), headers=stale, **PNG), 412)


# -- in parts


FILM = films.mp4() + films.box(b"free", bytes(PART + 1000))
BYTES = {"content_type": "application/octet-stream"}


def test_a_large_file_comes_in_parts(anns, eds):
    begun = anns.post("/uploads/parts", json={"name": "harbour.mp4", "size": len(FILM)})
    url = begun.headers["Location"]
    assert (begun.status_code, begun.json["url"], begun.json["part"]) == (201, url, PART)
    assert anns.patch(f"{url}?offset=0", data=FILM[:PART], **BYTES).json["offset"] == PART
    assert problem_of(anns.patch(f"{url}?offset=0", data=FILM[:PART], **BYTES), 409)["offset"] == PART
    assert problem_of(anns.post(f"{url}/upload"), 409)["offset"] == PART
    problem_of(anns.patch(url, data=FILM[PART:], **BYTES), 400)
    problem_of(eds.get(url), 404)
    body = Watched(FILM[PART:])
    rest = anns.patch(f"{url}?offset={PART}", input_stream=body, content_length=len(FILM) - PART, **BYTES)
    assert (rest.json["offset"], body.locked) == (len(FILM), False)
    kept = anns.post(f"{url}/upload")
    assert (kept.status_code, kept.json["kind"], kept.json["name"]) == (201, "film", "harbour.mp4")
    problem_of(anns.get(url), 404)
    assert not left()


@pytest.mark.parametrize(
    ("sent_", "status"), [({}, 422), ({"size": "1"}, 422), ({"size": 0}, 422), ({"size": 10**14}, 413)]
)
def test_what_could_not_be_kept_is_not_begun(anns, sent_, status):
    problem_of(anns.post("/uploads/parts", json=sent_), status)
    assert not left()
