"""Whole imports of small sites, written here in the habits of their generators."""

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from broadsheet import signals
from broadsheet.extensions import db
from broadsheet.models import (
    Alias,
    Correction,
    Event,
    ImportedFile,
    Post,
    Reason,
    Revision,
    Series,
    Tag,
    Upload,
    User,
)
from broadsheet.models.content import Status
from broadsheet.transfer import markdown as transfer
from broadsheet.transfer.markdown import Importer, NothingToImport
from broadsheet.transfer.report import Report

Write = Callable[..., Path]
Bring = Callable[..., Report]


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    folder = tmp_path / "blog"
    folder.mkdir()
    return folder


@pytest.fixture
def write(blog: Path) -> Write:
    """`write("a.md", "Text.", title='"A"')`: a file of the blog, with TOML front matter."""

    def write(name: str, body: str | bytes = "Some *text*.\n", **values: str) -> Path:
        path = blog / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(body, str):
            lines = "".join(f"{key} = {value}\n" for key, value in values.items())
            body = (f"+++\n{lines}+++\n{body}" if values else body).encode()
        path.write_bytes(body)
        return path

    return write


@pytest.fixture
def bring(app: Any, blog: Path) -> Bring:
    def bring(path: Path = blog, **options: Any) -> Report:
        report = Importer(path, **options).run()
        db.session.expire_all()
        return report

    return bring


def a_post(title: str) -> Post:
    return db.session.scalars(select(Post).where(Post.title == title)).one()


def problems(report: Report) -> list[str]:
    return [str(problem) for problem in report.problems]


def picture(colour: str = "red") -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


def everything() -> dict[str, Any]:
    """All rows of the tables that an import could touch."""
    models = (Post, Revision, User, Tag, Alias, Upload, ImportedFile, Event)
    return {
        model.__tablename__: [tuple(row) for row in db.session.execute(select(*model.__table__.columns))]
        for model in models
    }


# -- what comes


def test_a_post_comes_with_all_that_its_file_says(write, bring):
    write(
        "a.md",
        "# Hello\n\nSome *text*.\n",
        title='"Hello"',
        path='"2015/05/15/Hello"',
        authors='["Ann Writer", "Ben Baker and Cay Cook"]',
        description='"What it is about."',
        language='"de"',
        tags='["News"]',
        extra='{team = "the press team", release = true}',
        aliases='["old/hello.html"]',
    )
    report = bring()
    post = a_post("Hello")
    assert post.path == f"/post/{post.id}/hello"
    assert post.is_published
    assert post.published_at == datetime(2015, 5, 15, 12, tzinfo=UTC)
    assert not post.is_updated
    assert [author.name for author in post.authors] == ["Ann Writer", "Ben Baker", "Cay Cook"]
    assert [tag.name for tag in post.tags] == ["News", "Press team", "Release"]
    assert (post.summary, post.language) == ("What it is about.", "de")
    assert post.body == "Some *text*.\n"
    assert post.html == "<p>Some <em>text</em>.</p>\n"
    assert post.excerpt == "Some text."
    counts = report.counts
    assert (counts.posts_new, counts.bylines, counts.tags, counts.redirects) == (1, 3, 3, 2)
    assert not report.problems


def test_its_text_is_a_revision(write, bring):
    write("a.md", title='"A"', date="2020-01-02")
    bring()
    revision = db.session.scalars(select(Revision)).one()
    assert (revision.reason, revision.version, revision.body) == (Reason.IMPORTED, 1, "Some *text*.\n")
    assert revision.post_id == a_post("A").id


def test_a_byline_cannot_sign_in(write, bring):
    write("a.md", title='"A"', date="2020-01-02", authors='["Ann Writer"]')
    bring()
    byline = db.session.scalars(select(User).where(User.name == "Ann Writer")).one()
    assert byline.username == "ann-writer"
    assert not byline.is_active


