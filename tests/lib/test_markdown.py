"""What a writer writes, and what a reader gets."""

import pickle
import re

import pytest

from broadsheet.lib.markdown import VERSION, Document, Resource, Words, render
from markup import Page


def html(source: str, **more) -> str:
    return render(source, **more).html


def test_document_is_plain_data():
    document = render("# A\n\ntext")
    assert pickle.loads(pickle.dumps(document)) == document  # noqa: S301  what we have just made
    assert isinstance(VERSION, int)
    assert render("") == Document("", [], "", 0, [], [], None)


# -- headings


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("#", "2"),
        ("# ##", "2 3"),
        ("## ###", "2 3"),
        ("### ####", "2 3"),
        ("## ####", "2 3"),
        ("# ### ##", "2 3 3"),
        ("### ## # ##", "2 2 2 3"),
        ("# ## ### #### ##### ######", "2 3 4 5 6 6"),
    ],
)
def test_headings_start_at_two_and_leave_no_gap(written, shown):
    source = "\n\n".join(f"{marks} x" for marks in written.split())
    assert " ".join(re.findall(r"<h(\d)", html(source))) == shown


def test_raw_headings_take_part():
    assert re.findall(r"<h(\d)", html("# a\n\n<h1>b</h1>\n\n<h4>c</h4>\n\n## d")) == ["2", "2", "3", "3"]


def test_heading_has_an_id_and_a_link_to_itself():
    assert html("## Über *uns*") == (
        '<h2 id="uber-uns">Über <em>uns</em> '
        '<a class="anchor" href="#uber-uns" aria-label="Link to “Über uns”">#</a></h2>\n'
    )


def test_ids_are_unique_and_never_empty():
    assert re.findall(r'id="([^"]*)"', html("# a\n\n# a\n\n# a-1\n\n# !!!\n\n# ???")) == [
        "a", "a-1", "a-1-1", "section", "section-1",
    ]  # fmt: skip


def test_written_id_is_kept():
    document = render("# A long title {#short}\n\n[there](#short)")
    assert document.toc == [{"id": "short", "title": "A long title", "level": 2}]
    assert 'href="#short"' in document.html


@pytest.mark.parametrize("fragment", ["what-s-new-in-1-0", "whats-new-in-10", "whats-new-in-1-0"])
def test_links_in_other_engines_spelling_find_the_heading(fragment):
    assert 'href="#whats-new-in-1-0">here' in html(f"[here](#{fragment})\n\n## What's new in 1.0")


def test_contents_are_the_two_upper_levels_of_the_text_itself():
    document = render("# A\n\n## B\n\n### C\n\n> # quoted\n\n- # listed")
    assert [(line["level"], line["title"]) for line in document.toc] == [(2, "A"), (3, "B")]


# -- pictures


def test_own_picture_has_its_size_and_the_later_ones_wait():
    sizes = {"a.png": Resource("/uploads/a.png", 640, 480), "b.png": Resource("/uploads/b.png", 10, 10)}
    document = render("![A](a.png)\n\n![B](b.png)", resolve=sizes.get)
    assert '<img src="/uploads/a.png" alt="A" width="640" height="480" decoding="async">' in document.html
    assert (
        '<img src="/uploads/b.png" alt="B" width="10" height="10" loading="lazy" decoding="async">'
        in document.html
    )
    assert document.picture == {"src": "/uploads/a.png", "width": 640, "height": 480, "alt": "A"}
    assert document.images == ["a.png", "b.png"]


def test_picture_in_raw_html_is_treated_alike():
    document = render(
        '<p><img src="a.png" style="x" alt="A"></p>', resolve=lambda src: Resource("/u/a.png", 4, 3)
    )
    assert document.html == '<p><img src="/u/a.png" alt="A" width="4" height="3" decoding="async"></p>'


def test_unknown_picture_does_not_stand_for_the_post():
    assert render("![A](gone.png)", resolve=lambda src: None).picture is None


