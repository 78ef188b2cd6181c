"""What lies elsewhere and can be shown in a frame: its address, and nothing loaded unasked."""

from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from broadsheet.lib import embeds
from broadsheet.lib.embeds import Embed
from broadsheet.lib.markdown.document import STILL
from broadsheet.lib.markdown.page import Page
from broadsheet.lib.markdown.raw import attributes
from broadsheet.lib.markdown.text import is_bare_address, plain


def alone(children: Sequence[Token]) -> tuple[Embed, str] | None:
    """What a paragraph shows that is nothing but an address, or a picture of one; with the words to it."""
    if len(children) == 1 and children[0].type == "image":
        words = str(children[0].attrs.get("title") or plain(children[0].children or ()))
        found = embeds.find(str(children[0].attrs.get("src", "")))
        return (found, words) if found else None
    if not is_bare_address(children):  # one that bears words is a link
        return None
    found = embeds.find(str(children[0].attrs.get("href", "")))
    return (found, "") if found else None


def figure(page: Page, embed: Embed, words: str = "") -> str:
    """A link; static/js/text-embed.js makes a button of it, by which a reader loads the frame."""
    page.needs.add("embed")
    page.frames.add(embed.host)
    page.links.append(embed.address)
    said = f"{escape(words, quote=False)} " if words else ""
    kind = f"embed embed-{embed.provider.shape}"
    return (
        f'<figure class="{kind}" data-frame="{escape(embed.frame)}">{_still(page, embed)}'
        f'<figcaption>{said}<span class="embed-source">{embed.provider.name}:'
        f' <a href="{escape(embed.address)}">{escape(embed.shown, quote=False)}</a>'
        "</span></figcaption></figure>"
    )


def link(page: Page, address: str) -> str:
    """What belongs to no provider: as a panel it has the same place, but nothing can be loaded there."""
    page.needs.add("embed")
    page.links.append(address)
    return (
        '<figure class="embed"><figcaption><span class="embed-source">'
        f'<a href="{escape(address)}">{escape(embeds.shown(address), quote=False)}</a>'
        "</span></figcaption></figure>"
    )


def _still(page: Page, embed: Embed) -> str:
    """The picture of it that this site keeps; what it does not keep yet is noted."""
    resource = page.resolve(STILL + embed.still) if embed.still and page.resolve else None
    if resource is None:
        if embed.still:
            page.stills.append(embed.still)
        return ""
    given = {"class": "embed-still", "src": resource.fallback or resource.src, "alt": ""}
    if resource.width and resource.height:
        given |= {"width": str(resource.width), "height": str(resource.height)}
    return f"<img{attributes(given | {'loading': 'lazy', 'decoding': 'async'})}>"
