import pytest

from broadsheet.transfer.bylines import split


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Ann Author", ["Ann Author"]),
        ("Ann Author and Ben Baker", ["Ann Author", "Ben Baker"]),
        ("Ann Author, Ben Baker", ["Ann Author", "Ben Baker"]),
        ("Ann Author, Ben Baker and Cay Cook", ["Ann Author", "Ben Baker", "Cay Cook"]),
        ("Ann Author, Ben Baker, and Cay Cook", ["Ann Author", "Ben Baker", "Cay Cook"]),
        ("ann & ben", ["ann", "ben"]),
        ("Ann, Ben, Cay and Dan", ["Ann", "Ben", "Cay", "Dan"]),
        ("Ann Author and the Press Team", ["Ann Author", "the Press Team"]),
        ("Ann Author and @ben-b", ["Ann Author", "ben-b"]),
    ],
)
def test_several_people(written, names):
    assert split(written) == names


@pytest.mark.parametrize(
    "written",
    [
        "The Press Team",
        "Research and Development Team",
        "Ann Author on behalf of the Press Team",
        "Ann Author, on behalf of the Press and Print Teams",
        "Ann Author, Director of Printing",
        "Ann Author, Jr.",
        "Author, Ann",
        "Ann (Author || Baker)",
    ],
)
def test_what_is_one_byline_stays_one(written):
    assert split(written) == [written]


def test_nobody():
    assert split(" ") == []