def test_picture_of_another_site_is_a_link():
    document = render("![A chart](https://x.example/c.png)\n\n![](//x.example/d.png)")
    assert '<a class="external-picture" href="https://x.example/c.png">A chart</a>' in document.html
    assert '<a class="external-picture" href="//x.example/d.png">Picture</a>' in document.html
    assert "<img" not in document.html
    assert document.images == ["https://x.example/c.png", "//x.example/d.png"]
    assert document.picture is None


def test_linked_picture_of_another_site_keeps_its_link():
    assert '<a href="/y"><span class="external-picture">CI</span></a>' in html(
        "[![CI](https://x.example/b.svg)](/y)"
    )


def test_lone_picture_with_a_title_is_a_figure():
    assert html('![A](a.png "The *caption*")') == (
        '<figure><img src="a.png" alt="A" decoding="async"><figcaption>The *caption*</figcaption></figure>\n'
    )
    assert "<figure>" not in html('Text ![A](a.png "title")')
    assert '<figure><a href="/y"><img' in html('[![A](a.png "Caption")](/y)')


# -- GitHub's and ours


def test_task_list_needs_no_form():
    shown = html("- [x] one\n- [ ] two")
    assert '<li class="task"><span class="checkbox" role="img" aria-label="Done">☑</span>' in shown
    assert '<li class="task"><span class="checkbox" role="img" aria-label="Not done">☐</span>' in shown
    assert "<input" not in shown


def test_table_scrolls_by_keyboard_under_a_name_of_its_own():
    shown = html("| a | b |\n|:-:|--:|\n| 1 | 2 |\n\n<table><tr><td>x</td></tr></table>")
    assert '<div class="table" role="region" tabindex="0" aria-label="Table 1"><table>' in shown
    assert '<div class="table" role="region" tabindex="0" aria-label="Table 2"><table>' in shown
    assert '<th class="align-center" scope="col">a</th>' in shown
    assert '<td class="align-right">2</td>' in shown


def test_corner_without_words_is_no_heading():
    assert "<th " not in html("| | |\n|-|-|\n| 1 | 2 |")


def test_strikethrough():
    assert "<s>gone</s>" in html("~~gone~~")


@pytest.mark.parametrize("kind", ["note", "tip", "important", "warning", "caution"])
def test_callout(kind):
    assert html(f"> [!{kind.upper()}]\n> Mind **this**.") == (
        f'<aside class="callout callout-{kind}" role="note"><p class="callout-title">{kind.title()}</p>\n'
        "<p>Mind <strong>this</strong>.</p>\n</aside>\n"
    )


def test_callout_may_have_a_title():
    assert '<p class="callout-title">My <em>own</em></p>' in html("> [!note] My *own*\n> text")
    assert "<blockquote>" in html("> [!UNKNOWN]\n> text")
    assert "<blockquote>" in html("> text\n> [!NOTE]")


def test_footnotes_lead_there_and_back():
    shown = html("One[^a], again[^a], two[^b].\n\n[^a]: First.\n[^b]: Second.")
    assert '<a role="doc-noteref" id="fnref-1" href="#fn-1" aria-label="Footnote 1">1</a>' in shown
    assert 'id="fnref-1-2"' in shown
    assert '<section class="footnotes" role="doc-endnotes" aria-label="Footnotes">' in shown
    assert '<li id="fn-2"><p>Second. <a class="footnote-back" role="doc-backlink" href="#fnref-2"' in shown
    labels = re.findall(r'aria-label="(Back[^"]*)"', shown)
    assert len(labels) == len(set(labels)) == 3


