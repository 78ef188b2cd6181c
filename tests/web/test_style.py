import gzip
import re
from pathlib import Path

from broadsheet.extensions import db
from broadsheet.lib.colour import accents
from broadsheet.lib.markdown import render
from broadsheet.models import Correction, Post, Series, Site, Tag
from broadsheet.web.style import BUNDLES, CARRIED_FOR, LOOKS, minified
from hard_posts import POSTS
from markup import Page

ROOT = Path(__file__).parents[2]
CSS, TEMPLATES = ROOT / "static" / "css", ROOT / "templates"


def test_reader_needs_no_other_request_for_the_look(client):
    page = Page(client.get("/").text)
    assert not page.all("link", rel="stylesheet")
    assert len(page.all("style")) == 1
    # A module waits until the page stands; what is linked data does not run.
    assert {script["type"] for script in page.all("script")} <= {"application/ld+json", "module"}


def test_desk_links_its_files(sign_in, ann):
    links = Page(sign_in(ann).get("/desk").text).all("link", rel="stylesheet")
    files = [re.fullmatch(r"/static/[0-9a-f]{12}/css/(.+)\.css", link["href"])[1] for link in links]
    assert files == list(BUNDLES["desk"])


def test_nothing_of_the_desk_has_the_name_of_something_in_a_text():
    """A preview at the desk is styled by both: their rules would meet."""
    elements = list(Page(render(POSTS["everything"].body).html).walk())
    in_texts = {name for element in elements for name in element.get("class").split()}
    of_the_desk = set(BUNDLES["desk"]) - set(BUNDLES["reader"])
    named = {
        name: set(re.findall(r"\.([a-z][\w-]*)", (CSS / f"{name}.css").read_text())) for name in of_the_desk
    }
    assert {name: classes & in_texts for name, classes in named.items() if classes & in_texts} == {}


def test_every_file_is_used_and_every_bundle_has_its_files():
    bundled = {name for names in (BUNDLES | LOOKS).values() for name in names}
    files = {file.stem for file in CSS.glob("*.css")}
    templates = "".join(file.read_text() for file in TEMPLATES.rglob("*.html"))
    linked = {name for name in files if f"css/{name}.css" in templates}
    assert bundled | linked == files


def test_only_a_post_with_code_carries_its_colours(client, ann):
    for title, body in (("Plain", "Words."), ("Code", "```python\npass\n```")):
        page = Page(client.get(published(ann, title, body).path).text)
        assert ("--code-keyword" in page.one("style").text) == (title == "Code")
        scripts = [script["src"] for script in page.all("script", type="module")]
        assert any("slash" not in script for script in scripts) == (title == "Code")


def test_page_carries_the_style_of_everything_on_it_and_of_little_else(client, ann, app):
    """A class that only files name that were left out would stand there without its style."""
    assert CARRIED_FOR.keys() < set(BUNDLES["reader"])
    series = Series.create(name="Letters")
    hard = [POSTS[name] for name in ("everything", "200-footnotes", "huge-table")]
    posts = [published(ann, one.title, one.body) for one in hard]
    for post in posts:
        post.series = series
    Correction.make(post, body="It was wrong.", by=ann)
    plain = published(ann, "Plain", "Words.")
    paths = [post.path for post in (*posts, plain)]
    paths += ["/", "/contact", "/submit", "/search", "/search?q=words", "/search?q=none", "/nothing", "/tags"]
    paths += ["/tag/notes", "/series", "/series/letters", "/authors", "/user/ann", "/archive"]
    files = {name: (CSS / f"{name}.css").read_text() for name in BUNDLES["reader"]}
    classes = {name: set(re.findall(r"\.([a-z][\w-]*)", css)) for name, css in files.items()}
    for path in paths:
        page = client.get(path).text
        style = re.search("<style>(.*?)</style>", page)[1]
        styled = set().union(*(classes[name] for name, css in files.items() if minified(css) in style))
        shown = {word for words in re.findall(r'class="([^"]+)"', page) for word in words.split()}
        for script in Page(page).all("script", type="module"):
            code = (ROOT / "static" / script["src"].split("/", 3)[3]).read_text()
            shown |= {word for words in re.findall(r'className: "([^"]+)"', code) for word in words.split()}
        assert shown & set().union(*classes.values()) <= styled, path
    style = re.search("<style>(.*?)</style>", client.get(plain.path).text)[1]
    assert not [
        name for name in ("front", "forms", "code", "figures", "rows") if minified(files[name]) in style
    ]


def published(author, title, body):
    post = Post()
    post.revise(by=author, title=title, body=body, authors=[author], tags=Tag.named(["Notes"]))
    post.publish()
    db.session.commit()
    return post


def test_layers_are_named_first():
    for names in BUNDLES.values():
        assert names[0] == "layers"


def test_owners_accent_stands_in_the_page_in_two_legible_shades(client):
    Site.load().change(accent="#00ff00")
    style = Page(client.get("/").text).one("style").text
    for shade in accents("#00ff00"):
        assert shade in style


def test_browser_is_told_the_colour_of_the_paper_in_both_schemes(client):
    """So that what it draws around the page, on a telephone, is of one piece with it."""
    tokens = re.findall(r"--paper: (#\w+);", (CSS / "tokens.css").read_text())
    for path in ("/", "/login"):
        told = Page(client.get(path).text).all("meta", name="theme-color")
        assert [(one["media"], one["content"]) for one in told] == [
            ("(prefers-color-scheme: light)", tokens[0]),
            ("(prefers-color-scheme: dark)", tokens[1]),
        ]


def test_comments_and_needless_space_are_left_out():
    css = "/* why */\n.a > .b ,\n.c {\n  margin: 0 calc(1px + 2px);\n  color: red;\n}\n"
    assert minified(css) == ".a>.b,.c{margin:0 calc(1px + 2px);color:red}"


def test_style_of_a_plain_post_leaves_room_for_its_text_in_the_first_round_trip(client, ann):
    style = Page(client.get(published(ann, "Plain", "Words.").path).text).one("style").text
    assert len(gzip.compress(style.encode())) < 5_500  # of the 14,000 bytes of the first ten TCP segments
