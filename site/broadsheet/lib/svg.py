"""Drawings (SVG) from strangers: only what draws is kept."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, register_namespace, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"

ELEMENTS = {
    "svg", "g", "defs", "symbol", "use", "title", "desc", "switch", "path", "rect", "circle", "ellipse",
    "line", "polyline", "polygon", "text", "tspan", "textPath", "marker", "clipPath", "mask", "pattern",
    "linearGradient", "radialGradient", "stop", "image", "filter", "feBlend", "feColorMatrix",
    "feComponentTransfer", "feComposite", "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap",
    "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR",
    "feGaussianBlur", "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight",
    "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence", "animate", "animateTransform",
    "animateMotion", "mpath", "set",
}  # fmt: skip
_ANIMATIONS = {"animate", "animateTransform", "animateMotion", "set"}

ATTRIBUTES = {
    "id", "class", "lang", "role", "aria-label", "aria-labelledby", "aria-hidden", "version", "viewBox",
    "width", "height", "preserveAspectRatio", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry",
    "fx", "fy", "fr", "d", "points", "pathLength", "transform", "transform-origin", "gradientUnits",
    "gradientTransform", "spreadMethod", "offset", "stop-color", "stop-opacity", "clipPathUnits",
    "maskUnits", "maskContentUnits", "patternUnits", "patternContentUnits", "patternTransform",
    "markerWidth", "markerHeight", "markerUnits", "refX", "refY", "orient", "marker-start", "marker-mid",
    "marker-end", "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity",
    "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset",
    "color", "opacity", "clip-path", "clip-rule", "mask", "filter", "display", "visibility", "overflow",
    "vector-effect", "paint-order", "shape-rendering", "text-rendering", "image-rendering", "mix-blend-mode",
    "color-interpolation", "color-interpolation-filters", "flood-color", "flood-opacity", "lighting-color",
    "font-family", "font-size", "font-style", "font-weight", "font-variant", "font-stretch",
    "letter-spacing", "word-spacing", "text-anchor", "text-decoration", "dominant-baseline",
    "alignment-baseline", "baseline-shift", "writing-mode", "direction", "dx", "dy", "rotate", "textLength",
    "lengthAdjust", "startOffset", "method", "spacing", "side", "in", "in2", "result", "mode", "type",
    "values", "tableValues", "slope", "intercept", "amplitude", "exponent", "operator", "k1", "k2", "k3",
    "k4", "order", "kernelMatrix", "divisor", "bias", "targetX", "targetY", "edgeMode", "preserveAlpha",
    "surfaceScale", "diffuseConstant", "specularConstant", "specularExponent", "limitingConeAngle",
    "pointsAtX", "pointsAtY", "pointsAtZ", "azimuth", "elevation", "z", "scale", "xChannelSelector",
    "yChannelSelector", "stdDeviation", "radius", "baseFrequency", "numOctaves", "seed", "stitchTiles",
    "filterUnits", "primitiveUnits", "attributeName", "attributeType", "begin", "dur", "end", "min", "max",
    "restart", "repeatCount", "repeatDur", "calcMode", "keyTimes", "keySplines", "keyPoints", "from", "to",
    "by", "additive", "accumulate", "path", "systemLanguage", "href",
}  # fmt: skip
# What a style may say: of the properties of CSS those that are attributes, too (SVG 2, 6.6).
_PROPERTIES = {name for name in ATTRIBUTES if "-" in name and not name.startswith("aria-")} | {
    *("fill", "stroke", "color", "opacity", "mask", "filter", "display", "visibility", "overflow"),
    *("direction", "transform", "d", "x", "y", "cx", "cy", "r", "rx", "ry", "width", "height"),
}
# What an animation may change: never an address or an event handler.
_ANIMATED = ATTRIBUTES - {"href", "id", "class", "attributeName", "systemLanguage"}

LARGEST = 2_000_000  # bytes
MOST_ELEMENTS = 50_000
DEEPEST = 100

_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
# CSS Values 4, "Absolute lengths", in CSS pixels.
_UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}
_LENGTH = re.compile(rf"\s*({_NUMBER})\s*([a-z]*)\s*")
# Where a browser sizes what has no size of its own (CSS 2, "replaced elements").
_FALLBACK = (300.0, 150.0)

_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")
_TRANSFORM_UNIT = re.compile(r"(?<=[0-9.])(?:px|deg)\b")
_SUSPICIOUS = ("\\", "/*", "javascript:", "@import", "image-set", "image(", "src(")
_REFERENCE = re.compile(r"url\(")
_LOCAL_REFERENCE = re.compile(r"url\(\s*[\"']?#")

register_namespace("", SVG)
register_namespace("xlink", XLINK)


class NotAnSvg(ValueError):
    """The bytes are no SVG picture, or one too large or too deep to look through; the text says which."""


# `<!DOCTYPE svg PUBLIC "…" "…">`: without brackets it declares nothing (XML 1.0, production 28).
PLAIN_DOCTYPE = re.compile(rb"<!DOCTYPE\s+svg\b[^\[\]<>]*>")


def sanitise(content: bytes) -> tuple[bytes, int, int]:
    """Return an SVG file's `content` with only what draws, its width and its height (CSS pixels, at least 1).

    Scripts, event handlers, style sheets, foreign objects, links, comments, references to anything outside
    the file and animations of an address are gone. What a `style` says is said by attributes, so that a
    policy need allow no style. Gone is also a document type that only names SVG's, as Graphviz
    writes it; one that declares anything of its own is refused, so that no entity is expanded.
    Raises NotAnSvg.
    """
    if len(content) > LARGEST:
        raise NotAnSvg("The drawing is too large.")
    try:
        root = fromstring(PLAIN_DOCTYPE.sub(b"", content, count=1), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise NotAnSvg("This is not a well-formed SVG file without declarations of its own.") from error
    if root.tag != f"{{{SVG}}}svg":
        raise NotAnSvg("This is not an SVG file.")
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise NotAnSvg("The drawing has too many parts.")
    _tidy(root, 0)
    if _drawn(root) > MOST_ELEMENTS:
        raise NotAnSvg("The drawing repeats its parts too often.")
    width, height = _size(root)
    root.set("width", str(width))
    root.set("height", str(height))
    return tostring(root, encoding="utf-8", xml_declaration=True), width, height


def _tidy(element: Element, depth: int) -> None:
    if depth > DEEPEST:
        raise NotAnSvg("The drawing is nested too deeply.")
    for child in list(element):
        if _is_allowed(child):
            _tidy(child, depth + 1)
        else:
            element.remove(child)
    written = dict(element.attrib)
    element.attrib.clear()
    for name, value in written.items():
        if kept := _attribute(element, name, value):
            element.set(*kept)
    for name, value in _declarations(written.get("style", "")):  # it outdoes the attributes
        element.set(name, value)


def _is_allowed(element: Element) -> bool:
    namespace, _, name = str(element.tag)[1:].partition("}")
    if namespace != SVG or name not in ELEMENTS:
        return False
    return name not in _ANIMATIONS or element.get("attributeName", "transform") in _ANIMATED


def _attribute(element: Element, name: str, value: str) -> tuple[str, str] | None:
    if name == f"{{{XLINK}}}href":
        name = "href"
    if name not in ATTRIBUTES:
        return None
    if name == "href":
        is_picture = element.tag == f"{{{SVG}}}image" and _PICTURE.fullmatch(value)
        return (name, value) if value.startswith("#") or is_picture else None
    return (name, value) if _is_local(value) else None


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    """Those of a `style` attribute, as attributes have them: no `!important`, angles in plain degrees."""
    for declaration in style.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        name, value = name.lower(), value.partition("!")[0].strip()
        if name == "transform":
            value = _TRANSFORM_UNIT.sub("", value)
        if value and name in _PROPERTIES and _is_local(value):
            yield name, value


def _is_local(value: str) -> bool:
    """Whether every `url(…)` in `value` points into the file; a backslash or a comment could hide one."""
    lowered = value.lower()
    if any(mark in lowered for mark in _SUSPICIOUS):
        return False
    return len(_REFERENCE.findall(lowered)) == len(_LOCAL_REFERENCE.findall(lowered))


def _drawn(root: Element) -> int:
    """How many elements a browser draws, a `use` as what it repeats: ten of ten of ten … would keep it busy
    for ever. What repeats itself counts once; a browser does not draw it."""
    targets = {f"#{element.get('id')}": element for element in root.iter() if element.get("id")}
    known: dict[Element, int] = {}

    def count(element: Element, depth: int) -> int:
        if depth > 2 * DEEPEST:
            raise NotAnSvg("The drawing is nested too deeply.")
        if element not in known:
            known[element] = 1
            repeated = targets.get(element.get("href", "")) if element.tag == f"{{{SVG}}}use" else None
            parts = [*element, repeated] if repeated is not None else list(element)
            drawn = 1 + sum(count(part, depth + 1) for part in parts)
            known[element] = min(drawn, MOST_ELEMENTS + 1)
        return known[element]

    return count(root, 0)


def _size(root: Element) -> tuple[int, int]:
    box = [float(number) for number in re.findall(_NUMBER, root.get("viewBox", ""))]
    across, down = (
        (box[2], box[3]) if len(box) == 4 and all(0 < side < 1e9 for side in box[2:]) else _FALLBACK
    )
    width, height = _length(root.get("width", "")), _length(root.get("height", ""))
    if width is None and height is None:
        width, height = across, down
    elif width is None:
        width = (height or 0) * across / down
    elif height is None:
        height = width * down / across
    return _pixels(width), _pixels(height or 0)


def _length(value: str) -> float | None:
    """In CSS pixels; None for a share of something else (`100%`) and for what is no length."""
    match = _LENGTH.fullmatch(value.lower())
    if match is None or match.group(2) not in _UNITS:
        return None
    length = float(match.group(1)) * _UNITS[match.group(2)]
    return length if 0 < length < 1e6 else None


def _pixels(length: float) -> int:
    return max(1, round(min(length, 100_000.0)))
