"""`manage.py freeze`: a site of every kind of content as files, beside the site itself."""

import json
import re
from urllib.parse import quote, unquote, urlsplit

import pytest
import sqlalchemy as sa

import frozen
from broadsheet.extensions import db
from broadsheet.models import Alias, Page, Post, Role, Tag
from broadsheet.transfer.freeze import SiteError
from broadsheet.transfer.frozen import plain
from broadsheet.transfer.frozen.folder import FolderError
from broadsheet.transfer.frozen.places import Address, address_of, file_of
from frozen import OWN, RICH, RULES, URL, address, files
from markup import Page as HtmlPage
from stage import person


@pytest.fixture
def small(make_app):
    """A site with a page and a post."""
    app = make_app(BROADSHEET_SITE_URL=URL, BROADSHEET_PRESS_SIZE="0")
    with app.app_context():
        person("Ada Admin", Role.ADMIN)
        publish(Post(), title="A post")
        publish(Page(), title="Imprint")
        yield app


def publish(content, **said):
    content.revise(by=None, **{"body": "Words."} | said)
    content.publish()
    db.session.commit()
    return content


def test_every_file_is_what_the_site_answers(site, live):
    compared = 0
    for name in files(site.folder) - OWN - RULES - {"404.html"}:
        if name.startswith("search/"):
            continue
        status, body, _ = live(address(name))
        assert (name, status) == (name, 200)
        assert site.read(name) == body, name
        compared += 1
    assert compared > 100
    assert site.read("404.html") == live("/post/0/0")[1]


def test_everything_that_the_site_tells_of_is_there(site, live):
    there = files(site.folder)
    told = re.findall(r"<loc>(.*?)</loc>", live("/sitemap.xml")[1].decode())
    assert len(told) > 20
    assert {"orphan.html", "orphan.md"} <= there
    for one in told:
        path = address_of(one.removeprefix(URL))
        assert file_of(path, is_html="." not in path.path) in there


@pytest.mark.parametrize("which", ["site", "plain_site"])
def test_no_link_leads_nowhere(which, request, live):
    """But one that a text has, and the site does not: the report names it."""
    site = request.getfixturevalue(which)
    there, dead = files(site.folder), set()
    redirects = {line.split()[0] for line in site.read("_redirects").decode().splitlines()}
    for name in there:
        if not name.endswith(".html"):
            continue
        page = HtmlPage(site.read(name).decode())
        for tag, attribute in (("a", "href"), ("img", "src"), ("link", "href"), ("script", "src")):
            for one in page.all(tag):
                link = (one.get(attribute) or "").removeprefix(URL)
                if not link.startswith("/") or urlsplit(link).path == "/search":
                    continue
                to = address_of(link)
                if which == "plain_site":
                    assert to.page == 1, (name, link)
                is_there = {file_of(to, True), file_of(to, False) if to.path != "/" else "index.html"} & there
                if not is_there and quote(to.path) not in redirects:
                    dead.add(to.path)
    assert dead == {"/nothing-here", "/desk"}
    assert site.report.problems == [f"/{RICH.removesuffix('.html')}: the link to /nothing-here leads nowhere"]


def test_what_visitors_do_not_see_is_not_there(site):
    names = files(site.folder)
    assert not [name for name in names if "secret" in name.lower()]
    for name in names:
        assert b"Secret" not in site.read(name), name
        assert b"secret" not in site.read(name), name
    assert not [name for name in names if name.startswith(("desk", "account", "password"))]
    assert "user/rea.html" not in names


def test_redirects_are_those_of_the_site(site, live):
    lines = [line.split() for line in site.read("_redirects").decode().splitlines()]
    moved = {path: (target, status) for path, target, status in (line for line in lines if len(line) == 3)}
    for path, (target, status) in moved.items():
        found, _, headers = live(path)
        assert (path, found) == (path, int(status))
        assert headers["Location"].removeprefix(URL) == target, path
    for path in (
        "/2019/05/Old-Post",
        "/post/1",
        "/post/1.md",
        "/rss.xml",
        "/tag/noten",
        "/tag/noten/feed.json",
    ):
        assert path in moved
    assert len(moved) > 2 * 10


def test_for_plain_hosts_only_links_to_pages_of_lists_differ(site, plain_site):
    assert files(site.folder) <= files(plain_site.folder)
    differing = set()
    for name in files(site.folder) - RULES:
        text = plain_site.read(name)
        if site.read(name) != text:
            differing.add(name)
            back = re.sub(
                rb"""(?<=["'>;])([^"'<>\s\\;&]*?)/page/(\d+)(\.\w+)?(?=["'<\\&])""", rb"\1\3?page=\2", text
            )
            assert back.replace(b"/?page=", b"?page=") == site.read(name).replace(b"/?page=", b"?page="), name
    assert {"index.html", "page/2.html", "tag/notes.html", "feed.atom"} <= differing
    assert b"<code>https://www.example.org/?page=2</code>" in plain_site.read(RICH)


