"""The pages of the API, and those of tokens, as a mouse finds them."""

from playwright.sync_api import Page, expect

from newsroom import LiveSite, sign_in


def test_a_click_on_a_language_shows_its_snippet(visitor: Page, plain: Page, shared_site: LiveSite) -> None:
    for page in (visitor, plain):
        page.goto(f"{shared_site.url}/api/docs/posts")
        snippets = page.locator(".api-snippets").first
        for place, language in ((1, "Python"), (2, "JavaScript"), (0, "curl")):
            label = snippets.locator("label", has_text=language)
            label.scroll_into_view_if_needed()
            box = label.bounding_box()
            assert box
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.mouse.down()
            assert label.bounding_box() == box  # it stays under the mouse
            page.mouse.up()
            expect(snippets.locator(".api-snippet").nth(place)).to_be_visible()
            expect(snippets.locator(".api-snippet:visible")).to_have_count(1)


def test_what_a_token_may_do_stands_beside_its_group(visitor: Page, shared_site: LiveSite) -> None:
    sign_in(visitor, shared_site, "ann")
    visitor.goto(f"{shared_site.url}/account/tokens")
    group = visitor.locator(".scopes-group").first
    legend = group.locator("legend").bounding_box()
    boxes = [one.bounding_box() for one in group.get_by_role("checkbox").all()]
    assert legend
    assert len(boxes) == 3
    assert all(box and box["x"] > legend["x"] + legend["width"] for box in boxes)