def test_a_name_that_is_here_already_is_that_person(write, bring, ann):
    write("a.md", title='"A"', date="2020-01-02", authors='["Ann Author"]')
    report = bring()
    assert list(a_post("A").authors) == [ann]
    assert report.counts.bylines == 0


def test_spellings_of_a_team_are_one_byline(write, bring):
    write("a.md", title='"A"', date="2020-01-02", authors='["The Press Team"]')
    write("b.md", title='"B"', date="2020-01-02", authors='["the press team"]')
    assert bring().counts.bylines == 1
    assert a_post("A").authors[0] == a_post("B").authors[0]


def test_yaml_jekyll_and_hugo(write, bring):
    write(
        "_posts/2020-01-02-hello-world.markdown",
        "---\r\ntitle: Hello\r\ntags: one two\r\nauthor: Ann Writer\r\n---\r\n"
        "{% highlight ruby %}\r\nputs 1\r\n{% endhighlight %}\r\n",
    )
    bring()
    post = a_post("Hello")
    assert post.published_at == datetime(2020, 1, 2, 12, tzinfo=UTC)
    assert [tag.name for tag in post.tags] == ["one", "two"]
    assert post.body == "```ruby\nputs 1\n```\n"


def test_drafts_and_coming_posts(write, bring):
    write("a.md", title='"Draft"', date="2020-01-02", draft="true")
    write("b.md", title='"Coming"', date="9000-01-02")
    write("c.md", title='"Over"', date="2020-01-02", expiryDate="2021-01-02")
    write("d.md", title='"Dateless"')
    report = bring()
    states = {title: a_post(title).state for title in ("Draft", "Coming", "Over", "Dateless")}
    assert states == {"Draft": "draft", "Coming": "scheduled", "Over": "expired", "Dateless": "draft"}
    assert problems(report) == ["d.md: It has no date, so it came as a draft."]


def test_a_newer_date_of_the_file_is_told(write, bring):
    write("a.md", title='"A"', date="2020-01-02", lastmod="2021-03-04")
    bring()
    assert a_post("A").updated_at == datetime(2021, 3, 4, 12, tzinfo=UTC)


def test_one_event_tells_of_all(write, bring):
    heard = []
    write("a.md", title='"A"', date="2020-01-02", authors='["Ann Writer"]')
    write("b.md", title='"B"', date="2020-01-02")
    with signals.import_finished.connected_to(lambda sender, **details: heard.append((sender, details))):
        before = db.session.scalar(select(func.max(Event.id)))
        bring()
    assert [(sender, details["counts"]["posts_new"]) for sender, details in heard] == [("markdown", 2)]
    after = db.session.scalars(select(Event).where(Event.id > before)).all()
    assert [(event.action, event.subject_kind, event.subject_label) for event in after] == [
        ("import_finished", "import", "markdown")
    ]


def test_a_single_file(write, bring):
    write("a.md", title='"A"', date="2020-01-02")
    assert bring(write("b.md", title='"B"', date="2020-01-02")).counts.posts_new == 1
    assert db.session.scalars(select(Post.title)).all() == ["B"]


# -- addresses


@pytest.mark.parametrize(
    "address",
    [
        "/2015/05/15/Hello",
        "/2015/05/15/Hello/",
        "/2015/05/15/Hello.html",
        "/2015/05/15/Hello/index.html",
        "/old/%C3%BCber",
        "/releases/1.0",
    ],
)
def test_old_addresses_redirect_for_good(write, bring, client, address):
    write("a.md", title='"Hello"', path='"2015/05/15/Hello"', aliases='["old/über.html", "releases/1.0"]')
    bring()
    answer = client.get(address)
    assert answer.status_code == 301
    assert answer.location == a_post("Hello").path


def test_an_address_that_two_files_want_stays_with_the_first(write, bring):
    write("a.md", title='"A"', date="2020-01-02", aliases='["same"]')
    write("b.md", title='"B"', date="2020-01-02", aliases='["same"]')
    assert problems(bring()) == ["b.md: The address /same leads to a.md already."]
    assert db.session.scalars(Alias.of("/same")).one().post == a_post("A")