def test_for_plain_hosts_redirects_are_pages(plain_site):
    for name in ("post/1.html", "2019/05/Old-Post.html", "2019/05/Old-Post/index.html"):
        page = HtmlPage(plain_site.read(name).decode())
        target = page.one("a")["href"]
        assert page.one("meta", **{"http-equiv": "refresh"})["content"] == f"0; url={target}"
        assert page.one("link", rel="canonical")["href"] == URL + target
        assert (plain_site.folder / f"{unquote(target)[1:]}.html").is_file()
    assert (plain_site.folder / ".nojekyll").is_file()


def test_the_index_has_the_words_of_all_that_readers_find(site):
    index = json.loads(site.read("search/index.json"))
    shelves = [json.loads(site.read(f"search/words/{n}.json"))["words"] for n in range(len(index["words"]))]
    words = [word for shelf in shelves for word in shelf]
    assert words == sorted(words, key=lambda word: word.encode("utf-16-be"))
    assert [next(iter(shelf)) for shelf in shelves] == [first for first, _ in index["words"]]
    for word in ("story", "unlisted", "pear", "fluss", "strasse", "مرحبا", "港の話", "#creme brulee", "@ann"):
        assert word in words
    assert not [word for word in words if "secret" in word]
    rows = [
        row
        for n in range(len(index["posts"]))
        for row in json.loads(site.read(f"search/posts/{n}.json"))["rows"]
    ]
    assert len(rows) == index["count"] == db.session.query(Post).where(Post.is_public()).count()


def test_forms_say_that_nothing_can_be_sent_and_where_it_can(small, site, tmp_path):
    page = site.read("contact.html").decode()
    assert "Write to us." in page
    assert "made of files alone" in page
    assert not HtmlPage(page).all("form")
    elsewhere = frozen.freeze(small, tmp_path / "out", site="https://desk.example.org")
    for name in ("contact", "submit", "login"):
        links = [one.get("href") for one in HtmlPage(elsewhere.read(f"{name}.html").decode()).all("a")]
        assert f"https://desk.example.org/{name}" in links


def test_run_again_writes_nothing_and_then_only_what_changed(small, tmp_path):
    folder = tmp_path / "out"
    first = frozen.freeze(small, folder).report
    again = frozen.freeze(small, folder).report
    assert (again.written, again.unchanged, again.removed) == (0, first.written, 0)
    times = {name: (folder / name).stat().st_mtime_ns for name in files(folder)}
    publish(db.session.scalars(Page.at("imprint")).one(), title="Imprint", body="Other words.")
    third = frozen.freeze(small, folder).report
    changed = {name for name, time in times.items() if (folder / name).stat().st_mtime_ns != time}
    assert {"imprint.html", "imprint.md"} <= changed <= {"imprint.html", "imprint.md", "sitemap.xml"}
    assert (third.written, third.removed) == (len(changed), 0)


def test_what_is_gone_is_removed_and_what_others_put_there_stays(small, tmp_path):
    folder = tmp_path / "out"
    page = publish(Page(), title="Short lived")
    frozen.freeze(small, folder)
    assert (folder / "short-lived.html").is_file()
    (folder / "CNAME").write_text("www.example.org")
    (folder / "post" / "mine.txt").write_text("Mine.")
    page.unpublish()
    db.session.commit()
    report = frozen.freeze(small, folder).report
    assert report.removed == 3  # with its Markdown and its card
    assert not (folder / "short-lived.html").exists()
    assert not (folder / "short-lived").exists()
    assert (folder / "CNAME").read_text() == "www.example.org"
    assert (folder / "post" / "mine.txt").read_text() == "Mine."


def test_refuses_a_folder_that_others_filled(small, tmp_path):
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "letter.txt").write_text("Dear …")
    with pytest.raises(FolderError, match="not empty"):
        frozen.freeze(small, folder)
    assert files(folder) == {"letter.txt"}


def test_never_writes_over_what_it_has_not_made(small, tmp_path):
    folder = tmp_path / "out"
    frozen.freeze(small, folder)
    (folder / "mine.html").write_text("Mine.")
    publish(Page(), title="Mine")
    with pytest.raises(FolderError, match="in the way"):
        frozen.freeze(small, folder)
    assert (folder / "mine.html").read_text() == "Mine."


