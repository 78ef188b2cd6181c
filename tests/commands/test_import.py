"""`manage.py import markdown`: what it says, and how it ends."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.models import Post

Command = Callable[..., Result]


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    folder = tmp_path / "blog"
    folder.mkdir()
    (folder / "a.md").write_text(
        '+++\ntitle = "A"\npath = "2020/01/02/a"\nauthors = ["Ann Writer"]\n+++\n'
        "[b](b.md), [b](https://old.example/2020/01/03/b) ![](missing.png)\n"
    )
    (folder / "b.md").write_text("---\ntitle: B\npath: 2020/01/03/b\ntags: [News]\n---\nText.\n")
    (folder / "c.md").write_text("---\ntitle: C\ntags: [\n---\nText.\n")
    return folder


@pytest.fixture
def bring(runner) -> Command:
    def bring(*arguments: object) -> Result:
        result = runner.invoke(args=["import", "markdown", *map(str, arguments)])
        db.session.expire_all()
        return result

    return bring


REPORT = """\
What could not be brought:
  a.md: Missing pictures: missing.png
  c.md:4: The front matter cannot be read: did not find expected node content

{}
  2 new posts
  1 byline
  1 tag
  0 pictures
  2 redirects
  1 link between posts rewritten
From 3 files; 2 remarks.
1 full link to these posts could be rewritten too, with --base-url https://old.example
"""


def test_it_reports_what_came_and_what_could_not(bring, blog):
    result = bring(blog)
    assert result.exit_code == 0
    assert result.stdout == REPORT.format("Brought:")
    assert set(db.session.scalars(select(Post.title))) == {"A", "B"}


def test_a_dry_run_says_the_same_and_changes_nothing(bring, blog):
    assert bring("--dry-run", blog).stdout == REPORT.format("Nothing was changed. An import would bring:")
    assert not db.session.scalars(select(Post)).all()


def test_a_second_run_says_that_nothing_changed(bring, blog):
    (blog / "c.md").unlink()
    bring(blog)
    assert bring(blog).stdout == "Nothing changed: 2 posts unchanged.\n"


def test_a_changed_file_is_counted(bring, blog):
    bring(blog)
    (blog / "b.md").write_text("---\ntitle: B\npath: 2020/01/03/b\n---\nMore text.\n")
    lines = bring(blog).stdout.splitlines()
    assert "  1 changed post" in lines
    assert "  (1 post unchanged)" in lines


def test_links_to_the_old_address_are_rewritten_when_it_is_said(bring, blog):
    said = bring(blog, "--base-url", "https://old.example").stdout
    assert "  2 links between posts rewritten\n" in said
    assert "--base-url" not in said


@pytest.mark.parametrize("address", ["old.example", "ftp://old.example"])
def test_a_base_url_that_is_no_address_is_refused(bring, blog, address):
    result = bring(blog, "--base-url", address)
    assert result.exit_code == 2
    assert "is no full address" in result.stderr


def test_a_missing_path_is_one_clear_line(bring):
    result = bring("nowhere")
    assert result.exit_code == 2
    assert "'nowhere' does not exist" in result.stderr


def test_a_folder_without_posts_fails(bring, tmp_path):
    (tmp_path / "empty").mkdir()
    result = bring(tmp_path / "empty")
    assert result.exit_code == 1
    assert "There are no posts in" in result.stderr


def test_only_broken_files_are_listed_and_fail(bring, blog):
    result = bring(blog / "c.md")
    assert result.exit_code == 1
    assert "c.md:4: The front matter cannot be read" in result.stdout


def test_help_shows_an_example(bring):
    assert "python3 manage.py import markdown ../blog/content --dry-run" in bring("--help").stdout


def test_from_the_shell(manage, blog):
    first, second = manage("import", "markdown", str(blog)), manage("import", "markdown", str(blog))
    assert (first.returncode, second.returncode) == (0, 0)
    assert "  2 new posts\n" in first.stdout
    assert second.stdout.endswith("Nothing changed: 2 posts unchanged.\n")
    assert not first.stderr