def test_an_address_that_leads_elsewhere_already_stays(write, bring, post):
    Alias.keep("/same", post)
    db.session.commit()
    write("a.md", title='"A"', date="2020-01-02", aliases='["same"]')
    assert problems(bring()) == ["a.md: The address /same leads to something else already."]
    assert db.session.scalars(Alias.of("/same")).one().post == post


# -- links


@pytest.mark.parametrize(
    "link",
    [
        "z.md",
        "./z.md",
        "../blog/z.md",
        "/2015/05/15/Z",
        "/2015/05/15/Z.html",
        "/2015/05/15/Z/",
        "@/news/z.md",
        "/news/z.md",
        "/old/z",
        '{{< ref "z.md" >}}',
        "{% post_url z %}",
        "https://old.example/2015/05/15/Z.html",
    ],
)
def test_links_find_posts_that_come_later(write, bring, link):
    link = link.replace("../blog", "../news")
    write("news/a.md", f"[a]({link})\n", title='"A"', path='"2015/05/14/A"')
    write("news/z.md", title='"Z"', path='"2015/05/15/Z"', aliases='["old/z"]')
    report = bring(base_url="https://old.example/")
    assert a_post("A").body == f"[a]({a_post('Z').path})\n"
    assert report.counts.links == 1
    assert not report.problems


def test_every_kind_of_link_keeps_its_fragment(write, bring):
    text = '[a](z.md#one) [b][] <a href="z.md#two">c</a> `[d](z.md)`\n\n[b]: z.md "Title"\n'
    write("a.md", text, title='"A"', date="2020-01-02")
    write("z.md", title='"Z"', date="2020-01-02")
    assert bring().counts.links == 3
    z = a_post("Z").path
    assert a_post("A").body == f'[a]({z}#one) [b][] <a href="{z}#two">c</a> `[d](z.md)`\n\n[b]: {z} "Title"\n'
    assert f'<a href="{z}#one">' in a_post("A").html


def test_links_to_a_bundle_and_out_of_one(write, bring):
    write("a/index.md", "[z](../z/index.md)", title='"A"', date="2020-01-02")
    write("z/index.md", "[a](@/a/index.md)", title='"Z"', date="2020-01-02")
    assert bring().counts.links == 2
    assert a_post("A").body == f"[z]({a_post('Z').path})\n"
    assert a_post("Z").body == f"[a]({a_post('A').path})\n"


def test_links_to_the_old_host_are_left_but_mentioned(write, bring):
    write(
        "a.md",
        "[z](https://old.example/2015/05/15/Z) [y](https://other.example/x)",
        title='"A"',
        date="2020-01-02",
    )
    write("z.md", title='"Z"', path='"2015/05/15/Z"')
    report = bring()
    assert "https://old.example/2015/05/15/Z" in a_post("A").body
    assert report.hosts == [("https://old.example", 1)]


def test_links_find_what_an_earlier_import_brought(write, bring, blog):
    write("one/z.md", title='"Z"', path='"2015/05/15/Z"')
    write("two/a.md", "[z](/2015/05/15/Z.html)", title='"A"', date="2020-01-02")
    bring(blog / "one", source="one")
    bring(blog / "two", source="two")
    assert a_post("A").body == f"[z]({a_post('Z').path})\n"


def test_a_link_whose_author_forgot_how_an_address_begins_leads_there(write, bring):
    write("a.md", "[ann](github.com/ann) [b](b.md) `github.com/ann`", title='"A"', date="2020-01-02")
    write("b.md", "[there](./github.com/ann)", title='"B"', date="2020-01-02")
    assert problems(bring()) == ["b.md: Links to what was not brought: ./github.com/ann"]
    assert a_post("A").body == f"[ann](https://github.com/ann) [b]({a_post('B').path}) `github.com/ann`\n"


