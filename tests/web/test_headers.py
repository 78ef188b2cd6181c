import base64
import hashlib
import re

import pytest

from broadsheet.extensions import db
from broadsheet.models import Page as OwnPage
from broadsheet.models import Post, Role, Site
from stage import person

PUBLIC = [
    "/",
    "/about",
    "/archive",
    "/archive/{year}",
    "/post/{id}/{slug}",
    "/tag/notes",
    "/user/ann",
    "/imprint",
]
FORMS = ["/contact", "/contact/thanks", "/submit", "/submit/thanks"]
ERRORS = ["/nothing", "/no/such/address"]


@pytest.mark.parametrize("path", PUBLIC + FORMS + ERRORS)
def test_visitor_gets_no_cookie_and_one_page_for_all(client, content, path):
    answer = client.get(content(path))
    assert answer.status_code == (404 if path in ERRORS else 200)
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_may_be_kept_but_is_asked_for_again(client, content, path):
    headers = client.get(content(path)).headers
    assert headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert headers["ETag"]


@pytest.mark.parametrize("path", PUBLIC)
def test_page_of_somebody_signed_in_is_kept_by_no_shared_cache(sign_in, ann, content, path):
    answer = sign_in(ann).get(content(path))
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("path", PUBLIC + FORMS + ERRORS)
def test_policy_allows_our_own_things_and_the_style_in_the_page(client, content, path):
    answer = client.get(content(path))
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    styles = re.findall("<style>(.*?)</style>", answer.text, re.DOTALL)
    assert styles
    for style in styles:
        assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in policy


@pytest.mark.parametrize("path", ["/", "/nothing", "/contact", "/health/live", "/static/css/tokens.css"])
def test_every_answer_wears_the_armour(client, path):
    with client.get(path) as answer:
        headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_browser_stays_on_https_once_it_has_been_there(client):
    assert "Strict-Transport-Security" not in client.get("/").headers
    assert "Strict-Transport-Security" in client.get("/", base_url="https://localhost").headers


def test_etag_changes_with_what_the_page_shows(client, post):
    before = client.get("/").headers["ETag"]
    Site.load().change(tagline="All the news")
    after = client.get("/").headers["ETag"]
    assert before != after
    assert client.get("/", headers={"If-None-Match": before}).status_code == 200
    assert client.get("/", headers={"If-None-Match": after}).status_code == 304


def test_answer_without_a_body_has_the_same_headers(client, post):
    get, head = client.get(post.path), client.head(post.path)
    for name in ("ETag", "Content-Type", "Content-Length", "Cache-Control", "Content-Security-Policy"):
        assert get.headers[name] == head.headers[name]


def test_canonical_address_is_the_sites_own_when_it_is_known(make_app):
    app = make_app(BROADSHEET_SITE_URL="https://news.example", BROADSHEET_TRUSTED_HOSTS="elsewhere.example")
    with app.app_context():
        person("Ada Admin", Role.ADMIN)
        answer = app.test_client().get("/archive", base_url="http://elsewhere.example")
        assert '<link rel="canonical" href="https://news.example/archive">' in answer.text


@pytest.fixture
def content(post, page):
    """Fills in what stands in an address, on a site with something to read."""
    about = OwnPage()
    about.revise(by=None, title="About", slug="about", body="We.")
    about.publish()
    db.session.commit()
    return lambda path: path.format(id=post.id, slug=post.slug, year=post.published_at.year)


def test_frames_are_let_in_from_where_the_text_embeds_and_on_no_other_page(client, ann):
    post = Post()
    body = "https://youtu.be/aqz-KE-bpKQ\n\nhttps://mastodon.social/@Gargron/100254678717223630"
    post.revise(by=ann, title="With a film", body=body, authors=[ann])
    post.publish()
    db.session.commit()
    policy = client.get(post.path).headers["Content-Security-Policy"]
    assert "; frame-src https://mastodon.social https://www.youtube-nocookie.com; " in policy
    for path in ("/", "/contact", "/nowhere"):
        assert "; frame-src 'none'; " in client.get(path).headers["Content-Security-Policy"]
