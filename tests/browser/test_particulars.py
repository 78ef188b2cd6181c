"""What a post carries, tags and series: at the desk as a person meets them, with scripts and without."""

from io import BytesIO

import pytest
from playwright.sync_api import Page, expect

from broadsheet import media
from broadsheet.extensions import db
from broadsheet.models import Post, Series, Tag, User
from newsroom import LiveSite, flaws, sign_in, violations
from pictures import picture


@pytest.fixture
def newsroom(live_site: LiveSite) -> LiveSite:
    """The small newsroom with two pictures, a series of three posts, and a post with everything."""
    with live_site.app.app_context():
        ann = db.session.scalars(User.known_as("ann")).one()
        red = media.store(BytesIO(picture("PNG", (1200, 800))), "Red and blue.png", by=ann)
        red.describe("Red on the left, blue on the right")
        media.store(BytesIO(picture("PNG", (600, 900))), "Upright.png", by=ann)
        series = Series.create(name="Letters home", description="From *afar*.", picture=red)
        posts = db.session.scalars(db.select(Post).where(Post.title.startswith("Story")).limit(3)).all()
        for post in posts:
            post.series = series
        first = posts[0]
        first.cover, first.cover_alt, first.cover_focus_x, first.cover_focus_y = red, "Two colours", 20, 30
        db.session.scalars(Tag.at("notes")).one().change(
            name="Notes", slug="notes", description="Short *pieces*.", picture=red
        )
        Tag.create(name="Spare")
        db.session.commit()
    return live_site


def edit(page: Page, site: LiveSite, who: str = "ed", id: int = 1) -> None:
    sign_in(page, site, who)
    page.goto(f"{site.url}/desk/posts/{id}/edit")


def open_part(page: Page, id: str) -> None:
    part = page.locator(f"#part-{id}")
    if not part.evaluate("part => part.open"):
        part.locator("summary").first.click()


def test_a_cover_is_chosen_from_the_library(newsroom: LiveSite, visitor: Page) -> None:
    edit(visitor, newsroom, id=2)
    open_part(visitor, "cover")
    visitor.get_by_role("button", name="Choose from the library").first.click()
    dialog = visitor.get_by_role("dialog", name="Choose a picture")
    dialog.get_by_role("searchbox").fill("red")
    dialog.get_by_role("searchbox").press("Enter")
    expect(dialog.get_by_role("radio")).to_have_count(1)
    dialog.get_by_role("radio").first.focus()
    visitor.keyboard.press("Space")
    visitor.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    assert visitor.locator("#cover").input_value().startswith("/uploads/")
    assert visitor.locator("#cover_alt").input_value() == "Red on the left, blue on the right"
    expect(visitor.locator("#part-cover .focal-stage img")).to_be_visible()
    assert visitor.evaluate("document.activeElement.textContent") == "Choose from the library"
    assert visitor.locator(".card-picture").get_attribute("src") == visitor.locator("#cover").input_value()


def test_escape_leaves_the_library_and_nothing_changes(newsroom: LiveSite, visitor: Page) -> None:
    edit(visitor, newsroom, id=2)
    open_part(visitor, "cover")
    visitor.get_by_role("button", name="Choose from the library").first.click()
    expect(visitor.get_by_role("dialog").get_by_role("radio")).to_have_count(2)
    assert violations(visitor) == []
    visitor.keyboard.press("Escape")
    expect(visitor.get_by_role("dialog")).to_have_count(0)
    assert visitor.locator("#cover").input_value() == ""


def test_the_focal_point_is_set_by_click_and_by_arrow_keys(newsroom: LiveSite, visitor: Page) -> None:
    edit(visitor, newsroom)
    stage = visitor.locator("#part-cover .focal-stage img")
    box = stage.bounding_box()
    assert box
    stage.click(position={"x": box["width"] * 0.75, "y": box["height"] * 0.5})
    across, down = visitor.locator("#cover_focus_x"), visitor.locator("#cover_focus_y")
    assert abs(int(across.input_value()) - 75) <= 1
    assert abs(int(down.input_value()) - 50) <= 1
    before = int(across.input_value())
    visitor.keyboard.press("ArrowRight")
    visitor.keyboard.press("Shift+ArrowUp")
    assert int(across.input_value()) == before + 5
    assert abs(int(down.input_value()) - 40) <= 1
    assert "% from the left" in (visitor.locator(".focal-mark").get_attribute("aria-label") or "")
    across.fill("0")
    crop = visitor.locator(".focal-crop-square")
    assert crop.evaluate("crop => getComputedStyle(crop).objectPosition").startswith("0%")


def test_the_search_result_and_the_card_follow_what_is_typed(newsroom: LiveSite, visitor: Page) -> None:
    edit(visitor, newsroom)
    open_part(visitor, "search-and-sharing")
    result, told = visitor.locator(".result-title"), visitor.locator("[data-counts=search_title]")
    visitor.locator("#search_title").fill("A short title")
    expect(result).to_have_text("A short title")
    expect(told).to_contain_text("13 of about 60")
    visitor.locator("#search_title").fill("A very long title " * 6)
    expect(result).to_contain_text("…")
    expect(told).to_have_class("length length-over")
    visitor.locator("#search_title").fill("")
    visitor.locator("#title").fill("Another headline")
    expect(result).to_have_text("Another headline")
    expect(visitor.locator(".card-title")).to_have_text("Another headline")