def test_leads_out_of_the_folder_through_no_link(small, tmp_path):
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    frozen.freeze(small, folder)
    elsewhere.mkdir()
    (folder / "tag").symlink_to(elsewhere)
    publish(Post(), title="Tagged", tags=Tag.named(["Notes"]))
    with pytest.raises(FolderError, match="leads out"):
        frozen.freeze(small, folder)
    assert list(elsewhere.iterdir()) == []


def test_takes_nothing_away_outside_of_the_folder(small, tmp_path):
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    frozen.freeze(small, folder)
    elsewhere.mkdir()
    kept = elsewhere / "kept.txt"
    kept.write_text("Not ours.")
    (folder / "link").symlink_to(elsewhere)
    made = folder / "_freeze/made.txt"
    ours = made.read_text(encoding="utf-8")
    made.write_text(f"{ours}link/kept.txt\n", encoding="utf-8")
    frozen.freeze(small, folder)
    assert kept.exists()
    made.write_text(f"{ours}../elsewhere/kept.txt\n", encoding="utf-8")
    with pytest.raises(FolderError, match="no name of a file"):
        frozen.freeze(small, folder)
    assert kept.exists()


def test_a_run_that_was_cut_short_knows_its_files_again(small, tmp_path):
    folder = tmp_path / "out"

    def stop(done, total):
        if done > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        frozen.freeze(small, folder, progress=stop)
    some = files(folder)
    assert some
    assert frozen.freeze(small, folder).report.unchanged == len(some)
    assert some < files(folder)


def test_an_error_of_the_site_takes_nothing_away(small, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    frozen.freeze(small, folder)
    before = files(folder)

    def broken(**_):
        raise RuntimeError("broken on purpose")

    monkeypatch.setitem(small.view_functions, "topics.archive", broken)
    monkeypatch.setitem(small.config, "TESTING", False)
    with pytest.raises(SiteError, match="/archive answers 500"):
        frozen.freeze(small, folder)
    assert files(folder) == before


def test_a_page_of_its_name_takes_no_file_of_another(small, tmp_path):
    for title in ("Index", "404"):
        publish(Page(), title=title)
    found = frozen.freeze(small, tmp_path / "out")
    assert "/index: its file would be another one's" in found.report.problems
    assert "/404: its file would be another one's" in found.report.problems


def test_a_former_address_takes_no_file_of_the_rules(small, tmp_path):
    page = db.session.scalars(sa.select(Page)).one()
    for path in ("/_freeze/made.txt", "/_headers", "/_redirects"):
        Alias.keep(path, page)
    db.session.commit()
    found = frozen.freeze(small, tmp_path / "out", plain=True)
    assert (found.folder / "_headers").is_file()
    refused = {one.partition(":")[0] for one in found.report.problems if "no page can redirect" in one}
    assert {"/_freeze/made.txt", "/_headers", "/_redirects"} <= refused


@pytest.mark.parametrize(
    ("link", "is_html", "name"),
    [
        ("/", True, "index.html"),
        ("/?page=2", True, "page/2.html"),
        ("/tag/caf%C3%A9?page=12#top", True, "tag/café/page/12.html"),
        ("/feed.atom?page=3", False, "feed/page/3.atom"),
        ("/post/1/v1.2", True, "post/1/v1.2.html"),
        ("/static/0123/js/a.js?v=1", False, "static/0123/js/a.js"),
    ],
)
def test_where_a_file_lies(link, is_html, name):
    assert file_of(address_of(link), is_html) == name


@pytest.mark.parametrize(
    "path", ["/../x", "/a//b", "/a/./b", "/a\\b", "/a\nb", "/" + "ä" * 200, "/_freeze/made.txt"]
)
def test_no_file_lies_elsewhere(path):
    with pytest.raises(ValueError, match="file"):
        file_of(Address(path), is_html=True)


def test_links_to_pages_of_lists_become_paths():
    text = f'<a href="/tag/x?page=2"> <link href="{URL}/?page=3"> <id>{URL}/feed.atom?page=2</id> "/a?page=1"'
    html = text.replace("/tag/x?page=2", "/tag/x/page/2").replace("/?page=3", "/page/3")
    assert plain.with_paths(text, URL, is_html=True) == html
    xml = html.replace("/feed.atom?page=2", "/feed/page/2.atom")
    assert plain.with_paths(text, URL, is_html=False) == xml
    assert plain.with_paths(r'"<a href=\"/?page=2\">"', URL, is_html=False) == r'"<a href=\"/page/2\">"'
    assert plain.with_paths("&#34;/?page=2&#34;", URL, is_html=False) == "&#34;/page/2&#34;"
