"""Each example of docs/guide/plugins.md, as a reader would copy it from the page."""

import re
from pathlib import Path

import pytest

from broadsheet.commands import shell
from broadsheet.extensions import db
from broadsheet.models import Post
from broadsheet.plugins import Plugin
from markup import Page

PAGE = (Path(__file__).parents[1] / "docs" / "guide" / "plugins.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"`instance/plugins/([\w/.]+)`:\n\n```\w+\n(.*?)```", PAGE, re.DOTALL))
WHAT = {
    "on": "ticker.py", "blueprint": "numbers.py", "templates": "colophon/__init__.py",
    "desk_page": "longest/__init__.py", "block": "poem.py", "command": "tally.py",
}  # fmt: skip


@pytest.fixture
def empty_app(make_app, tmp_path):
    """A site with all of them."""
    for name, source in EXAMPLES.items():
        file = tmp_path / "instance" / "plugins" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")
    return make_app()


def test_there_is_an_example_of_everything_that_a_plugin_can_add(app):
    can = {name for name in vars(Plugin) if not name.startswith("_")}
    assert set(WHAT) == can
    for name, example in WHAT.items():
        assert f"plugin.{name}(" in EXAMPLES[example]
        assert f"`plugin.{name}(" in PAGE
    entries = app.extensions["broadsheet_plugins"].entries
    assert {entry.name for entry in entries} == {
        name.partition("/")[0].removesuffix(".py") for name in EXAMPLES
    }
    assert [entry.problem for entry in entries if entry.problem] == []


def test_the_signal(app, draft):
    draft.publish()
    db.session.commit()
    assert (Path(app.instance_path) / "ticker.txt").read_text() == f"A draft {draft.path}\n"


def test_the_pages_go_through_the_press_and_are_never_old(app, client, post, draft):
    made = app.extensions["broadsheet_press"]
    first = client.get("/numbers")
    assert (first.json, first.headers["Cache-Control"].split(",")[0]) == ({"posts": 1}, "public")
    before = made.made
    assert client.get("/numbers").json == {"posts": 1}
    assert made.made == before
    draft.publish()
    db.session.commit()
    assert client.get("/numbers").json == {"posts": 2}


def test_the_template_has_the_look_and_the_policy_of_the_site(client):
    answer = client.get("/colophon")
    page = Page(answer.text)
    assert page.one("h1").text == "Colophon"
    assert "is made with Broadsheet" in page.one("main").text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


def test_the_page_of_the_desk_is_for_those_with_the_ability(client, sign_in, ann, ed, post):
    browser = sign_in(ed)
    page = Page(browser.get("/desk/longest").text)
    assert page.one("h1").text == "Longest posts"
    assert page.one("tbody").text.split() == f"{post.title}{post.word_count}".split()
    assert [link.text for link in page.all("a", class_="desk-link") if "aria-current" in link.attributes] == [
        "Longest posts"
    ]
    assert "Longest posts" in browser.get("/desk/jump?q=longest").text
    assert sign_in(ann).get("/desk/longest").status_code == 403
    assert "/desk/longest" not in sign_in(ann).get("/desk").text
    assert client.get("/desk/longest").location.startswith("/login")


def test_the_block(ann):
    (typed,) = re.findall(r"```text\n(::: poem.*?)```", PAGE, re.DOTALL)
    post = Post()
    post.revise(by=ann, title="Verse", body=f"Before.\n\n{typed}\nAfter.", authors=[ann], tags=[])
    assert post.html == (
        '<p>Before.</p>\n<div class="block block-poem"><blockquote><p>Hope is the thing with feathers<br>'
        "That perches in the soul</p><p><cite>Emily Dickinson</cite></p></blockquote></div>\n<p>After.</p>\n"
    )


def test_the_texts_are_rendered_anew_as_the_page_says(app, post):
    lines = re.findall(r"^>>> (.*)$", PAGE, re.MULTILINE)
    for line in lines:
        exec(line, shell.names())  # noqa: S102  what a reader types
    db.session.expire_all()
    assert post.rendered_with == 0


def test_the_command(runner, post):
    said = runner.invoke(args=["tally"])
    assert (said.exit_code, said.output) == (0, f"{post.word_count} words\n")