def test_definition_list():
    assert "<dt>Term</dt>" in html("Term\n: Meaning")
    assert re.search(r"<dd>\s*Meaning\s*</dd>", html("Term\n: Meaning"))


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("see https://x.example/a_(b).", "https://x.example/a_(b)"),
        ("(https://x.example/a)", "https://x.example/a"),
        ("www.x.example, and", "https://www.x.example"),
        ("*https://x.example/a*", "https://x.example/a"),
        ("mail ann@x.example!", "mailto:ann@x.example"),
        ("https://x.example/?a=1&b=2", "https://x.example/?a=1&b=2"),
    ],
)
def test_bare_address_becomes_a_link(source, address):
    assert render(source).links == [address]


@pytest.mark.parametrize(
    "source", ["lib.rs", "main.rs and x.com", "a@b", "`https://x.example`", "http://", "@name"]
)
def test_what_only_looks_like_an_address_stays_text(source):
    assert render(source).links == []


def test_links_are_listed_without_those_inside_the_text():
    source = (
        '[a](/a) <a href="b">b</a> <https://c.example/> # \n\n# Heading\n\n[here](#heading) [^n]\n\n[^n]: d'
    )
    assert render(source).links == ["/a", "b", "https://c.example/"]


def test_formulas():
    shown = html("$a^2$ and $$\n\\frac{a}{b}\n$$\n\n$$c$$")
    assert '<math display="inline">' in shown
    assert shown.count('<math display="block">') == 2
    assert '<div class="math" tabindex="0">' in shown


@pytest.mark.parametrize(
    "source", ["$5 and $10", "US$5", "$HOME and $PATH", "a $ b $ c", r"\$a\$", "`$a$`", "$a\n\nb$"]
)
def test_dollars_that_are_no_formula(source):
    assert "<math" not in html(source)


def test_bad_formula_is_shown_as_written():
    assert '<code class="math-error">$\\frac{$</code>' in html("$\\frac{$")


def test_code_has_classes_and_a_language():
    shown = html("```python title=x\ndef f(): pass\n```")
    assert '<span class="code-title">x</span> <span class="code-language">Python</span>' in shown
    assert (
        '<pre class="code" data-language="python" dir="ltr" tabindex="0"><code><span class="k">def</span>'
        in shown
    )
    assert "style=" not in shown
    assert render("```\nx\n```").needs == ["code"]
    assert render("`x`").needs == []


def test_code_of_no_language_needs_no_caption():
    assert html("```text\nx\n```").startswith("<pre ")
    assert html("    x").startswith("<pre ")


def test_lines_are_numbered_and_marked_without_a_word_of_their_own():
    code = 'def f():\n    """two\n    lines"""\n\n    return "<"\n'
    shown = html(f"```python {{2-3}} linenos=9\n{code}```")
    page = Page(shown)
    assert [line["data-number"] for line in page.all(class_="line")] == ["9", "10", "11", "12", "13"]
    assert [line["data-number"] for line in page.all("mark")] == ["10", "11"]
    text = re.sub(r"<[^>]*>", "", shown[shown.index("<pre") :]).replace("&lt;", "<")
    assert text == code + "\n"


def test_unknown_language_is_plain():
    assert html("```nonsense\na < b\n```") == (
        '<figure class="code-listing"><figcaption><span class="code-language">nonsense</span></figcaption>'
        '<pre class="code" data-language="nonsense" dir="ltr" tabindex="0"><code>a &lt; b\n</code></pre>'
        "</figure>\n"
    )


@pytest.mark.parametrize("info", ["rust,ignore", "{.rust}", "Rust", "rs", "rust {linenos=true}"])
def test_language_is_found_in_other_engines_spelling(info):
    assert '<span class="k">fn</span>' in html(f"```{info}\nfn main() {{}}\n```")


def test_code_is_never_changed():
    code = "\n\n  a &amp; <b> \"c\" 'd'\t\n\n"
    shown = html(f"```rust\n{code}```")
    text = re.sub(r"<[^>]*>", "", shown[shown.index("<pre") :])
    assert text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == code + "\n"


def test_a_forgotten_code_mark_is_shown():
    assert "Vec&lt;T&gt;" in html("A Vec<T> holds values.")


