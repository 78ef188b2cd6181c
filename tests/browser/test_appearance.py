"""The look of the site: tried in a real browser, and seen by everybody once it is saved."""

import pytest

from broadsheet.extensions import db
from broadsheet.models import Site
from newsroom import flaws, sign_in, violations


def test_a_look_is_tried_changed_and_saved(visitor, live_site):
    sign_in(visitor, live_site, "ada")
    visitor.goto(f"{live_site.url}/desk/appearance")
    visitor.get_by_label("Type to read").select_option("sans")
    visitor.get_by_label("Top of each page").select_option("compact")
    visitor.get_by_role("button", name="Preview the home page").click()
    assert "Only you see this look" in visitor.get_by_role("complementary", name="Preview").inner_text()
    family = visitor.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert "system-ui" in family
    assert violations(visitor) == []
    visitor.get_by_role("link", name="Back to the form").click()
    assert visitor.get_by_label("Type to read").input_value() == "sans"
    assert violations(visitor) == []
    visitor.get_by_role("button", name="Save the appearance").click()
    visitor.goto(live_site.url)
    assert "system-ui" in visitor.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")


@pytest.mark.parametrize(
    "look",
    [
        {"header": "left", "columns": 1},
        {"header": "compact", "columns": 4, "typeface": "sans"},
        {"columns": 2},
    ],
    ids=lambda look: "-".join(str(value) for value in look.values()),
)
def test_every_look_is_accessible_and_within_the_window(visitor, live_site, look):
    with live_site.app.app_context():
        Site.load().change(**look)
        db.session.commit()
    for path in ("/", "/post/1/"):
        visitor.goto(live_site.url + path)
        assert flaws(visitor) == []


def test_columns_are_as_many_as_were_chosen(visitor, live_site):
    for columns in (1, 2, 3, 4):
        with live_site.app.app_context():
            Site.load().change(columns=columns)
            db.session.commit()
        visitor.goto(live_site.url)
        grid = (
            "getComputedStyle(document.querySelector('.stories-grid')).gridTemplateColumns.split(' ').length"
        )
        assert visitor.evaluate(grid) == columns
