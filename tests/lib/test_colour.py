import itertools
import math
import re
from pathlib import Path

import pytest

from broadsheet.lib.colour import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    REQUIRED,
    accents,
    contrast,
    parse,
    to_hex,
    to_oklch,
)
from broadsheet.models import Site
from effort import calls

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
EVERY_SIXTH = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in itertools.product(range(0, 256, 51), repeat=3)]


@pytest.mark.parametrize("colour", EVERY_SIXTH)
def test_any_accent_is_legible_on_every_ground(colour):
    light, dark = accents(colour)
    assert min(contrast(light, ground) for ground in LIGHT_GROUNDS) >= REQUIRED
    assert min(contrast(dark, ground) for ground in DARK_GROUNDS) >= REQUIRED


@pytest.mark.parametrize("colour", ["#9b2a20", "#0b5394", "#1b6e3c", "#7a4d00"])
def test_an_accent_that_is_legible_on_paper_stays_as_chosen(colour):
    assert accents(colour)[0] == colour


def test_the_shades_of_a_site_are_worked_out_once():
    accents("#0b5394")
    assert calls(accents, "#0b5394") <= 4


@pytest.mark.parametrize("colour", ["#ffd500", "#00ffcc", "#ff66cc"])
def test_the_hue_survives(colour):
    for shade in accents(colour):
        turn = abs(to_oklch(parse(shade)).hue - to_oklch(parse(colour)).hue)
        assert min(turn, 2 * math.pi - turn) < 0.12


@pytest.mark.parametrize("colour", EVERY_SIXTH)
def test_there_and_back_again(colour):
    assert to_hex(to_oklch(parse(colour))) == colour


def test_contrast_knows_its_ends():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


@pytest.mark.parametrize(
    ("written", "meant"), [("#fff", (255, 255, 255)), (" 9B2A20 ", (155, 42, 32)), ("#0a1", (0, 170, 17))]
)
def test_colours_are_read_as_people_write_them(written, meant):
    assert parse(written) == meant


@pytest.mark.parametrize("nonsense", ["", "red", "#12345", "#gggggg", "#1234567", "rgb(1,2,3)"])
def test_what_is_no_colour_is_refused(nonsense):
    with pytest.raises(ValueError, match="not a colour"):
        accents(nonsense)


def test_the_grounds_are_those_of_the_style_sheet():
    css = TOKENS.read_text(encoding="utf-8")
    light, dark = css.split("prefers-color-scheme: dark", 1)
    for part, grounds in ((light, LIGHT_GROUNDS), (dark, DARK_GROUNDS)):
        found = tuple(re.search(rf"--{name}: (#[0-9a-f]{{6}});", part)[1] for name in ("paper", "panel"))
        assert found == grounds


def test_the_shades_of_the_style_sheet_are_those_of_a_site_whose_owner_chose_none():
    css = TOKENS.read_text(encoding="utf-8")
    told = tuple(re.search(rf"--accent-{scheme}: (#[0-9a-f]{{6}});", css)[1] for scheme in ("light", "dark"))
    assert told == accents(Site.accent)
