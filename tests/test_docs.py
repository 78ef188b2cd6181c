"""The documentation leads to what is there, and its index of decisions is whole."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [
    *ROOT.glob("*.md"),
    *(page for page in DOCS.rglob("*.md") if "sample" not in page.parts),
    *(ROOT / "static").rglob("*.md"),
]


def test_the_index_lists_every_decision_by_its_title_in_order():
    listed = re.findall(
        r"^(\d+)\. \[(.+)\]\(decisions/(.+)\)$", (DOCS / "README.md").read_text(), re.MULTILINE
    )
    written = [
        (
            str(int(file.name[:4])),
            file.read_text().splitlines()[0].removeprefix(f"# {int(file.name[:4])}. "),
            file.name,
        )
        for file in sorted((DOCS / "decisions").glob("*.md"))
    ]
    assert listed == written
    numbers = [int(number) for number, _title, _name in listed]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings_that_are_there(page):
    for target, heading in re.findall(
        r"(?<!\\)\]\((?!\w+:|/)([^)#\s]*)(?:#([^)\s]+))?\)", outside_code(page)
    ):
        found = (page.parent / target).resolve() if target else page
        assert found.exists(), f"{page.name} leads to {target}"
        if heading:
            assert heading in headings(found), f"{page.name} leads to {target}#{heading}"


def rows() -> list[list[str]]:
    """Of the table of requirements: id, in short, state, where or why."""
    lines = re.findall(r"^\| (V\d.*) \|$", (DOCS / "security.md").read_text(), re.MULTILINE)
    return [line.split(" | ") for line in lines]


def test_each_requirement_of_the_standard_has_one_row_in_its_order():
    wanted = re.findall(r"^V.*$", (ROOT / "tests" / "asvs.txt").read_text(), re.MULTILINE)
    assert [row[0] for row in rows()] == " ".join(wanted).split()
    assert all(len(row) == 4 and all(row) for row in rows())


def test_what_is_said_of_the_requirements_is_counted_right():
    states = Counter(row[2] for row in rows())
    assert set(states) == {"met", "n/a", "**not met**"}
    said = re.search(
        r"Of (\d+) rows (\d+) are met, (\d+) do not apply, and (\d+) are not met",
        (DOCS / "security.md").read_text(),
    )
    assert said
    assert [int(one) for one in said.groups()] == [
        states.total(), states["met"], states["n/a"], states["**not met**"]
    ]  # fmt: skip


def test_the_tests_that_show_it_are_there():
    named = re.findall(r"\[`(test_\w+)`\]\((\S+\.py)\)", (DOCS / "security.md").read_text())
    assert len(named) > 100
    for name, file in named:
        assert f"def {name}(" in (DOCS / file).read_text(), f"{file} has no {name}"


def outside_code(page: Path) -> str:
    return re.sub(r"^\s*(`{3,}).*?^\s*\1|`[^`\n]+`", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def headings(page: Path) -> set[str]:
    """As GitHub makes them: small letters, hyphens for spaces, no marks."""
    return {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    }


def test_the_container_file_copies_what_is_there_and_runs_as_nobody_special():
    folder = DOCS / "service"
    lines = (folder / "Containerfile").read_text().splitlines()
    copied = [
        word
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    assert "manage.py" in copied
    assert [name for name in copied if not (DOCS.parent / name).exists()] == []
    assert {path.name for path in DOCS.parent.glob("requirements*.txt")} - set(copied) == {
        "requirements-dev.txt"
    }
    assert "USER 10001:10001" in lines
