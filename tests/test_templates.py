"""Every template, walked."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from broadsheet import create_app
from stage import settings

TEMPLATES = Path(__file__).parents[1] / "templates"
NAMES = sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.*"))
# What others include, import or extend; a mail has no title.
PAGES = [
    name
    for name in NAMES
    if name.endswith(".html")
    and name.split("/")[0] not in ("layouts", "components")
    and not name.split("/")[-1].startswith("_")
]

# These extend what they are told to.
WITHIN_ANOTHER = {"desk/previews/show.html", "previews/show.html"}

# Markup that is not escaped, and why it is safe.
SAFE = {
    "components/icons.html": "shapes.get(name, shapes.dot)",  # written in that file
    "account/authenticator_app.html": "qr_code",  # drawn by lib/one_time_codes.py
    "api_docs/index.html": "introduction.html",  # our own words, through the Markdown pipeline
    # These come from the Markdown pipeline, which sanitises at save.
    "components/corrections.html": "correction.html",
    "components/text.html": "content.html",
    "components/topics.html": "topic.description_html",
    "desk/comparisons/show.html": "html",
    "desk/revisions/show.html": "proof.html",
    "desk/submissions/show.html": "document.html",
    "layouts/_footer.html": "site.footer_html",
    "people/show.html": "person.bio_html",
}


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(walked, name):
    walked.jinja_env.get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_page_has_a_title_and_a_layout(walked, name):
    if name in WITHIN_ANOTHER:
        return
    blocks, extended = lineage(walked, name)
    # The desk makes its title of the heading.
    assert blocks & {"title", "full_title", "heading"}, "no title block"
    assert extended[-1] == "layouts/base.html"


@pytest.mark.parametrize("name", NAMES)
def test_style_and_script_stand_in_files_of_their_own(name):
    source = read(name)
    assert not re.search(r"""\sstyle\s*=\s*["'{]""", source)
    assert not re.search(r"""\son[a-z]+\s*=\s*["'{]""", source)
    assert not re.search(r"<style\b|<script\b(?![^>]*\bsrc=)|javascript:", source)


@pytest.mark.parametrize("name", NAMES)
def test_drawing_has_a_size_of_its_own(name):
    """Without one it fills the page as soon as its style is missing, or a theme replaces it."""
    for drawing in re.findall(r"<svg\b[^>]*>", read(name)):
        assert re.search(r'\swidth="\d+" height="\d+"', drawing), drawing


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_loaded_from_elsewhere(name):
    assert not re.search(r"""\b(?:src|href|action)\s*=\s*["'](?:https?:)?//""", read(name))


@pytest.mark.parametrize("name", NAMES)
def test_markup_is_trusted_only_where_a_reason_is_given(name):
    trusted = re.findall(r"([\w.]+(?:\([^)]*\))?)\s*\|\s*safe\b", read(name))
    assert trusted == ([SAFE[name]] if name in SAFE else [])
    assert "autoescape" not in read(name)


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_to_endpoints_that_exist(walked, name):
    for call in parsed(walked, name).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "url_for":
            endpoint = call.args[0]
            if isinstance(endpoint, nodes.Const):
                assert endpoint.value in walked.view_functions


@pytest.mark.parametrize("name", NAMES)
def test_form_that_posts_carries_a_token(name):
    for form in re.findall(r"""<form\b[^>]*method=["']post["'].*?</form>""", read(name), re.DOTALL):
        assert re.search(r"csrf_token|hidden_tag\(\)", form)


def test_every_reason_is_about_a_template_that_exists():
    assert set(SAFE) <= set(NAMES)


@pytest.fixture(scope="module")
def walked(tmp_path_factory) -> Flask:
    """A site for its templates and addresses only: nothing is asked of its database."""
    folder = tmp_path_factory.mktemp("walked")
    return create_app(settings(folder, f"sqlite:///{folder}/nothing.sqlite3"))


def read(name: str) -> str:
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    return re.sub(r"{#.*?#}", "", source, flags=re.DOTALL)


def parsed(walked: Flask, name: str) -> nodes.Template:
    return walked.jinja_env.parse(read(name))


def lineage(walked: Flask, name: str) -> tuple[set[str], list[str]]:
    """The blocks that the template and those it extends fill in, layouts aside; and what it extends."""
    blocks: set[str] = set()
    extended = [name]
    while parents := list(parsed(walked, extended[-1]).find_all(nodes.Extends)):
        if not extended[-1].startswith("layouts/"):
            blocks |= {block.name for block in parsed(walked, extended[-1]).find_all(nodes.Block)}
        extended.append(parents[0].template.value)
    return blocks, extended[1:]
