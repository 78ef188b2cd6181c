import gzip
from pathlib import Path

from broadsheet.extensions import db
from broadsheet.lib.colour import accents
from broadsheet.models import Post, Site
from broadsheet.web.style import BUNDLES, EXTRAS, LOOKS, minified
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
    files, versions = zip(*(link["href"].split("?v=") for link in links), strict=True)
    assert list(files) == [f"/static/css/{name}.css" for name in BUNDLES["desk"]]
    assert all(versions)


def test_every_file_is_used_and_every_bundle_has_its_files():
    bundled = {name for names in (BUNDLES | EXTRAS | LOOKS).values() for name in names}
    files = {file.stem for file in CSS.glob("*.css")}
    templates = "".join(file.read_text() for file in TEMPLATES.rglob("*.html"))
    linked = {name for name in files if f"css/{name}.css" in templates}
    assert bundled | linked == files


def test_only_a_post_with_code_carries_its_colours(client, ann):
    for title, body in (("Plain", "Words."), ("Code", "```python\npass\n```")):
        post = Post()
        post.revise(by=ann, title=title, body=body, authors=[ann])
        post.publish()
        db.session.commit()
        page = Page(client.get(post.path).text)
        assert ("--code-keyword" in page.one("style").text) == (title == "Code")
        scripts = [script["src"] for script in page.all("script", type="module")]
        assert any("slash" not in script for script in scripts) == (title == "Code")


def test_layers_are_named_first():
    for names in BUNDLES.values():
        assert names[0] == "layers"


def test_owners_accent_stands_in_the_page_in_two_legible_shades(client):
    Site.load().change(accent="#00ff00")
    style = Page(client.get("/").text).one("style").text
    for shade in accents("#00ff00"):
        assert shade in style


def test_comments_and_needless_space_are_left_out():
    css = "/* why */\n.a > .b ,\n.c {\n  margin: 0 calc(1px + 2px);\n  color: red;\n}\n"
    assert minified(css) == ".a>.b,.c{margin: 0 calc(1px + 2px);color: red}"


def test_style_leaves_room_for_a_post_in_the_first_round_trip(client):
    style = Page(client.get("/").text).one("style").text
    assert len(gzip.compress(style.encode())) < 10_000  # of the 14,000 bytes of the first ten TCP segments
