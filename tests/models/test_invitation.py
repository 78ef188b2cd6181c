from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from broadsheet import signals
from broadsheet.extensions import db
from broadsheet.lib import clock, tokens
from broadsheet.models import Event, Invitation, Role
from stage import PASSWORD

TOKEN = tokens.new_token()
URL = f"https://example.org/invitation/{TOKEN}"


@pytest.fixture
def invitation(ada):
    invitation = Invitation.create(email=" New@Example.org", role=Role.EDITOR, by=ada, token=TOKEN, url=URL)
    db.session.commit()
    return invitation


def test_is_found_by_its_token_which_is_stored_nowhere(invitation):
    assert db.session.scalars(Invitation.with_token(TOKEN)).one() == invitation
    assert db.session.scalar(Invitation.with_token("another")) is None
    assert TOKEN not in repr(vars(invitation))
    event = db.session.scalars(select(Event).where(Event.action == "invitation_created")).one()
    assert TOKEN not in repr(vars(event))


@pytest.mark.parametrize("fall", [lambda ada: ada.suspend(), lambda ada: ada.give_role(Role.EDITOR)])
def test_ends_with_the_right_of_who_invited(invitation, ada, ben, fall):
    """An admin who is shown out must not come back in by a link made before."""
    ben.give_role(Role.ADMIN)
    fall(ada)
    assert db.session.scalar(Invitation.with_token(TOKEN)) is None


def test_link_goes_to_those_who_listen(ada):
    heard = []

    def hear(invitation, *, url, **_details):
        heard.append((invitation.email, url))

    with signals.invitation_created.connected_to(hear):
        Invitation.create(email="new@example.org", role=Role.READER, by=ada, token=TOKEN, url=URL)
        assert heard == []
        db.session.commit()
    assert heard == [("new@example.org", URL)]


def test_ends_after_two_weeks(invitation):
    with time_machine.travel(clock.now() + timedelta(days=13, hours=23), tick=False):
        assert db.session.scalars(Invitation.open()).all() == [invitation]
    with time_machine.travel(clock.now() + timedelta(days=14, seconds=1), tick=False):
        assert db.session.scalars(Invitation.open()).all() == []


def test_makes_a_person_once(invitation):
    user = invitation.accept(name="New", username="new", password=PASSWORD)
    db.session.commit()
    assert (user.email, user.role, user.is_active) == ("new@example.org", Role.EDITOR, True)
    assert db.session.scalar(Invitation.with_token(TOKEN)) is None
    with pytest.raises(ValueError, match="before"):
        invitation.accept(name="Again", username="again", password=PASSWORD)


def test_withdrawn_one_opens_nothing(invitation):
    invitation.withdraw()
    db.session.commit()
    assert db.session.scalar(Invitation.with_token(TOKEN)) is None
