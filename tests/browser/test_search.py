"""The search as readers use it: by keyboard, while they type, without a script."""

from playwright.sync_api import Page, expect

from newsroom import LiveSite, violations


def test_the_slash_leads_there_from_every_page(visitor: Page, shared_site: LiveSite) -> None:
    visitor.goto(f"{shared_site.url}/post/1/")
    visitor.keyboard.press("/")
    visitor.wait_for_url("**/search")
    expect(visitor.locator("#q")).to_be_focused()
    visitor.keyboard.type("a/b")
    expect(visitor.locator("#q")).to_have_value("a/b")
    visitor.locator("#q").blur()
    visitor.keyboard.press("/")
    expect(visitor.locator("#q")).to_be_focused()


def test_the_slash_can_be_turned_off(visitor: Page, shared_site: LiveSite) -> None:
    visitor.goto(f"{shared_site.url}/search")
    visitor.locator("summary").click()
    visitor.locator("#slash").uncheck()
    visitor.goto(f"{shared_site.url}/about")
    visitor.keyboard.press("/")
    visitor.wait_for_timeout(300)
    assert visitor.url.endswith("/about")


def test_results_change_while_one_types(visitor: Page, shared_site: LiveSite) -> None:
    visitor.goto(f"{shared_site.url}/about")
    visitor.locator(".masthead-search").click()
    field, said = visitor.locator("#q"), visitor.get_by_role("status")
    expect(field).to_be_focused()
    visitor.keyboard.type("headl", delay=20)
    expect(visitor.locator(".row")).to_have_count(10)
    expect(said).to_have_text("More than 10 posts, the best first")
    expect(visitor.locator(".row-headline mark").first).to_have_text("headline")
    assert visitor.url.endswith("/search?q=headl")
    field.fill("storey")
    expect(said).to_have_text("Nothing found")
    expect(visitor.locator(".search-none a strong")).to_have_text("story")
    # However much was typed, Back leads to where one came from.
    visitor.go_back()
    visitor.wait_for_url("**/about")


def test_a_result_that_comes_late_does_not_stand(visitor: Page, shared_site: LiveSite) -> None:
    def slowly(route) -> None:  # type: ignore[no-untyped-def]
        if route.request.url.endswith("q=story"):
            visitor.wait_for_timeout(600)
        route.continue_()

    visitor.goto(f"{shared_site.url}/search")
    visitor.route("**/search/results*", slowly)
    visitor.locator("#q").fill("story")
    visitor.wait_for_timeout(250)
    visitor.locator("#q").fill("nothinglikethat")
    expect(visitor.get_by_role("status")).to_have_text("Nothing found")
    visitor.wait_for_timeout(700)
    expect(visitor.locator(".row")).to_have_count(0)


def test_without_the_server_it_says_so_and_enter_still_searches(visitor: Page, shared_site: LiveSite) -> None:
    visitor.goto(f"{shared_site.url}/search")
    visitor.route("**/search/results*", lambda route: route.abort())
    visitor.locator("#q").fill("story")
    expect(visitor.get_by_role("status")).to_contain_text("Press Enter")
    visitor.locator("#q").press("Enter")
    expect(visitor.locator(".row")).to_have_count(10)


def test_works_without_a_script(plain: Page, shared_site: LiveSite) -> None:
    plain.goto(shared_site.url)
    plain.locator(".masthead-search").click()
    plain.locator("#q").fill("headline 7")
    plain.locator("#q").press("Enter")
    expect(plain.locator(".row-headline").first).to_contain_text("Story 7")
    plain.locator("summary").click()
    expect(plain.locator("#search-how")).to_be_visible()
    expect(plain.locator("#slash")).to_be_hidden()
    plain.goto(f"{shared_site.url}/story-7-what-a-long.html")
    plain.get_by_role("search").get_by_role("button").click()
    plain.wait_for_url("**/search?q=story+what+long")


def test_what_is_found_is_within_reach_of_everybody(visitor: Page, shared_site: LiveSite) -> None:
    visitor.set_viewport_size({"width": 360, "height": 740})
    visitor.goto(f"{shared_site.url}/search")
    visitor.locator("#q").fill("story tag:none before:soon")
    expect(visitor.locator(".search-advice")).to_have_count(2)
    assert violations(visitor) == []
    visitor.locator("#q").fill("story")
    expect(visitor.locator(".row")).to_have_count(10)
    visitor.locator("summary").click()
    assert violations(visitor) == []
    assert visitor.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visitor.goto(f"{shared_site.url}/about")
    box = visitor.locator(".masthead-search").bounding_box()
    assert box is not None
    assert box["width"] >= 24
    assert box["height"] >= 24
    assert box["x"] + box["width"] <= 360


def test_no_script_puts_in_html_but_by_the_policy_of_the_page(visitor: Page, shared_site: LiveSite) -> None:
    page = visitor.context.browser.new_page()  # whose complaints are the point
    page.goto(f"{shared_site.url}/search?q=headline")
    refused = page.evaluate(
        """() => {
          const tries = {
            html: () => { document.body.innerHTML = "<img src=x onerror=alert(1)>"; },
            parser: () => new DOMParser().parseFromString("<p>", "text/html"),
            policy: () => trustedTypes.createPolicy("another", { createHTML: (html) => html }),
          };
          return Object.keys(tries).filter((name) => {
            try { tries[name](); return false; } catch (error) { return error instanceof TypeError; }
          });
        }"""
    )
    assert refused == ["html", "parser", "policy"]
    expect(page.locator(".row").first).to_be_visible()
    page.close()