def test_a_link_that_leads_nowhere_is_reported(write, bring):
    write("a.md", "[z](z.md) [y](/y) [x](https://x.example) `[w](w.md)`", title='"A"', date="2020-01-02")
    assert problems(bring()) == ["a.md: Links to what was not brought: z.md, /y"]


# -- pictures


def test_pictures_beside_a_post_come_along(write, bring, client):
    write(
        "a/index.md", '![One](one.png)\n\n<img src="./one.png" alt="Again">\n', title='"A"', date="2020-01-02"
    )
    write("a/one.png", picture())
    report = bring()
    upload = db.session.scalars(select(Upload)).one()
    post = a_post("A")
    assert post.body == f'![One]({upload.path})\n\n<img src="{upload.path}" alt="Again">\n'
    assert post.picture == {"src": upload.path, "width": 40, "height": 30, "alt": "One"}
    assert report.counts.pictures == 1
    assert not report.problems


def test_pictures_lie_on_the_shelves_of_a_site(write, bring, blog):
    write("content/a.md", "![One](/images/one.png) ![Two](/two.png)", title='"A"', date="2020-01-02")
    write("static/images/one.png", picture("red"))
    write("static/two.png", picture("blue"))
    assert bring(blog / "content").counts.pictures == 2


def test_a_missing_and_a_refused_picture_are_reported(write, bring):
    write(
        "a.md",
        "![One](one.png) ![Two](two.png) ![x](https://x.example/y.png)",
        title='"A"',
        date="2020-01-02",
    )
    write("two.png", b"no picture")
    said = problems(bring())
    assert any(one.startswith("a.md: The picture two.png was refused: ") for one in said)
    assert "a.md: Missing pictures: one.png" in said
    assert "a.md: Pictures on other sites, now links: 1" in said
    assert len(said) == 3


def test_no_picture_is_taken_from_outside(write, bring, blog, tmp_path):
    (tmp_path / "secret.png").write_bytes(picture())
    (blog / "link.png").symlink_to(tmp_path / "secret.png")
    write("a.md", "![](../secret.png) ![](link.png)", title='"A"', date="2020-01-02")
    report = bring()
    assert report.counts.pictures == 0
    assert problems(report) == ["a.md: Missing pictures: ../secret.png, link.png"]


# -- what cannot come


def test_a_broken_file_is_named_with_its_line_and_stops_nobody(write, bring, blog, tmp_path):
    (tmp_path / "outside.md").write_text("# Outside\n")
    write("a.md", "+++\ntitle = 'A'\ndate = tomorrow\n+++\n")
    write("b.md", "---\ntitle: B\n  date: [\n---\n")
    write("c.md", "One.\n\nTwo: \xe9.\n".encode("latin-1"))
    write("d/_index.md", title='"D"')
    write("e.md", "")
    (blog / "f.md").symlink_to(tmp_path / "outside.md")
    write("z.md", title='"Z"', date="2020-01-02")
    report = bring()
    assert report.counts.posts_new == 1
    said = problems(report)
    assert [one.partition(": ")[0] for one in said] == [
        "a.md:3",
        "b.md:3",
        "c.md:3",
        "d/_index.md",
        "e.md",
        "f.md",
    ]
    assert said[2] == "c.md:3: It is not UTF-8. Save it with that encoding."
    assert said[3] == "d/_index.md: It describes a section, not a post."
    assert said[4] == "e.md: It is empty: it has neither a title nor a text."


def test_what_is_no_markdown_is_reported(write, bring):
    write(
        "a.md", "{{< youtube x >}}\n\n<script>alert(1)</script>\n\n`<iframe>`", title='"A"', date="2020-01-02"
    )
    assert problems(bring()) == [
        "a.md: “<script>” was taken out.",
        "a.md: “{{< youtube x >}}” was left as text.",
    ]
    assert "{{&lt; youtube x &gt;}}" in a_post("A").html


def test_a_file_that_is_no_markdown_is_an_error(write, bring):
    file = write("hostname", "box\n")
    with pytest.raises(NothingToImport, match="There are no posts"):
        bring(file)


