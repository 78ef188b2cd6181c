"""The session of somebody with a second factor ends: the editor asks for both steps, and keeps the text."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app_codes import code_of
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import AuthenticatorApp, User
from broadsheet.web import second_factors
from newsroom import LiveSite, sign_in, violations
from stage import PASSWORD


def begin_to_ask_for_codes(site: LiveSite) -> None:
    with site.app.test_request_context():
        ann = db.session.scalars(User.known_as("ann")).one()
        second_factors.offer_app(ann)
        app = db.session.scalars(AuthenticatorApp.offered_to(ann)).one()
        app.confirmed_at = clock.now()
        ann.end_sessions()
        db.session.commit()


def code(site: LiveSite) -> str:
    with site.app.test_request_context():
        return str(code_of(db.session.scalars(select(AuthenticatorApp)).one()))


def test_a_code_is_asked_for_after_the_password(live_site: LiveSite, visitor: Page) -> None:
    sign_in(visitor, live_site, "ann")
    visitor.goto(f"{live_site.url}/desk/posts/new")
    title = visitor.locator("textarea[name=title]")
    begin_to_ask_for_codes(live_site)
    title.fill("Written as nobody")
    visitor.get_by_role("button", name="Sign in here").click()
    dialog = visitor.get_by_role("dialog", name="Sign in again")
    assert violations(visitor) == []
    dialog.get_by_label("Password").fill(PASSWORD)
    visitor.keyboard.press("Enter")
    field = dialog.get_by_role("textbox", name="Code", exact=True)
    expect(field).to_be_focused()
    expect(dialog.get_by_label("Password")).to_be_hidden()
    assert violations(visitor) == []
    field.fill("000000")
    visitor.keyboard.press("Enter")
    expect(dialog.locator(".editor-trouble")).to_contain_text("This code is not right")
    field.fill(code(live_site))
    visitor.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(visitor.locator("[data-state]")).to_contain_text("Saved")
    visitor.reload()
    expect(title).to_have_value("Written as nobody")
