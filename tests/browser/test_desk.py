"""The desk's first page, its lists, the palette and the order of the navigation, in a real browser."""

import re
from datetime import timedelta

from playwright.sync_api import Browser, Page, expect

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Message, Post, Site, User, Visit
from broadsheet.models.visit import Tally
from newsroom import WIDTHS, LiveSite, flaws, sign_in, window

# -- the first page


def test_numbers_change_without_reloading(live_site: LiveSite, visitor: Page) -> None:
    sign_in(visitor, live_site, "ada")
    visitor.clock.install()
    visitor.goto(f"{live_site.url}/desk")
    number = visitor.locator(".figures-number span")
    expect(number).to_have_text("0")
    visitor.evaluate("window.isTheSamePage = true")
    with live_site.app.app_context():
        Message.receive(name="Vic", email="vic@example.org", subject="While you look", body="")
        db.session.commit()
        read(live_site, 7)
    visitor.clock.fast_forward(16_000)
    expect(number).to_have_text("7")
    expect(visitor.get_by_role("link", name="While you look")).to_be_visible()
    expect(visitor.locator(".desk-side [data-live=nav-messages]")).to_have_text("2")
    # What waits is said aloud, once; how many read is not.
    expect(visitor.locator("[data-behaviour=live] > [role=status]")).to_contain_text("Messages: 2")
    assert visitor.evaluate("window.isTheSamePage")


def test_nothing_is_asked_for_while_nobody_looks(live_site: LiveSite, visitor: Page) -> None:
    sign_in(visitor, live_site, "ada")
    visitor.clock.install()
    visitor.goto(f"{live_site.url}/desk")
    asked: list[str] = []
    visitor.on("request", lambda request: asked.append(request.url) if "/desk" in request.url else None)
    hide(visitor, True)
    visitor.clock.fast_forward(60_000)
    visitor.wait_for_timeout(200)
    assert asked == []
    with visitor.expect_request(re.compile("/desk/figures")):
        hide(visitor, False)


def test_focus_stays_where_it_is_when_the_numbers_change(live_site: LiveSite, visitor: Page) -> None:
    with live_site.app.app_context():
        read(live_site, 3)
    sign_in(visitor, live_site, "ada")
    visitor.clock.install()
    visitor.goto(f"{live_site.url}/desk")
    visitor.locator(".ranks a").first.focus()
    with live_site.app.app_context():
        read(live_site, 1)
    visitor.clock.fast_forward(16_000)
    expect(visitor.locator(".figures-number span")).to_have_text("4")
    expect(visitor.locator(".ranks a").first).to_be_focused()


# -- lists


def test_many_rows_at_once_and_back(live_site: LiveSite, visitor: Page) -> None:
    sign_in(visitor, live_site, "ed")
    visitor.goto(f"{live_site.url}/desk/posts?state=published")
    said = visitor.locator(".bulk-count")
    expect(visitor.locator("#bulk-tag")).to_be_hidden()
    ticks = visitor.locator("input[name=ids]")
    ticks.nth(0).check()
    expect(said).to_have_text("1 is ticked.")
    ticks.nth(3).click(modifiers=["Shift"])
    expect(said).to_have_text("4 are ticked.")
    visitor.get_by_label("All on this page").check()
    expect(said).to_have_text("15 are ticked.")
    visitor.locator("#bulk-deed").select_option("tag")
    expect(visitor.locator("#bulk-tag")).to_be_focused()
    visitor.locator("#bulk-deed").select_option("trash")
    visitor.get_by_role("button", name="Do it").click()
    expect(visitor.get_by_text("15 moved to the trash.")).to_be_visible()
    visitor.get_by_role("button", name="Undo").click()
    expect(visitor.get_by_text("Undone for 15.")).to_be_visible()
    expect(visitor.locator("tbody tr")).to_have_count(15)


def test_rows_are_ticked_and_sorted_by_keyboard(live_site: LiveSite, visitor: Page) -> None:
    sign_in(visitor, live_site, "ed")
    visitor.goto(f"{live_site.url}/desk/posts")
    visitor.locator("thead a").first.focus()
    visitor.keyboard.press("Enter")
    expect(visitor).to_have_url(re.compile("sort=title"))
    expect(visitor.locator("th[aria-sort=ascending]")).to_contain_text("Title")
    visitor.locator("input[name=ids]").first.focus()
    visitor.keyboard.press("Space")
    expect(visitor.locator(".bulk-count")).to_have_text("1 is ticked.")
    visitor.keyboard.press("Tab")
    expect(visitor.locator("tbody a").first).to_be_focused()