def test_an_empty_folder_is_an_error(bring):
    with pytest.raises(NothingToImport, match="There are no posts"):
        bring()


def test_a_text_that_cannot_be_rendered_stops_nobody(write, bring, monkeypatch):
    def render(body: str, pictures: Any, words: Any) -> Any:
        if "poison" in body:
            raise RuntimeError("a bug")
        return transfer.markdown.render(body)

    monkeypatch.setattr("broadsheet.transfer.rendering.render", render)
    write("a.md", "poison", title='"A"', date="2020-01-02")
    write("b.md", title='"B"', date="2020-01-02")
    report = bring()
    assert report.counts.posts_new == 1
    assert problems(report) == ["a.md: It cannot be rendered: RuntimeError('a bug')"]
    monkeypatch.undo()
    assert bring().counts.posts_new == 1


# -- again and again


@pytest.fixture
def small_blog(write):
    write("a.md", "[b](b.md) ![One](one.png)", title='"A"', date="2020-01-02", authors='["Ann Writer"]')
    write("b.md", "[a](a.md)", title='"B"', date="2020-01-02", tags='["News"]', aliases='["old/b"]')
    write("one.png", picture())


def test_a_second_run_changes_nothing(small_blog, bring):
    bring()
    before = everything()
    report = bring()
    assert everything() == before
    assert report.counts.posts_unchanged == 2
    assert not report.has_brought_something


def test_a_dry_run_changes_nothing_and_reports_the_same(small_blog, write, bring, app):
    write("c.md", "![](missing.png) {{< x >}}", title='"C"', date="2020-01-02")
    before = everything()
    dry = bring(dry_run=True)
    assert everything() == before
    assert not [path for path in (Path(app.instance_path) / "uploads").rglob("*") if path.is_file()]
    real = bring()
    assert (dry.counts, dry.problems) == (real.counts, real.problems)
    assert real.counts.posts_new == 3
    assert real.counts.pictures == 1
    assert real.counts.redirects == 4


def test_a_changed_file_becomes_a_new_revision_of_its_post_alone(small_blog, write, bring):
    bring()
    a, b = a_post("A"), a_post("B")
    write("b.md", "New text.", title='"B, revised"', date="2020-01-02", tags='["Other"]')
    report = bring()
    assert (report.counts.posts_updated, report.counts.posts_unchanged) == (1, 1)
    assert (a.version, b.version) == (1, 2)
    assert (b.title, b.body, [tag.name for tag in b.tags]) == ("B, revised", "New text.\n", ["Other"])
    reasons = db.session.scalars(select(Revision.reason).where(Revision.post_id == b.id)).all()
    assert reasons == [Reason.IMPORTED, Reason.IMPORTED]


def test_a_picture_that_comes_later_changes_its_post(write, bring):
    write("a.md", "![One](one.png)", title='"A"', date="2020-01-02")
    assert problems(bring()) == ["a.md: Missing pictures: one.png"]
    write("one.png", picture())
    report = bring()
    assert (report.counts.posts_updated, report.counts.pictures) == (1, 1)
    assert not report.problems


def test_a_link_whose_post_comes_later_is_mended(write, bring):
    write("a.md", "[b](b.md)", title='"A"', date="2020-01-02")
    bring()
    write("b.md", title='"B"', date="2020-01-02")
    assert bring().counts.posts_updated == 1
    assert a_post("A").body == f"[b]({a_post('B').path})\n"


def test_what_was_edited_in_the_desk_is_not_overwritten(small_blog, write, bring, ann):
    bring()
    post = a_post("B")
    post.revise(by=ann, body="Better text.")
    db.session.commit()
    assert bring().counts.posts_unchanged == 2
    write("b.md", "New text.", title='"B"', date="2020-01-02")
    report = bring()
    assert report.counts.posts_left_alone == 1
    assert problems(report) == [
        "b.md: The file changed, but its post was edited here since. It was left as it is."
    ]
    assert post.body == "Better text."


