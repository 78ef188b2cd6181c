"""The info string of a code block, as the authors of other engines write it."""

import pytest

from broadsheet.lib.markdown.listing import Listing, read

AS_WRITTEN = {
    # ours, and Docusaurus
    'python {2,4-6} linenos title="x.py"': Listing("python", "x.py", 1, ((2, 2), (4, 6))),
    "js showLineNumbers=10 {1,3}": Listing("js", "", 10, ((1, 1), (3, 3))),
    # rehype-pretty-code
    "js {1} showLineNumbers{10}": Listing("js", "", 10, ((1, 1),)),
    # Hugo
    'go {linenos=table,hl_lines=[8,"15-17"],linenostart=199}': Listing("go", "", 199, ((8, 8), (15, 17))),
    "go {linenos=false}": Listing("go"),
    "{linenos=true}": Listing(first=1),
    # Zola
    "rust,linenos,linenostart=20,hl_lines=3-4 8-9,name=x.rs": Listing("rust", "x.rs", 20, ((3, 4), (8, 9))),
    # Pandoc, Quarto
    '{.python .numberLines startFrom="100"}': Listing("python", first=100),
    '{#main .haskell filename="Main.hs"}': Listing("haskell", "Main.hs"),
    # MkDocs
    'py title="bubble sort.py" linenums="1" hl_lines="2 3"': Listing(
        "py", "bubble sort.py", 1, ((2, 2), (3, 3))
    ),
    # VitePress, Gatsby, mdBook
    "ts:line-numbers=2 {1}": Listing("ts", "", 2, ((1, 1),)),
    "js{1,3}:title=x.js": Listing("js", "x.js", 0, ((1, 1), (3, 3))),
    "rust,should_panic,edition2021": Listing("rust"),
    "C++": Listing("c++"),
    "": Listing(),
}


@pytest.mark.parametrize("info", AS_WRITTEN)
def test_reads_what_others_write(info):
    assert read(info) == AS_WRITTEN[info]


def test_a_range_may_be_longer_than_any_code():
    listing = read("x {5-999999} {9-2}")
    assert listing.is_marked(70_000)
    assert not listing.is_marked(4)


def test_hostile_info_strings_take_no_time():
    for info in ("{" * 100_000, "title=" * 50_000, "1,-" * 50_000, " " * 100_000, "{1" + "- " * 50_000):
        assert read(info) is not None