def test_many_rows_without_a_script(live_site: LiveSite, plain: Page) -> None:
    sign_in(plain, live_site, "ed")
    plain.goto(f"{live_site.url}/desk/posts?state=draft")
    expect(plain.locator(".bulk-all")).to_be_hidden()
    plain.locator("input[name=ids]").first.check()
    plain.locator("#bulk-deed").select_option("tag")
    plain.locator("#bulk-tag").fill("Fresh")
    plain.get_by_role("button", name="Do it").click()
    expect(plain.get_by_text("1 tagged.")).to_be_visible()
    plain.get_by_role("button", name="Undo").click()
    expect(plain.get_by_text("Undone for 1.")).to_be_visible()


def test_every_view_of_a_list_is_in_sight_on_a_phone(live_site: LiveSite, browser: Browser) -> None:
    width, height = WIDTHS["phone"]
    for page in window(browser.new_context(viewport={"width": width, "height": height})):
        sign_in(page, live_site, "ed")
        page.goto(f"{live_site.url}/desk/posts")
        for link in page.locator(".tabs a").all():
            box = link.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width


# -- the palette


def test_filters_of_the_log_stand_in_one_row(live_site: LiveSite, visitor: Page) -> None:
    sign_in(visitor, live_site, "ada")
    visitor.goto(f"{live_site.url}/desk/activity")
    boxes = [one.bounding_box() for one in visitor.locator(".filters :is(.control, button)").all()]
    assert len({(round(box["y"]), round(box["height"])) for box in boxes if box}) == 1, boxes
    visitor.set_viewport_size({"width": 360, "height": 780})
    search, who = (visitor.locator(f".filters [name={name}]").bounding_box() for name in ("q", "who"))
    assert search
    assert who
    assert search["width"] > 1.5 * who["width"]


def test_tabs_of_the_links_keep_off_the_words_above(live_site: LiveSite, visitor: Page) -> None:
    sign_in(visitor, live_site, "ed")
    visitor.set_viewport_size({"width": 360, "height": 780})
    visitor.goto(f"{live_site.url}/desk/links")
    words, tabs = visitor.locator(".section-note").bounding_box(), visitor.locator(".tabs").bounding_box()
    assert words
    assert tabs
    assert tabs["y"] - words["y"] - words["height"] >= 12


def test_a_few_letters_lead_anywhere(live_site: LiveSite, visitor: Page) -> None:
    sign_in(visitor, live_site, "ed")
    visitor.goto(f"{live_site.url}/desk")
    visitor.keyboard.press("Control+k")
    box = visitor.get_by_role("combobox", name="Jump to")
    expect(box).to_be_focused()
    expect(visitor.locator("#palette [role=option]").first).to_be_visible()
    box.type("not yet")
    expect(visitor.locator("#palette [role=option]")).to_have_count(1)
    option = visitor.get_by_role("option", name=re.compile("Not yet"))
    expect(option).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(option.get_attribute("id")))
    visitor.keyboard.press("Enter")
    visitor.wait_for_url(re.compile(r"/desk/posts/\d+/edit"))


def test_arrows_go_round_and_escape_goes_back(live_site: LiveSite, visitor: Page) -> None:
    sign_in(visitor, live_site, "ed")
    visitor.goto(f"{live_site.url}/desk/posts")
    way = visitor.get_by_role("link", name="Jump to")
    way.focus()
    visitor.keyboard.press("Enter")
    box = visitor.get_by_role("combobox", name="Jump to")
    box.fill("write a")
    expect(visitor.locator("#palette [role=option]")).to_have_count(2)
    selected = visitor.locator("[role=option][aria-selected=true]")
    expect(selected).to_contain_text("Write a post")
    visitor.keyboard.press("ArrowDown")
    expect(selected).to_contain_text("Write a page")
    visitor.keyboard.press("ArrowDown")
    expect(selected).to_contain_text("Write a post")
    box.fill("xyzzy")
    expect(visitor.locator("#palette [role=status]")).to_have_text("Nothing is called like that")
    expect(box).to_have_attribute("aria-expanded", "false")
    visitor.keyboard.press("Escape")
    expect(way).to_be_focused()


def test_jumping_needs_no_script(live_site: LiveSite, plain: Page) -> None:
    sign_in(plain, live_site, "ed")
    plain.goto(f"{live_site.url}/desk")
    plain.get_by_role("link", name="Jump to").click()
    plain.locator("#search-q").fill("not yet")
    plain.keyboard.press("Enter")
    plain.get_by_role("link", name="Not yet").click()
    expect(plain.locator("[name=title]")).to_have_value("Not yet")


