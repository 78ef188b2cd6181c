"""Pictures for the sample posts, drawn so that no photograph must be licensed."""

import math
import random

from PIL import Image, ImageDraw

SIZE = 1600, 1000
# Sky above, sky at the horizon, the nearest hill.
HOURS = (
    ((96, 126, 148), (232, 218, 190), (38, 52, 54)),
    ((58, 70, 104), (236, 168, 120), (30, 28, 40)),
    ((150, 170, 180), (226, 228, 220), (52, 64, 58)),
    ((34, 44, 66), (120, 134, 150), (14, 18, 26)),
    ((180, 150, 130), (244, 226, 190), (70, 44, 38)),
    ((110, 150, 160), (214, 224, 196), (34, 60, 48)),
)


def landscape(number: int) -> Image.Image:
    """Hills behind one another at some hour of the day; the same number gives the same picture."""
    chance = random.Random(number)  # noqa: S311  of no consequence
    high, low, near = HOURS[number % len(HOURS)]
    width, height = SIZE
    picture = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(picture)
    for y in range(height):
        draw.line([(0, y), (width, y)], fill=_between(high, low, min(1.0, y / (height * 0.62))))
    sun, size = (
        (chance.uniform(0.15, 0.85) * width, chance.uniform(0.2, 0.5) * height),
        chance.uniform(40, 90),
    )
    draw.ellipse(
        [sun[0] - size, sun[1] - size, sun[0] + size, sun[1] + size], fill=_between(low, (255, 250, 236), 0.6)
    )
    hills = 6
    for hill in range(hills):
        waves = [(chance.uniform(0.6, 3.2), chance.uniform(0, 6.3), chance.uniform(14, 70)) for _ in range(4)]
        base = height * (0.5 + 0.09 * hill)
        ridge = [
            (x, base + sum(rise * math.sin(x / width * 6.28 * pace + start) for pace, start, rise in waves))
            for x in range(0, width + 8, 8)
        ]
        draw.polygon([*ridge, (width, height), (0, height)], fill=_between(low, near, (hill + 1) / hills))
    return picture


def harbour() -> Image.Image:
    """A basin at low water: sky, sea and a lighthouse."""
    width, height, horizon = 1600, 800, 470
    picture = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(picture)
    for y in range(height):
        light = y / horizon if y < horizon else 1 - (y - horizon) / (height - horizon) * 0.75
        base = (214, 205, 188) if y < horizon else (128, 140, 142)
        draw.line([(0, y), (width, y)], fill=tuple(int(part * (0.62 + 0.38 * light)) for part in base))
    draw.ellipse([1090, 330, 1210, 450], fill=(236, 224, 198))
    for row in range(26):
        wave = horizon + 12 + row * row * 0.48
        for step in range(40):
            x = (step * 67 + row * 131) % width
            length = 18 + row * 4 + 14 * math.sin(step * 1.7 + row)
            draw.line([(x, wave), (x + length, wave)], fill=(176, 182, 178), width=1 + row // 9)
    draw.polygon([(0, 455), (520, 430), (760, 468), (760, 480), (0, 500)], fill=(74, 72, 66))
    draw.polygon([(388, 250), (424, 250), (436, 440), (376, 440)], fill=(226, 219, 203))
    draw.rectangle([381, 330, 431, 362], fill=(155, 42, 32))
    draw.rectangle([390, 224, 422, 250], fill=(52, 50, 46))
    draw.polygon([(384, 226), (428, 226), (406, 202)], fill=(155, 42, 32))
    return picture


def _between(one: tuple[int, ...], other: tuple[int, ...], part: float) -> tuple[int, ...]:
    return tuple(round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
