"""What the W3C's feed validator asks of a feed, as far as a feed of ours could break it; without the network.

Sources: RFC 4287, RFC 5005, the RSS 2.0 specification and the RSS Advisory Board's profile, JSON Feed 1.1.
"""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
MEDIA = "{http://search.yahoo.com/mrss/}content"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
LANGUAGE = re.compile(r"[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*")
# What only the pages of the site could make something of: their styles, scripts and patterns.
FURNITURE = re.compile(r'<(?:svg|pattern|use)\b|\surl\(#|<[a-z][^<>]*\s(?:class|tabindex|data-[a-z-]+)="')
RELATIVE = re.compile(r'\s(?:href|src|poster|cite)="(?![a-z][a-z0-9+.-]*:)', re.IGNORECASE)


def check(format: str, text: str, address: str) -> None:
    """Raises AssertionError at the first rule that the feed at this address breaks."""
    {"atom": check_atom, "rss": check_rss, "json": check_json}[format](text, address)


def check_atom(text: str, address: str) -> None:
    feed = ElementTree.fromstring(text)  # noqa: S314  our own
    assert feed.tag == ATOM + "feed"
    links = [(link.get("rel"), link.get("href")) for link in feed.findall(ATOM + "link")]
    assert ("self", address) in links
    assert len([1 for relation, _ in links if relation == "alternate"]) == 1
    entries = feed.findall(ATOM + "entry")
    for each in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(each.findall(ATOM + name)) == 1, name
            assert each.findtext(ATOM + name, "").strip(), name
        assert urlsplit(each.findtext(ATOM + "id", "")).scheme
        assert RFC3339.fullmatch(each.findtext(ATOM + "updated", ""))
        assert LANGUAGE.fullmatch(each.get("{http://www.w3.org/XML/1998/namespace}lang", ""))
        for link in each.findall(ATOM + "link"):
            is_whole(link.get("href"))
            if link.get("rel") == "enclosure":
                is_played(link.get("type"), link.get("length"))
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    all_distinct([entry.findtext(ATOM + "id") for entry in entries])
    all_distinct([entry.findtext(ATOM + "updated") for entry in entries])
    for entry in entries:
        assert RFC3339.fullmatch(entry.findtext(ATOM + "published", ""))
        assert entry.find(ATOM + "content").get("type") == "html"  # type: ignore[union-attr]
        stands_anywhere(entry.findtext(ATOM + "content", ""))
        for author in entry.findall(ATOM + "author"):
            assert author.findtext(ATOM + "name", "").strip()
        for category in entry.findall(ATOM + "category"):
            assert category.get("term")
        has_fair_pictures(entry)


def check_rss(text: str, address: str) -> None:
    rss = ElementTree.fromstring(text)  # noqa: S314  our own
    assert (rss.tag, rss.get("version")) == ("rss", "2.0")
    (channel,) = rss
    for name in ("title", "link", "description"):
        assert len(channel.findall(name)) == 1, name
        assert channel.findtext(name, "").strip(), name
    is_whole(channel.findtext("link"))
    assert LANGUAGE.fullmatch(channel.findtext("language", ""))
    parsedate_to_datetime(channel.findtext("lastBuildDate", ""))
    links = [(link.get("rel"), link.get("href")) for link in channel.findall(ATOM + "link")]
    assert ("self", address) in links
    items = channel.findall("item")
    all_distinct([item.findtext("guid") for item in items])
    for item in items:
        assert item.findtext("title", "").strip() or item.findtext("description", "").strip()
        is_whole(item.findtext("link"))
        assert item.find("guid").get("isPermaLink") == "false"  # type: ignore[union-attr]
        assert item.findtext("pubDate", "").endswith(" GMT")
        parsedate_to_datetime(item.findtext("pubDate", ""))
        assert len(item.findall(CONTENT)) == 1
        stands_anywhere(item.findtext(CONTENT, ""))
        has_fair_pictures(item)
        enclosures = item.findall("enclosure")
        assert len(enclosures) <= 1
        for enclosure in enclosures:
            is_whole(enclosure.get("url"))
            is_played(enclosure.get("type"), enclosure.get("length"))


def check_json(text: str, address: str) -> None:
    feed = json.loads(text)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["feed_url"] == address
    for name in ("home_page_url", "icon", "favicon"):
        is_whole(feed[name])
    all_distinct([item["id"] for item in feed["items"]])
    all_distinct([item["date_modified"] for item in feed["items"]])
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert isinstance(item["content_html"], str)
        is_whole(item["url"])
        for name in ("date_published", "date_modified"):
            assert RFC3339.fullmatch(item[name])
            datetime.fromisoformat(item[name])
        stands_anywhere(item["content_html"])
        if "image" in item:
            is_whole(item["image"])
        for attachment in item.get("attachments", []):
            is_whole(attachment["url"])
            is_played(attachment["mime_type"], str(attachment["size_in_bytes"]))
            assert {type(attachment.get("duration_in_seconds", 0)), type(attachment["size_in_bytes"])} == {
                int
            }


def is_whole(address: str | None) -> None:
    parts = urlsplit(address or "")
    assert parts.scheme in ("http", "https"), address
    assert parts.netloc, address
    assert not re.search(r"[\s<>\"{}|\\^`]", address or ""), address


def stands_anywhere(html: str) -> None:
    assert not RELATIVE.search(html), RELATIVE.search(html)
    assert not re.search(r"<(?:script|style|object|embed|iframe|form)\b|\son[a-z]+=|\sstyle=", html)
    assert not FURNITURE.search(html), FURNITURE.search(html)
    ids = re.findall(r'<[a-z][^<>]*\sid="([^"]*)"', html)
    all_distinct(ids)
    for id in ids:
        assert re.search(
            rf'\shref="[^"#]*#{re.escape(id)}"|\sheaders="[^"]*\b{re.escape(id)}\b', unquote(html)
        ), id


def has_fair_pictures(entry: ElementTree.Element) -> None:
    for picture in entry.findall(MEDIA):
        is_whole(picture.get("url"))
        assert picture.get("medium") in ("image", "audio", "video")
        assert picture.get("type", "").startswith(f"{picture.get('medium')}/")


def is_played(media_type: str | None, length: str | None) -> None:
    assert re.fullmatch(r"(audio|video)/[a-z0-9.+-]+", media_type or ""), media_type
    assert re.fullmatch(r"[1-9][0-9]*", length or ""), length


def all_distinct(found: Sequence[str | None]) -> None:
    assert len(set(found)) == len(found), found