def test_the_trash_is_left_alone(small_blog, write, bring):
    bring()
    a_post("B").trash()
    db.session.commit()
    write("b.md", "New text.", title='"B"', date="2020-01-02")
    assert problems(bring()) == ["b.md: The file changed, but its post is in the trash. It was left there."]


def test_what_the_desk_took_back_is_not_published_again(small_blog, write, bring):
    bring()
    a_post("B").unpublish()
    db.session.commit()
    write("b.md", "New text.", title='"B"', date="2020-01-02")
    bring()
    assert (a_post("B").status, a_post("B").body) == (Status.DRAFT, "New text.\n")


def test_a_draft_is_published_when_its_file_says_so(write, bring):
    write("a.md", title='"A"', date="2020-01-02", draft="true")
    bring()
    write("a.md", title='"A"', date="2020-01-02")
    bring()
    assert a_post("A").is_published


def test_a_post_that_was_deleted_for_good_comes_again(small_blog, bring):
    bring()
    a_post("B").delete()
    db.session.commit()
    assert bring().counts.posts_new == 1


def test_another_site_with_the_same_file_names_harms_nothing(write, bring):
    write("a.md", title='"A"', date="2020-01-02")
    bring()
    write("a.md", title='"Quite another"', date="2021-01-02")
    assert "--source" in problems(bring())[0]
    assert bring(source="other").counts.posts_new == 1
    assert db.session.scalars(select(Post.title).order_by(Post.id)).all() == ["A", "Quite another"]


def test_after_a_crash_the_next_run_completes(write, bring, monkeypatch):
    for number in range(7):
        write(f"{number}.md", f"[next]({(number + 1) % 7}.md)", title=f'"{number}"', date="2020-01-02")
    monkeypatch.setattr(transfer, "SLICE", 2)
    save, calls = Importer._save, []

    def crash(self: Importer, rendered: Any) -> Any:
        calls.append(rendered)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return save(self, rendered)

    with monkeypatch.context() as patch:
        patch.setattr(Importer, "_save", crash)
        with pytest.raises(KeyboardInterrupt):
            bring()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Post).where(Post.is_public())) == 4
    report = bring()
    assert (report.counts.posts_new, report.counts.posts_unchanged) == (3, 4)
    assert db.session.scalar(select(func.count()).select_from(Post).where(Post.is_public())) == 7
    assert not bring().has_brought_something