def test_raw_html_that_is_allowed():
    line = '<kbd>K</kbd> H<sub>2</sub>O <mark>m</mark> <abbr title="T">t</abbr>'
    source = f"<details><summary>More</summary>\n\n**x** {line}\n\n</details>"
    assert html(source) == (f"<details><summary>More</summary>\n<p><strong>x</strong> {line}</p>\n</details>")


def test_embedded_page_becomes_a_panel_with_a_link():
    document = render('Above.\n\n<iframe src="https://www.v.example/1?a=1&amp;b=2"></iframe>\n\nBelow.')
    figure = Page(document.html).one("figure", class_="embed")
    assert figure.one("figcaption").one("a")["href"] == "https://www.v.example/1?a=1&b=2"
    assert figure.text == "v.example/1?a=1&b=2"
    assert "data-frame" not in document.html
    assert (document.frames, document.links) == ([], ["https://www.v.example/1?a=1&b=2"])


@pytest.mark.parametrize("around", ["Words {} go on.", "<p>{}</p>"])
def test_embedded_page_within_a_paragraph_becomes_a_link(around):
    link = '<a href="https://v.example/1">https://v.example/1</a>'
    shown = html(around.format('<iframe src="https://v.example/1"></iframe>'))
    assert link in shown
    assert "<figure" not in shown


def test_words_come_in_the_language_of_the_text():
    words = Words(warning="Achtung", table="Tabelle {number}", section="Verweis auf „{title}“")
    shown = html("# A\n\n> [!WARNING]\n> x\n\n|a|\n|-|\n", words=words)
    assert "Achtung" in shown
    assert 'aria-label="Tabelle 1"' in shown
    assert 'aria-label="Verweis auf „A“"' in shown


# -- excerpt and count


def test_excerpt_is_the_beginning_of_the_text():
    source = "# Title\n\n![p](x.png)\n\nFirst *words*,[^1] `code`.\n\n```\nx\n```\n\nSecond.\n\n[^1]: Note."
    assert render(source).excerpt == "First words, code. Second."


@pytest.mark.parametrize(
    "address", ["https://www.youtube.com/watch?v=dQw4w9WgXcQ", "<https://example.org/a>"]
)
def test_address_that_stands_alone_is_no_part_of_the_excerpt(address):
    assert render(f"First words.\n\n{address}\n\nSee https://example.org too.").excerpt == (
        "First words. See https://example.org too."
    )


def test_excerpt_ends_after_a_word():
    excerpt = render("word " * 100).excerpt
    assert len(excerpt) <= 200
    assert excerpt.endswith("word…")
    assert len(render("x" * 500).excerpt) <= 200


@pytest.mark.parametrize(
    "first",
    [
        "```chart bar\na,b\nx,1\n```\n",
        "```\ncode\n```",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ\n",
        '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ"></iframe>',
        '<iframe src="https://v.example/1"></iframe>\n',
    ],
)
@pytest.mark.parametrize("text", ["Text below.", "<p>Te<b>xt</b> below.</p>", "## Head\n\n> Text below."])
def test_excerpt_begins_below_what_is_no_text(first, text):
    assert render(f"{first}\n{text}").excerpt == "Text below."


def test_excerpt_of_raw_html_is_its_running_text():
    source = (
        "<h2>Head</h2><p>One&amp;<i>tw</i>o</p><pre>x</pre><table><tr><td>y</table><ul><li>three<li>four</ul>"
    )
    assert render(source).excerpt == "One&two three four"
    assert len(render(f"<div>{'word ' * 100}</div>").excerpt) <= 200
    assert render("<script>x</script>").excerpt == ""