def test_tags_are_suggested_and_taken_by_keyboard(newsroom: LiveSite, visitor: Page) -> None:
    edit(visitor, newsroom)
    tags = visitor.get_by_role("combobox", name="Tags")
    tags.fill("Wind, ")
    tags.press_sequentially("te")
    options = visitor.locator("#tags-suggestions").get_by_role("option")
    expect(options).to_have_text(["Testing", "Notes"])
    assert tags.get_attribute("aria-expanded") == "true"
    assert violations(visitor) == []
    tags.press("ArrowDown")
    active = tags.get_attribute("aria-activedescendant")
    assert visitor.locator(f"#{active}").inner_text() == "Testing"
    tags.press("Enter")
    assert tags.input_value() == "Wind, Testing, "
    assert visitor.url.endswith("/edit")
    tags.press_sequentially("no")
    tags.press("Escape")
    expect(options).to_have_count(0)
    assert tags.input_value() == "Wind, Testing, no"


def test_parts_are_moved_by_keyboard_and_by_dragging(newsroom: LiveSite, visitor: Page) -> None:
    sign_in(visitor, newsroom, "ed")
    visitor.goto(f"{newsroom.url}/desk/series/1/edit")
    rows = visitor.locator(".place .place-title")
    first, second, third = rows.all_inner_texts()
    visitor.locator(".place").nth(1).get_by_role("button", name="Move up").focus()
    visitor.keyboard.press("Enter")
    assert rows.all_inner_texts() == [second, first, third]
    expect(visitor.locator(".places + [role=status]")).to_contain_text("is now number 1 of 3")
    assert visitor.evaluate("document.activeElement.ariaLabel") == "Move up"
    last, top = visitor.locator(".place").nth(2), visitor.locator(".place").nth(0)
    last.locator(".state").drag_to(top, target_position={"x": 100, "y": 2})
    assert rows.all_inner_texts() == [third, second, first]
    visitor.get_by_role("button", name="Save the order").click()
    assert rows.all_inner_texts() == [third, second, first]
    visitor.goto(f"{newsroom.url}/series/letters-home")
    assert visitor.locator(".row-headline").all_inner_texts() == [third, second, first]


def test_all_of_it_is_done_without_scripts(newsroom: LiveSite, plain: Page) -> None:
    edit(plain, newsroom)
    path = plain.locator("#cover").input_value()
    plain.goto(f"{newsroom.url}/desk/posts/5/edit")
    plain.locator("#part-cover summary").first.click()
    plain.locator("#cover").fill(path)
    plain.locator("#cover_alt").fill("Two colours")
    plain.locator("#cover_focus_x").fill("90")
    plain.locator("#part-series summary").first.click()
    plain.locator("#series").select_option("letters-home")
    plain.locator("#part-reach summary").first.click()
    plain.locator("#unlisted").check()
    plain.get_by_role("button", name="Publish changes").click()
    assert plain.locator("#unlisted").is_checked()
    plain.goto(f"{newsroom.url}/post/5/")
    assert "focus-x-9" in (plain.locator(".cover img").get_attribute("class") or "")
    assert plain.locator(".kicker").first.text_content() == "Letters home Part 4 of 4"
    plain.goto(f"{newsroom.url}/desk/tags")
    plain.get_by_role("link", name="Testing", exact=True).click()
    plain.locator("#name").fill("Proofs")
    plain.get_by_role("button", name="Save").click()
    plain.get_by_role("link", name="Merge it…").click()
    plain.locator("#into").fill("Notes")
    plain.get_by_role("button", name="Show what it comes to").click()
    plain.get_by_role("button", name="Merge them").click()
    plain.goto(f"{newsroom.url}/tag/testing")
    assert plain.url == f"{newsroom.url}/tag/notes"
    plain.goto(f"{newsroom.url}/desk/tags?show=unused")
    plain.get_by_label("Delete Spare").check()
    plain.get_by_role("button", name="Delete the ticked ones").click()
    expect(plain.get_by_text("1 tag is deleted.")).to_be_visible()


PAGES = [
    "/desk/tags", "/desk/tags?show=unused", "/desk/tags/1/edit", "/desk/tags/new",
    "/desk/tags/1/merge?into=Testing",
    "/desk/series", "/desk/series/new", "/desk/series/1/edit", "/desk/posts/1/edit", "/post/1/", "/tag/notes",
    "/series/letters-home", "/",
]  # fmt: skip


def test_every_page_is_accessible_and_fits(newsroom: LiveSite, visitor: Page) -> None:
    sign_in(visitor, newsroom, "ed")
    problems = []
    for path in PAGES:
        visitor.goto(newsroom.url + path)
        visitor.evaluate("for (const part of document.querySelectorAll('details.part')) part.open = true")
        visitor.wait_for_load_state("networkidle")
        problems += [f"{path}: {flaw}" for flaw in flaws(visitor)]
    assert not problems, "\n".join(problems)