def test_many_are_rendered_by_processes_of_their_own(write, bring, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    for number in range(30):
        write(f"{number}.md", f"**{number}** ![](one.png)", title=f'"{number}"', date="2020-01-02")
    write("one.png", picture())
    assert bring().counts.posts_new == 30
    post = a_post("7")
    assert "<strong>7</strong>" in post.html
    assert post.picture["width"] == 40


@pytest.mark.skipif(
    "BROADSHEET_SAMPLE_BLOG" not in os.environ, reason="needs a checkout of the Rust project's blog"
)
@pytest.mark.slow
def test_a_whole_blog(bring, client):
    content = Path(os.environ["BROADSHEET_SAMPLE_BLOG"])
    report = bring(content)
    assert (report.counts.files, report.counts.posts_new) == (754, 750)
    named = {problem.file for problem in report.problems}
    assert {"_index.md", "inside-rust/_index.md", "releases/_index.md", "releases/latest.md"} <= named
    assert client.get("/2015/05/15/Rust-1.0.html").status_code == 301
    digest = hashlib.sha256(repr(everything()).encode()).digest()
    assert bring(content).counts.posts_unchanged == 750
    assert hashlib.sha256(repr(everything()).encode()).digest() == digest


def test_what_no_file_and_no_database_can_hold_stops_nothing(write, bring):
    write("a.md", "![](" + "a" * 5000 + ".png) ![](b%00.png) ![](/uploads/%00.png) [c](%00.md)", title='"A"')
    write("b.md", b'---\ntitle: "B\\0"\ntags: ["x\\0"]\naliases: ["/old%00"]\n---\nN\x00UL.\n')
    write("c.md", b'{"title": "C\\ud800", "authors": ["n\\u0000"]}\n\nText.\n')
    assert bring().counts.posts_new == 3
    assert a_post("B").body == "N\ufffdUL.\n"
    assert db.session.scalars(select(Alias.path)).all().count("/old") == 1
    assert a_post("C")


def test_a_tag_that_was_renamed_or_merged_since_is_found_by_its_old_name(write: Write, bring: Bring) -> None:
    write("a.md", title='"A"', date="2024-01-01", tags='["Web Dev", "Web development", "Other"]')
    bring()
    old, new, other = Tag.named(["Web Dev", "Web development", "Other"])
    old.merge_into(new)
    other.change(name="Else", slug="", description="", picture=None)
    db.session.commit()
    write(
        "a.md", "Changed.\n", title='"A"', date="2024-01-01", tags='["Web Dev", "Web development", "Other"]'
    )
    bring()
    assert a_post("A").body == "Changed.\n"
    assert [tag.name for tag in a_post("A").tags] == ["Web development", "Else"]
    assert set(db.session.scalars(select(Tag.name))) == {"Web development", "Else"}


def test_series_and_original_address_come_along(write: Write, bring: Bring) -> None:
    write("a.md", title='"A"', date="2024-01-01", series='["Letters home"]', series_order="2")
    write("b.md", title='"B"', date="2024-01-02", canonicalURL='"https://first.example/b"')
    write("c.md", title='"C"', date="2024-01-03", series='"letters home"', canonicalURL='"/not/whole"')
    bring()
    (series,) = db.session.scalars(select(Series)).all()
    assert (series.name, series.slug) == ("Letters home", "letters-home")
    assert [(a_post(one).series, a_post(one).series_position) for one in "ABC"] == [
        (series, 2),
        (None, None),
        (series, None),
    ]
    assert [a_post(one).canonical_url for one in "ABC"] == ["", "https://first.example/b", ""]
    bring()
    assert db.session.scalar(select(func.count()).select_from(Series)) == 1


def test_corrections_come_along_and_are_told_once(write: Write, bring: Bring, ann: User) -> None:
    def told() -> list[tuple[str, datetime]]:
        return [(one.html, one.created_at) for one in Correction.told_with(a_post("A"))]

    first = '{date = 2024-01-02T10:00:00Z, text = "It was *1879*."}'
    write("a.md", title='"A"', date="2024-01-01", updated="2024-01-02", corrections=f"[{first}, {first}]")
    bring()
    expected = [("<p>It was <em>1879</em>.</p>\n", datetime(2024, 1, 2, 10, tzinfo=UTC))]
    assert told() == expected
    assert a_post("A").revised_at == datetime(2024, 1, 2, 12, tzinfo=UTC)
    second = '{date = 2024-01-03, text = "Two."}'
    write("a.md", title='"A"', date="2024-01-01", corrections=f"[{first}, {second}]")
    bring()
    assert told() == [("<p>Two.</p>\n", datetime(2024, 1, 3, 12, tzinfo=UTC)), *expected]


def test_our_own_markdown_comes_back_as_it_was(bring: Bring, blog: Path, client: Any, post: Post) -> None:
    at = datetime(2027, 3, 1, 10, 0, 0, 7, tzinfo=UTC)
    Correction.bring(post, [(at, "It was: *1879*.")])
    db.session.commit()
    (blog / "a.md").write_bytes(client.get(f"{post.path}.md").data)
    post.delete()
    db.session.commit()
    bring()
    again = a_post("A published post")
    assert [(one.body, one.created_at) for one in Correction.told_with(again)] == [("It was: *1879*.", at)]
    assert (again.body.strip(), again.summary) == (
        "## First\n\nSome *text*.\n\n## Second\n\nMore text.",
        "What it is about.",
    )