def test_excerpt_of_a_list():
    assert render("- one\n- two").excerpt == "one two"


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("one two-three don't", 3),
        ("# Title\n\ntext\n\n| a | b |\n|-|-|\n| c | d |", 6),
        ("text\n\n```\nnot counted\n```", 1),
        ("a — b – c ... !", 3),
        ("naïve café", 2),
        ("हिन्दी भाषा", 2),
        ("日本語の文章", 3),
        ("中文 and English", 3),
        ("한국어 문장", 2),
        ("<div>\nraw <b>words</b> count\n</div>", 3),
        ('A [link](/to/somewhere "title") and ![a picture](x.png), [both][r].\n\n[r]: /else', 6),
        ("Noted.[^1]\n\n[^1]: The note.", 3),
        ("$$\na + b\n$$\n\n1. one\n2. two\n\n- [x] done", 3),
        ("> ~~~py\n> code\n> ~~~\n> quoted\n\n~~~\nopen to the end", 1),
        ("ภาษาไทย and&amp; more<!-- of it -->", 4),
    ],
)
def test_words_are_counted(source, count):
    assert render(source).word_count == count


# -- media


def of_each_sort(src):
    kinds = {"mp4": "film", "mp3": "sound", "pdf": "document", "jpg": "picture"}
    sources = (("image/avif", "/u/a-480.avif 480w, /u/a-800.avif 800w"), ("image/webp", "/u/a-480.webp 480w"))
    sort = kinds[src[-3:]]
    return Resource(
        f"/u/{src}",
        1600 if sort in ("film", "picture") else None,
        900 if sort in ("film", "picture") else None,
        sort=sort,
        size=1_234_567,
        sources=sources if sort == "picture" else (),
        fallback="/u/a-1200.jpg" if sort == "picture" else "",
    )


def test_picture_is_offered_in_its_sizes():
    document = render("![A harbour](a.jpg)", resolve=of_each_sort)
    sizes = "(min-width: 70em) 44rem, (min-width: 42em) 39rem, 100vw"
    assert document.html == (
        '<p><picture><source type="image/avif" srcset="/u/a-480.avif 480w, /u/a-800.avif 800w"'
        f' sizes="{sizes}"><source type="image/webp" srcset="/u/a-480.webp 480w" sizes="{sizes}">'
        '<img src="/u/a-1200.jpg" alt="A harbour" width="1600" height="900" decoding="async"></picture></p>\n'
    )
    assert document.picture["src"] == "/u/a.jpg"
    assert document.picture["fallback"] == "/u/a-1200.jpg"
    assert [kind for kind, _srcset in document.picture["sources"]] == ["image/avif", "image/webp"]


def test_writer_cannot_write_sources_of_her_own():
    html = render(
        '<picture><source srcset="https://x.example/a.avif"><img src="a.jpg" alt="A"></picture>'
    ).html
    assert "source" not in html
    assert "x.example" not in html


def test_film_and_sound_get_the_controls_of_the_browser():
    film = render("![The harbour](a.mp4)", resolve=of_each_sort)
    assert film.html == (
        '<p><video controls src="/u/a.mp4" preload="metadata" aria-label="The harbour" width="1600"'
        ' height="900"><a href="/u/a.mp4">The harbour</a></video></p>\n'
    )
    assert film.picture is None
    sound = render("![](a.mp3)", resolve=of_each_sort, words=Words(sound="Ton")).html
    assert '<audio controls src="/u/a.mp3" preload="metadata" aria-label="Ton">' in sound


def test_document_becomes_a_link_that_says_what_it_is():
    html = render("![Minutes & more](a.pdf)", resolve=of_each_sort).html
    assert '<a class="attachment" href="/u/a.pdf">Minutes &amp; more' in html
    assert "(PDF, 1.2 MB)" in html


def test_film_with_a_title_is_a_figure():
    html = render('![The harbour](a.mp4 "At noon")', resolve=of_each_sort).html
    assert html.startswith("<figure><video")
    assert "<figcaption>At noon</figcaption>" in html


