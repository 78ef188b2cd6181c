"""The frozen site on a host that has nothing but files: above all its search."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import frozen
from broadsheet.lib.searching import words_of
from broadsheet.transfer.frozen import words
from frozen import RICH, FrozenSite
from newsroom import violations
from stage import Database

# Letters of every script that the search knows rules for, in words.
LETTERS = (
    "Crème BRÛLÉE Straße Łódź Ærø œuvre Đà Nẵng Istanbul İstanbul ıssız naïve e\u0301te\u0301 Ångström "
    "ёлка Ёж їжак θάλασσα Άνθρωπος ΣΊΣΥΦΟΣ σίσυφος القُرآن أحمد محمّد مدرسة مدى שָׁלוֹם हिन्दी தமிழ் ไทยี่ "
    "서울의 日本語 がぎぐ ガ 港の話 𝒜bc 🙂 a1b2 l'été don't snake_case x² ½ Ⅷ 100,000 e-mail"
)


@pytest.fixture(scope="module")
def site(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrozenSite]:
    folder: Path = tmp_path_factory.mktemp("frozen")
    for app in frozen.filled(database, folder):
        yield frozen.freeze(app, folder / "site", plain=True)


@pytest.fixture(scope="module")
def url(site: FrozenSite) -> Iterator[str]:
    with frozen.served(site.folder) as address:
        yield address


def test_finds_while_one_types_and_loads_only_what_it_needs(visitor: Page, url: str) -> None:
    asked: list[str] = []
    visitor.on("request", lambda request: asked.append(request.url.removeprefix(url)))
    visitor.goto(f"{url}/about")
    visitor.keyboard.press("/")
    visitor.wait_for_url("**/search")
    field, said, rows = visitor.locator("#q"), visitor.get_by_role("status"), visitor.locator(".row")
    expect(field).to_be_focused()
    expect(visitor.locator(".search-tags a").first).to_be_visible()
    visitor.keyboard.type("headl", delay=20)
    expect(rows).to_have_count(7)
    expect(said).to_have_text("7 posts")
    expect(visitor.get_by_role("button", name="More")).to_be_hidden()
    expect(visitor.locator(".row-headline mark").first).to_have_text("headline")
    expect(visitor.locator(".row-headline").first).to_contain_text("Story 7")
    assert visitor.url.endswith("/search?q=headl")
    loaded = [path for path in asked if path.startswith("/search/")]
    assert len([path for path in loaded if "/words/" in path]) <= 2, loaded
    field.fill("")
    expect(visitor.locator(".search-tags a").first).to_be_visible()
    visitor.go_back()
    visitor.wait_for_url("**/about")


def test_an_address_with_a_question_answers_it_and_more_are_a_key_away(visitor: Page, url: str) -> None:
    visitor.goto(f"{url}/search?q=words")
    expect(visitor.get_by_role("status")).to_have_text("More than 10 posts, the best first")
    expect(visitor.locator(".row")).to_have_count(10)
    visitor.get_by_role("button", name="More").press("Enter")
    expect(visitor.locator(".row").nth(10)).to_be_visible()
    expect(visitor.locator(".row").nth(10).locator("a")).to_be_focused()
    visitor.keyboard.press("Enter")
    visitor.wait_for_url("**/post/**")
    expect(visitor.locator("h1")).to_be_visible()


QUESTIONS = {
    "everything once": ["Everything at once"],
    "strasse": ["Der Hafen"],
    "FLUß": ["Der Hafen"],
    "مَرْحَبا": ["مرحبا بالعالم"],
    "港の": ["港の話"],
    "pear": ["Unlisted apple"],
    '"hidden pear"': ["Unlisted apple"],
    '"pear hidden"': [],
    "tag:rich": ["Everything at once"],
    'tag:"crème brulee" 3': ["Story 3: a headline"],
    'hafen author:"Ada Admin"': ["Der Hafen"],
    "hafen author:ann": [],
    "hafen after:2020": ["Der Hafen"],
    "hafen before:2020": [],
    "secret": [],
}


def test_questions(visitor: Page, url: str, subtests: pytest.Subtests) -> None:
    for question, found in QUESTIONS.items():
        with subtests.test(question):
            visitor.goto(f"{url}/search")
            visitor.locator("#q").fill(question)
            visitor.locator("#q").press("Enter")
            if not found:
                expect(visitor.locator(".search-none h2")).to_have_text("Nothing found")
            expect(visitor.locator(".row-headline")).to_have_text(found)


def test_what_is_nearly_right_is_suggested_and_what_makes_no_sense_is_told(visitor: Page, url: str) -> None:
    visitor.goto(f"{url}/search?q=headlnie")
    visitor.locator(".search-none a strong").click()
    expect(visitor.locator(".row")).to_have_count(7)
    visitor.locator("#q").fill("tag:nobody before:soon author:")
    expect(visitor.locator(".search-advice")).to_have_count(3)
    expect(visitor.locator(".search-advice").nth(2)).to_have_text("No post has the tag “nobody”.")
    expect(visitor.locator(".search-none")).to_contain_text("look through the archive")
    visitor.locator("#q").fill("havem")  # too far from what there is, Hafen
    expect(visitor.locator(".search-advice")).to_have_count(0)
    expect(visitor.locator(".search-none")).to_contain_text("look through the archive")


def test_says_when_the_index_cannot_be_loaded_and_looks_again(visitor: Page, url: str) -> None:
    visitor.goto(f"{url}/search")
    visitor.route("**/search/**", lambda route: route.abort())
    visitor.locator("#q").fill("headline")
    expect(visitor.get_by_role("status")).to_contain_text("could not be loaded")
    visitor.unroute("**/search/**")
    visitor.locator("#q").press("Enter")
    expect(visitor.locator(".row")).to_have_count(7)


def test_without_a_script_it_says_so_and_leads_to_the_archive(plain: Page, url: str) -> None:
    plain.goto(f"{url}/search")
    expect(plain.locator(".search-advice")).to_contain_text("needs JavaScript")
    expect(plain.locator("#q")).to_be_hidden()
    plain.locator(".search-advice a").click()
    plain.wait_for_url("**/archive")


def test_words_are_those_of_the_site(visitor: Page, url: str, site: FrozenSite) -> None:
    visitor.goto(f"{url}/search")
    script = visitor.locator('script[src*="frozen-search"]').get_attribute("src")
    found = visitor.evaluate(
        """async ([script, letters, text]) => {
            const { folding, wordsOf } = await import(script);
            return wordsOf(text, folding(letters));
        }""",
        [script, words.letters(), LETTERS],
    )
    assert found == words_of(LETTERS)


def test_pages_of_lists_forms_and_what_is_not_there(visitor: Page, url: str) -> None:
    visitor.goto(url)
    visitor.locator('.pagination a[rel="next"]').click()
    visitor.wait_for_url("**/page/2")
    expect(visitor.locator(".pagination [aria-current]")).to_contain_text("2")
    visitor.goto(f"{url}/post/1")
    visitor.wait_for_url("**/post/1/story-1-a-headline")
    visitor.goto(f"{url}/contact")
    expect(visitor.locator("main")).to_contain_text("made of files alone")
    answer = visitor.goto(f"{url}/nothing/here")
    assert answer is not None
    assert answer.status == 404
    visitor.locator("#q").fill("hafen")
    visitor.locator("#q").press("Enter")
    expect(visitor.locator(".row-headline")).to_have_text(["Der Hafen"])
    visitor.goto(f"{url}/{RICH.removesuffix('.html')}")
    expect(visitor.locator(".chart").first).to_be_visible()


def test_it_is_within_reach_of_everybody(visitor: Page, url: str) -> None:
    visitor.set_viewport_size({"width": 360, "height": 740})
    pages = {
        "search": ".search-tags",
        "search?q=words": ".row",
        "search?q=tag:no": ".search-none",
        "contact": "h1",
    }
    for path, shown in pages.items():
        visitor.goto(f"{url}/{path}")
        expect(visitor.locator(shown).first).to_be_visible()
        assert violations(visitor) == []
        assert visitor.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
