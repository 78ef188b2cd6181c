"""How forms come in, also from those who send them slowly."""

import io
from datetime import timedelta

import pytest

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import PreviewLink
from broadsheet.web import preview_links


class Slow(io.BytesIO):
    """A body that looks, while it comes, whether the request has a transaction open."""

    locked = False

    def readinto(self, place):
        self.locked |= db.session().in_transaction()
        return super().readinto(place)


@pytest.fixture
def preview(draft, ann):
    link = PreviewLink.create(draft, by=ann, expires_at=clock.now() + timedelta(days=1), may_note=True)
    db.session.commit()
    return f"/preview/{preview_links.token(link)}/notes"


@pytest.mark.parametrize("path", ["/contact", "/submit", "/login", "preview"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_nobody_waits_for_a_form_that_comes_slowly(client, preview, path, kind):
    body = Slow(b"name=Vic&message=Hello")
    path = preview if path == "preview" else path
    answer = client.post(path, input_stream=body, content_type=kind, content_length=22)
    assert answer.status_code in (400, 422)
    assert body.tell() > 0
    assert not body.locked