# -- the order of the navigation


def labels(page: Page) -> list[str]:
    inputs = page.locator(".link-label input").all()
    return [value for one in inputs if (value := one.input_value())]


def test_navigation_is_ordered_by_keyboard(live_site: LiveSite, visitor: Page) -> None:
    sign_in(visitor, live_site, "ed")
    visitor.goto(f"{live_site.url}/desk/navigation")
    up = visitor.get_by_role("button", name="Move up: About")
    up.focus()
    visitor.keyboard.press("Enter")
    expect(up).to_be_focused()
    expect(visitor.locator(".link-rows > [role=status]")).to_have_text("About is now number 2 of 6.")
    visitor.keyboard.press("Enter")
    assert labels(visitor) == ["About", "Home", "Archive", "Contact"]
    visitor.get_by_role("button", name="Save the navigation").click()
    expect(visitor.get_by_text("The navigation is saved.")).to_be_visible()
    assert labels(visitor) == ["About", "Home", "Archive", "Contact"]


def test_navigation_is_ordered_by_dragging(live_site: LiveSite, visitor: Page) -> None:
    sign_in(visitor, live_site, "ed")
    visitor.goto(f"{live_site.url}/desk/navigation")
    grip, target = visitor.locator(".order-grip").nth(3), visitor.locator("[data-order]").nth(0)
    start, end = grip.bounding_box(), target.bounding_box()
    assert start
    assert end
    visitor.mouse.move(start["x"] + 8, start["y"] + 8)
    visitor.mouse.down()
    visitor.mouse.move(start["x"] + 8, end["y"] + end["height"] / 2, steps=6)
    visitor.mouse.move(start["x"] + 8, end["y"] + 4, steps=3)
    visitor.mouse.up()
    assert labels(visitor) == ["Contact", "Home", "Archive", "About"]
    visitor.get_by_role("button", name="Save the navigation").click()
    with live_site.app.app_context():
        assert [link["label"] for link in Site.load().navigation] == ["Contact", "Home", "Archive", "About"]


def test_navigation_is_ordered_by_number_without_a_script(live_site: LiveSite, plain: Page) -> None:
    sign_in(plain, live_site, "ed")
    plain.goto(f"{live_site.url}/desk/navigation")
    plain.locator("input[name=links-3-position]").fill("0")
    plain.get_by_role("button", name="Save the navigation").click()
    assert labels(plain) == ["Contact", "Home", "Archive", "About"]


# -- everywhere


def test_desk_is_accessible_and_fits_with_something_in_it(live_site: LiveSite, visitor: Page) -> None:
    with live_site.app.app_context():
        fill_the_desk(live_site)
    sign_in(visitor, live_site, "ada")
    problems = []
    for path in (
        "/desk",
        "/desk/jump",
        "/desk/jump?q=story",
        "/desk/posts?tag=notes&sort=-title",
        "/desk/posts?state=trashed",
        "/desk/posts?state=lost",
        "/desk/pages",
        "/desk/people?sort=-posts",
        "/desk/people/3/edit",
        "/desk/activity?q=ann",
        "/desk/navigation",
        "/desk/settings",
    ):
        visitor.goto(live_site.url + path)
        problems += [f"{path}: {flaw}" for flaw in flaws(visitor)]
    visitor.goto(f"{live_site.url}/desk")
    visitor.keyboard.press("Control+k")
    expect(visitor.locator("#palette [role=option]").first).to_be_visible()
    problems += [f"palette: {flaw}" for flaw in flaws(visitor)]
    assert not problems, "\n".join(problems)


def fill_the_desk(site: LiveSite) -> None:
    posts = list(db.session.scalars(db.select(Post).order_by(Post.id)))
    posts[3].trash()
    coming = Post()
    ann = db.session.scalars(User.known_as("ann")).one()
    coming.revise(by=ann, title="Tomorrow's paper", body="Soon.", authors=[ann])
    coming.schedule(clock.now() + timedelta(days=1))
    db.session.commit()
    read(site, 40)


def read(site: LiveSite, views: int) -> None:
    today = clock.now().date()
    db.session.rollback()
    with db.engine.begin() as connection:
        Visit.add(
            connection,
            [
                Tally(today - timedelta(days=ago), 0, f"/post/{1 + ago % 4}/x", "news.example", views, views)
                for ago in ((0,) if views < 10 else range(30))
            ],
        )


def hide(page: Page, is_hidden: bool) -> None:
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        is_hidden,
    )
