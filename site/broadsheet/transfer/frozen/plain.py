"""For hosts that know neither queries nor rules: the pages of a list get paths, and a redirect is a page."""

import html
import re

from broadsheet.transfer.frozen.places import address_of

# A whole attribute or string, also in the escaped HTML of a feed; in XML a whole element, too.
_END = r"""(?=["'\\]|&quot;|&#34;)"""
_IN_HTML = re.compile(rf"""(?:(?<=["'])|(?<=&quot;)|(?<=&#34;))([^"'<>\s&;\\]*\?page=\d+){_END}""")
_IN_XML = re.compile(rf"(?<=>)([^\"'<>\s&;]*\?page=\d+)(?=<)|{_IN_HTML.pattern}")


def with_paths(text: str, url: str, *, is_html: bool) -> str:
    """The same, but `/tag/news?page=2` is `/tag/news/page/2` wherever it is a link."""

    def path(found: re.Match[str]) -> str:
        link = next(filter(None, found.groups()))
        root = url if link.startswith(f"{url}/") else ""
        link = link.removeprefix(root)
        if not link.startswith("/") or link.startswith("//") or address_of(link).page == 1:
            return found[0]
        return root + address_of(link).as_path

    if "?page=" not in text:
        return text
    return (_IN_HTML if is_html else _IN_XML).sub(path, text)


def redirect_page(target: str, url: str) -> bytes:
    """Leads on at once, by itself or by its link, and tells programs which address counts."""
    address = html.escape(target)
    full = html.escape(target if "://" in target else url + target)
    return (
        f'<!doctype html>\n<meta charset="utf-8">\n<title>{address}</title>\n'
        f'<link rel="canonical" href="{full}">\n<meta http-equiv="refresh" content="0; url={address}">\n'
        f'<a href="{address}">{address}</a>\n'
    ).encode()
