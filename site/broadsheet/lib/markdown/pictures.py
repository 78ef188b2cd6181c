"""Pictures: with their sizes when they are ours, as a link when they are not."""

from html import escape

from broadsheet.lib.markdown.document import Picture
from broadsheet.lib.markdown.page import Page
from broadsheet.lib.markdown.policy import is_elsewhere, is_safe
from broadsheet.lib.markdown.raw import attributes


def picture(page: Page, given: dict[str, str], *, in_link: bool) -> str:
    """HTML for an `<img>` with the attributes `given`.

    The reader's browser asks no other site for anything: a picture from elsewhere is offered as a link under
    its alternative text, or named only when it already stands in a link or its address is not safe.
    """
    src, alt = given.get("src", ""), given.get("alt", "")
    if not src:
        return escape(alt, quote=False)
    page.images.append(src)
    resource = page.resolve(src) if page.resolve else None
    if resource is None and is_elsewhere(src):
        return _elsewhere(page, src, alt, in_link)
    found = Picture(
        src=resource.src if resource else src,
        width=resource.width if resource else None,
        height=resource.height if resource else None,
        alt=alt,
    )
    if page.picture is None and (resource or page.resolve is None):
        page.picture = found
    page.pictures += 1
    return f"<img{attributes(_local(given, found, is_first=page.pictures == 1))}>"


def _local(given: dict[str, str], found: Picture, *, is_first: bool) -> dict[str, str]:
    written = {"src": found["src"], "alt": found["alt"]}
    written |= {name: given[name] for name in ("title", "class", "id", "width", "height") if name in given}
    if found["width"] and found["height"]:
        # The true size, so that nothing moves when the picture comes; how wide it is shown is the style's
        # business.
        written |= {"width": str(found["width"]), "height": str(found["height"])}
    if not is_first:
        written["loading"] = "lazy"
    return written | {"decoding": "async"}


def _elsewhere(page: Page, src: str, alt: str, in_link: bool) -> str:
    name = escape(alt.strip() or page.words.picture, quote=False)
    if in_link or not is_safe(src):
        return f'<span class="external-picture">{name}</span>'
    return f'<a class="external-picture" href="{escape(src)}">{name}</a>'
