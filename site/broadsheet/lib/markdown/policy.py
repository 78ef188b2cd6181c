"""What may stand in a rendered text. Everything else is taken out."""

import re

SCHEMES = {"http", "https", "mailto", "tel", "xmpp", "irc", "ircs", "matrix"}

_ANYWHERE = {"id", "class", "lang", "dir", "title"}

ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "role", "aria-label"},
    "abbr": set(),
    "aside": {"role"},
    "b": set(),
    "bdi": set(),
    "bdo": set(),
    "blockquote": {"cite"},
    "br": set(),
    "caption": set(),
    "cite": set(),
    "code": set(),
    "col": {"span"},
    "colgroup": {"span"},
    "dd": set(),
    "del": {"cite", "datetime"},
    "details": {"open"},
    "dfn": set(),
    "div": {"role", "tabindex", "aria-label"},
    "dl": set(),
    "dt": set(),
    "em": set(),
    "figcaption": set(),
    "figure": set(),
    **{f"h{level}": set() for level in range(2, 7)},
    "hr": set(),
    "i": set(),
    "img": {"src", "alt", "width", "height", "loading", "decoding"},
    "ins": {"cite", "datetime"},
    "kbd": set(),
    "li": {"value"},
    "mark": set(),
    "ol": {"start", "reversed", "type"},
    "p": set(),
    "pre": {"tabindex"},
    "progress": {"value", "max", "aria-label"},
    "q": {"cite"},
    "rp": set(),
    "rt": set(),
    "ruby": set(),
    "s": set(),
    "samp": set(),
    "section": {"role", "aria-label"},
    "small": set(),
    "span": {"role", "aria-label"},
    "strong": set(),
    "sub": set(),
    "summary": set(),
    "sup": set(),
    "table": set(),
    "tbody": set(),
    "td": {"colspan", "rowspan", "headers"},
    "tfoot": set(),
    "th": {"colspan", "rowspan", "headers", "scope", "abbr"},
    "thead": set(),
    "time": {"datetime"},
    "tr": set(),
    "u": set(),
    "ul": set(),
    "var": set(),
    "wbr": set(),
}  # fmt: skip
ATTRIBUTES = {tag: own | _ANYWHERE for tag, own in ATTRIBUTES.items()}

CLASSES: dict[str, set[str]] = {
    "a": {"anchor", "external-picture", "footnote-back"},
    "aside": {"callout", *(f"callout-{kind}" for kind in ("note", "tip", "important", "warning", "caution"))},
    "div": {"table", "math"},
    "figure": {"wide", "full"},
    "img": {"wide", "full"},
    "li": {"task"},
    "p": {"callout-title"},
    "pre": {"code"},
    "section": {"footnotes"},
    "span": {"checkbox", "external-picture", "math"},
    "sup": {"footnote-reference"},
    "td": {"align-left", "align-center", "align-right"},
    "th": {"align-left", "align-center", "align-right"},
    "ul": {"tasks"},
    "ol": {"tasks"},
}


def is_of_block(word: str) -> bool:
    """Whether a class is one of those that blocks of plugins may use, wherever there are any."""
    return word == "block" or word.startswith("block-")


# Attributes by which a page's own furniture speaks: a text may only say what the pipeline itself writes.
FIXED: dict[str, set[str]] = {
    "role": {"note", "region", "img", "doc-noteref", "doc-backlink", "doc-endnotes"},
    "tabindex": {"0"},
    "loading": {"lazy"},
    "decoding": {"async"},
    "dir": {"ltr", "rtl", "auto"},
    "scope": {"row", "col", "rowgroup", "colgroup"},
}

VOID = {"br", "col", "hr", "img", "wbr"}

# What the pages around a text may use as an id. A text's own `main` becomes `text-main`, so that neither a
# link of the page nor a label in it can be led astray.
RESERVED_IDS = {
    "about", "account", "actions", "body", "byline", "comments", "contact", "content", "contents", "errors",
    "flashes", "footer", "form", "header", "headline", "main", "masthead", "menu", "nav", "navigation",
    "notes", "page", "post", "search", "settings", "sidebar", "site", "skip", "title", "toc", "top",
}  # fmt: skip
_PLAIN_ID = re.compile(r"[^\W_][\w.:-]{0,119}")

_ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:|[/\\]{2})", re.IGNORECASE)
# A browser ignores these in front of and within an address (WHATWG URL, "URL parsing").
_IGNORED = re.compile("[\x00-\x20\x7f]+")


def local_id(value: str) -> str | None:
    """The id for a writer's `value`: itself, `text-…` when the page or the pipeline needs it, None if odd."""
    if not _PLAIN_ID.fullmatch(value):
        return None
    return "text-" + value if value.lower() in RESERVED_IDS or value.startswith(("fn-", "fnref-")) else value


def is_elsewhere(address: str) -> bool:
    """Whether `address` has a scheme or a host, and so does not lie on this site by its form."""
    return bool(_ELSEWHERE.match(_IGNORED.sub("", address)))


def is_safe(address: str) -> bool:
    """Whether `address` may be linked to: relative, or of a scheme in SCHEMES."""
    address = _IGNORED.sub("", address)
    scheme, colon, _ = address.partition(":")
    return not colon or not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9+.-]*", scheme) or scheme.lower() in SCHEMES
