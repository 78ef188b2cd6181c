"""Pictures, films and sounds: with their sizes when they are ours, as a link when they are not."""

from html import escape

from broadsheet.lib.markdown.document import Picture, Resource
from broadsheet.lib.markdown.page import Page
from broadsheet.lib.markdown.policy import is_elsewhere, is_safe
from broadsheet.lib.markdown.raw import attributes

# How wide a picture in a text is shown: as wide as the window on a telephone, else the measure of a post with
# what it may hang out of it (static/css/tokens.css, post.css).
SIZES = "(min-width: 70em) 44rem, (min-width: 42em) 39rem, 100vw"

DECORATIVE = "#decorative"


def picture(page: Page, given: dict[str, str], *, in_link: bool) -> str:
    """HTML for an `<img>` with the attributes `given`.

    The reader's browser asks no other site for anything: a picture from elsewhere is offered as a link under
    its alternative text, or named only when it already stands in a link or its address is not safe.
    """
    src, alt = given.get("src", ""), given.get("alt", "")
    if not src:
        return escape(alt, quote=False)
    src, is_decorative = src.removesuffix(DECORATIVE), src.endswith(DECORATIVE)
    page.images.append(src)
    resource = page.resolve(src) if page.resolve else None
    if resource is None and is_elsewhere(src):
        return _elsewhere(page, src, alt, in_link)
    if resource and resource.sort != "picture":
        return page.keep(_played(page, resource, alt, in_link))
    if is_decorative:
        alt = ""
    elif not alt.strip():
        page.undescribed.append(src)
    found = Picture(
        src=resource.src if resource else src,
        width=resource.width if resource else None,
        height=resource.height if resource else None,
        alt=alt,
    )
    if resource and resource.sources:
        found |= {"sources": [list(source) for source in resource.sources], "fallback": resource.fallback}
    if page.picture is None and (resource or page.resolve is None):
        page.picture = found
    page.pictures += 1
    written = f"<img{attributes(_local(given, found, is_first=page.pictures == 1))}>"
    if "sources" not in found:
        return written
    # What stands around the picture is ours alone: a text cannot write it, and the sanitiser never sees it.
    sources = "".join(
        f"<source{attributes({'type': kind, 'srcset': srcset, 'sizes': SIZES})}>"
        for kind, srcset in found["sources"]
    )
    return page.keep(f"<picture>{sources}") + written + page.keep("</picture>")


def _played(page: Page, resource: Resource, alt: str, in_link: bool) -> str:
    """A film or a sound with the browser's own controls, which load nothing but its beginning; a document as
    a link that says what it is."""
    name = alt.strip() or resource.src.rpartition("/")[2]
    kind = f"{resource.src.rpartition('.')[2].upper()}, {_size(resource.size)}"
    if resource.sort == "document" or in_link:
        words = f'{escape(name, quote=False)} <span class="attachment-kind">({kind})</span>'
        return words if in_link else f'<a class="attachment" href="{escape(resource.src)}">{words}</a>'
    tag = "video" if resource.sort == "film" else "audio"
    label = alt.strip() or (page.words.film if tag == "video" else page.words.sound)
    given = {"src": resource.src, "preload": "metadata", "aria-label": label}
    if tag == "video" and resource.width and resource.height:
        given |= {"width": str(resource.width), "height": str(resource.height)}
    link = f'<a href="{escape(resource.src)}">{escape(name, quote=False)}</a>'
    return f"<{tag} controls{attributes(given)}>{link}</{tag}>"


def _size(size: int) -> str:
    """In the units of the International System, as file managers and mail programs write it."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3))} kB"


def _local(given: dict[str, str], found: Picture, *, is_first: bool) -> dict[str, str]:
    written = {"src": found.get("fallback") or found["src"], "alt": found["alt"]}
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
