"""The hard posts come out of the pipeline whole, with every id once, and in bounded time and size."""

import pytest

from broadsheet.lib.markdown import render
from effort import seconds
from hard_posts import POSTS, write
from markup import VOID, Page

ROUGHLY = 0.02  # seconds for a kilobyte, ten times what it takes


@pytest.mark.parametrize("name", POSTS)
def test_hard_post_is_well_made(name):
    body = POSTS[name].body
    document = render(body)
    assert seconds(render, body) < 1 + ROUGHLY * len(body.encode()) / 1000
    page = Page(document.html)
    ids = [element["id"] for element in page.walk() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for link in page.all("a"):
        if link.get("href").startswith("#"):
            assert link["href"][1:] in ids
    levels = [
        int(element.name[1]) for element in page.walk() if element.name in ("h2", "h3", "h4", "h5", "h6")
    ]
    assert all(after <= before + 1 for before, after in zip([1, *levels], levels, strict=False))
    assert not any(element.children for element in page.walk() if element.name in VOID)


def test_a_hard_post_shows_all_that_it_has():
    notes = Page(render(POSTS["200-footnotes"].body).html)
    assert len(notes.one("section", class_="footnotes").all("li")) == 200
    assert len(notes.all("a", role="doc-backlink")) == 400
    levels = render(POSTS["12-levels"].body).html
    assert "level 12" in levels
    assert levels.count("<ul>") == levels.count("<ol>") == 12
    assert len(Page(render(POSTS["huge-table"].body).html).all("tr")) == 251
    everything = render(POSTS["everything"].body)
    assert everything.needs == ["chart", "code", "data", "embed"]
    assert everything.troubles == []
    assert {f"callout-{kind}" for kind in ("note", "tip", "important", "warning", "caution")} <= {
        name for aside in Page(everything.html).all("aside") for name in aside["class"].split()
    }


def test_hard_posts_can_be_written_as_files(tmp_path):
    write(tmp_path)
    assert len(list(tmp_path.glob("*.md"))) == len(POSTS)
    assert (tmp_path / "2026-02-01-very-long-title.md").read_text().startswith('---\ntitle: "')