def test_pictures_without_words_are_told_unless_they_decorate():
    document = render("![](a.jpg) ![](b.jpg#decorative) ![words](c.jpg) ![ ](d.jpg)", resolve=of_each_sort)
    assert document.undescribed == ["a.jpg", "d.jpg"]
    assert document.images == ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]
    assert "#decorative" not in document.html
    assert document.html.count('alt=""') == 3


def test_blocks_say_where_in_the_source_they_begin():
    source = (
        "One.\n\n## Two\n\n```\ncode\n```\n\n> [!NOTE]\n> Five.\n\n<!-- no block -->\n\n| a |\n|---|\n| b |\n"
    )
    html = render(source, lines=True).html
    assert re.findall(r'<(\w+) data-line="(\d+)"', html) == [
        ("p", "0"), ("h2", "2"), ("pre", "4"), ("aside", "8"), ("div", "13"),
    ]  # fmt: skip
    assert re.sub(r' data-line="\d+"', "", html) == render(source).html


def test_a_writer_cannot_say_where_a_block_begins():
    assert "data-line" not in render('<p data-line="7">x</p>').html


# -- what people write that HTML does not know


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (
            "<details>\n\nWords.\n\n<summary>Later</summary>\n</details>",
            "<details><summary>Later</summary>\n<p>Words.</p>\n\n</details>",
        ),
        (
            "<details>\n\nWords.\n\n</details>",
            "<details><summary>Details</summary>\n<p>Words.</p>\n</details>",
        ),
        (
            "<details><summary>One</summary><summary>Two</summary></details>",
            "<details><summary>One</summary>Two</details>",
        ),
        ("<summary>Alone</summary>", "Alone"),
        (
            "<details><details>\nIn\n<summary>Inner</summary></details><summary>Outer</summary></details>",
            "<details><summary>Outer</summary><details><summary>Inner</summary>\nIn\n</details></details>",
        ),
    ],
)
def test_what_folds_has_one_summary_in_front(written, shown):
    assert html(written).strip() == shown


def test_no_paragraph_stands_in_a_line_of_words():
    assert html("<details><summary><span><p>One</p></span></summary></details>") == (
        "<details><summary><span> One</span></summary></details>"
    )
    source = "<details><summary>\n\n**One**\n\n</summary>\n\nWords.\n\n</details>"
    assert "<summary>\n<strong>One</strong>\n</summary>" in html(source)
    assert "<p>Words.</p>" in html(source)


@pytest.mark.parametrize(
    ("written", "shown"),
    [("300px", "300"), (" 40 ", "40"), ("50%", None), ("x", None), ("5٠px", None), ("", None)],
)
def test_size_of_a_picture_is_a_number(written, shown):
    found = re.search(r'width="(.*?)"', html(f'<img src="/uploads/a.png" alt="A" width="{written}">'))
    assert (found and found[1]) == shown


def test_address_has_one_fragment():
    document = render("[chat](https://chat.example.org/?channels=##rust)")
    assert document.links == ["https://chat.example.org/?channels=#%23rust"]
    assert 'href="https://chat.example.org/?channels=#%23rust"' in document.html


def test_letter_and_its_accents_are_one_sign_but_code_is_as_typed():
    apart, together = "Lesin\u0301ski", "Lesi\u0144ski"
    assert html(f"{apart} `{apart}`") == f"<p>{together} <code>{apart}</code></p>\n"
    assert html("\uf9d0 \u212b") == "<p>\uf9d0 \u212b</p>\n"  # signs that would turn into others stay


@pytest.mark.parametrize("number", ["-3", "−1,200.5", "+4 %"])
def test_a_sign_stays_before_its_number_between_words_from_right_to_left(number):
    for source in (f"| a |\n| - |\n| {number} |", f'```csv\nx,a\ny,"{number}"\n```'):
        assert f"<bdi>{number}</bdi></td>" in html(source)
    assert "<bdi>" not in html("| a |\n| - |\n| 3 - 4 |\n| -a |\n| 3 |")
