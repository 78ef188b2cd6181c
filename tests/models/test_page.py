import pytest

from broadsheet.extensions import db
from broadsheet.models import Alias, Page, Visitor
from broadsheet.models.page import FIXED_SLUGS, RESERVED_SLUGS


@pytest.fixture
def about(app) -> Page:
    about = db.session.scalar(db.select(Page).where(Page.slug == "about")) or Page()
    about.revise(by=None, title="About", slug="about", body="Who we are.")
    about.publish()
    db.session.commit()
    return about


def test_found_at_its_address_once_it_is_public(page):
    assert db.session.scalar(Page.at("imprint")) is page
    page.unpublish()
    db.session.flush()
    assert db.session.scalar(Page.at("imprint")) is None


def test_only_editors_edit_pages(page, ed, ann, rea):
    assert ed.can_edit(page)
    assert page in db.session.scalars(Page.editable_by(ed))
    for user in (ann, rea, Visitor()):
        assert not user.can_edit(page)
        assert page not in db.session.scalars(Page.editable_by(user))


def test_slug_made_from_a_taken_title_is_numbered(page):
    second, third = Page(), Page()
    second.revise(by=None, title="Imprint")
    third.revise(by=None, title="Imprint")
    assert (second.slug, third.slug) == ("imprint-2", "imprint-3")


def test_slug_made_from_the_title_stays_clear_of_the_sites_own_addresses(app):
    page = Page()
    page.revise(by=None, title="Desk")
    assert page.slug == "desk-2"


def test_numbered_slug_follows_the_title_too(page):
    second = Page()
    second.revise(by=None, title="Imprint")
    second.revise(by=None, title="Imprint", body="Longer.")
    assert second.slug == "imprint-2"
    second.revise(by=None, title="Terms")
    assert second.slug == "terms"


def test_former_address_of_a_public_page_leads_to_it(page, ed):
    page.revise(by=ed, slug="legal")
    assert db.session.scalar(Alias.of("/imprint")).target is page


def test_former_address_of_a_draft_leads_nowhere(app, ed):
    page = Page()
    page.revise(by=ed, title="Plans")
    page.revise(by=ed, slug="ideas")
    assert db.session.scalar(Alias.of("/plans")) is None


def test_a_page_that_moves_back_takes_its_address_back(page, ed):
    page.revise(by=ed, slug="legal")
    page.revise(by=ed, slug="imprint")
    assert db.session.scalar(Alias.of("/imprint")) is None
    assert db.session.scalar(Alias.of("/legal")).target is page


def test_about_and_contact_are_there_for_good(about, ed, page):
    with pytest.raises(ValueError, match="cannot be deleted"):
        about.delete()
    removable = list(db.session.scalars(Page.removable_by(ed)))
    assert page in removable
    assert about not in removable


def test_no_page_can_hide_what_the_site_itself_shows(app):
    first_parts = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    # No slug has a dot.
    ours = {part for part in first_parts if part and not part.startswith("<") and "." not in part}
    assert ours <= RESERVED_SLUGS | set(FIXED_SLUGS)
