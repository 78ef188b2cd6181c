"""Passkeys in a real browser, whose authenticator is a virtual one (WebDriver, "Virtual Authenticators")."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete

from broadsheet.extensions import db
from broadsheet.models import UserSession
from newsroom import LiveSite, sign_in, violations, window
from stage import PASSWORD


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A window of a device that asks for a finger, and gets it."""
    for page in window(browser.new_context(viewport={"width": 1280, "height": 900})):
        devices = page.context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
        }
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        yield page


def by_name(site: LiveSite) -> LiveSite:
    """Passkeys belong to a name; to a bare number they do not."""
    return LiveSite(site.url.replace("127.0.0.1", "localhost"), site.app, site.process)


def test_a_passkey_is_added_opens_alone_and_after_the_password(live_site: LiveSite, phone: Page) -> None:
    site = by_name(live_site)
    sign_in(phone, site, "ann")
    phone.goto(f"{site.url}/account/second-factors")
    phone.get_by_label("Name of the passkey").fill("My phone")
    phone.get_by_role("button", name="Add a passkey").click()
    expect(phone.locator(".codes code")).to_have_count(10)
    phone.get_by_role("link", name="I have kept them").click()
    expect(phone.locator("table")).to_contain_text("My phone")
    assert violations(phone) == []

    phone.get_by_role("button", name="Add a passkey").click()
    expect(phone.get_by_role("alert")).to_contain_text("has a passkey for this account already")

    phone.get_by_role("button", name="Sign out").click()
    phone.goto(f"{site.url}/login?next=/account/sessions")
    phone.get_by_role("button", name="Sign in with a passkey").click()
    phone.wait_for_url("**/account/sessions")

    phone.get_by_role("button", name="Sign out", exact=True).last.click()
    phone.goto(f"{site.url}/login")
    phone.locator("input[name=username]").fill("ann")
    phone.locator("input[name=password]").fill(PASSWORD)
    phone.locator("input[name=password]").press("Enter")
    phone.get_by_role("button", name="Use your passkey").click()
    phone.wait_for_url(re.compile("/desk$"))


def test_the_editor_asks_for_it_without_losing_a_word(live_site: LiveSite, phone: Page) -> None:
    site = by_name(live_site)
    sign_in(phone, site, "ann")
    phone.goto(f"{site.url}/account/second-factors")
    phone.get_by_role("button", name="Add a passkey").click()
    expect(phone.locator(".codes code")).to_have_count(10)
    for way in ("after the password", "alone"):
        phone.goto(f"{site.url}/desk/posts/new")
        with site.app.app_context():
            db.session.execute(delete(UserSession))
            db.session.commit()
        phone.locator("textarea[name=title]").fill(f"Written as nobody, then signed in {way}")
        phone.get_by_role("button", name="Sign in here").click()
        dialog = phone.get_by_role("dialog", name="Sign in again")
        if way == "alone":
            dialog.get_by_role("button", name="Sign in with a passkey").click()
        else:
            dialog.get_by_label("Password").fill(PASSWORD)
            phone.keyboard.press("Enter")
            dialog.get_by_role("button", name="Use your passkey").click()
        expect(dialog).to_be_hidden()
        expect(phone.locator("[data-state]")).to_contain_text("Saved")
        phone.reload()
        expect(phone.locator("textarea[name=title]")).to_have_value(
            f"Written as nobody, then signed in {way}"
        )


def test_without_a_script_password_and_codes_remain(live_site: LiveSite, plain: Page) -> None:
    site = by_name(live_site)
    sign_in(plain, site, "ann")
    plain.goto(f"{site.url}/account/second-factors")
    expect(plain.get_by_text("Passkeys need JavaScript")).to_be_visible()
    expect(plain.get_by_role("button", name="Add a passkey")).to_be_hidden()
    plain.get_by_role("button", name="Set up an app").click()
    expect(plain.get_by_role("img", name=re.compile("QR"))).to_be_visible()
