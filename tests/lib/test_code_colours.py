"""The colours of code are legible on their ground, in light and dark (WCAG 2.2, 1.4.3)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static" / "css"
LIGHT, DARK = (CSS / "code.css").read_text().split("@media screen and (prefers-color-scheme: dark)")
PANELS = re.findall(r"--panel: (#[0-9a-f]{6})", (CSS / "tokens.css").read_text())
COLOUR = re.compile(r"--(code-\w+): (#[0-9a-f]{6})")


def luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("css", "ground"), [(LIGHT, PANELS[0]), (DARK, PANELS[1])], ids=["light", "dark"])
def test_colours_are_legible(css, ground):
    colours = dict(COLOUR.findall(css))
    assert len(colours) == 11
    for name, colour in colours.items():
        lighter, darker = sorted((luminance(colour), luminance(ground)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, name
