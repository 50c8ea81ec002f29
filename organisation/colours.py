"""A whole scale of colours from one, light and dark, each step as readable as Designsystemet's own. Pure.

Contrast depends on luminance alone (WCAG 2.2, «relative luminance»). So each step is given the luminance that it has in
the scale that Designsystemet makes of its own blue, and the municipality's hue: what is readable there is readable here.
Hue and chroma are OKLCH's (Björn Ottosson, «A perceptual color space for image processing», 2020), in which a darker or
lighter step looks like the same colour.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import atan2, cbrt, cos, hypot, sin

READABLE = 4.5
"""Contrast of text to what is behind it, at least (WCAG 2.2, 1.4.3, level AA)."""

SEEN = 3.0
"""Contrast of the edge of a field or a button to what is behind it, at least (1.4.11, level AA)."""

WHITE, BLACK = "#ffffff", "#000000"

LIGHT = {
    "background-default": "#ffffff",
    "background-tinted": "#eef4fa",
    "surface-default": "#ffffff",
    "surface-tinted": "#ddeaf6",
    "surface-hover": "#c7ddf0",
    "surface-active": "#afcee9",
    "border-subtle": "#99c0e3",
    "border-default": "#2a7cc5",
    "border-strong": "#005db1",
    "text-subtle": "#005db1",
    "text-default": "#002c54",
    "base-default": "#0062ba",
    "base-hover": "#004f96",
    "base-active": "#003d75",
    "base-contrast-subtle": "#dbe9f5",
    "base-contrast-default": "#ffffff",
}
"""What Designsystemet makes of #0062ba on light ground, by step."""

DARK = {
    "background-default": "#0c1927",
    "background-tinted": "#102033",
    "surface-default": "#142941",
    "surface-tinted": "#172f4b",
    "surface-hover": "#1a3757",
    "surface-active": "#21446d",
    "border-subtle": "#285182",
    "border-default": "#5a84b4",
    "border-strong": "#8eaacb",
    "text-subtle": "#8eaacb",
    "text-default": "#e7edf4",
    "base-default": "#4c91cf",
    "base-hover": "#6fa6d8",
    "base-active": "#92bce1",
    "base-contrast-subtle": "#0d1924",
    "base-contrast-default": "#000000",
}
"""The same on dark ground."""

_HEX = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)
_BASES = ("base-default", "base-hover", "base-active", "base-contrast-subtle", "base-contrast-default")


@dataclass(frozen=True)
class Scale:
    """The steps by name, on light and on dark ground. `base` is the colour that is used, darker than the given one
    where white could not be read on that."""

    given: str
    base: str
    light: dict[str, str]
    dark: dict[str, str]

    @property
    def is_adjusted(self) -> bool:
        return self.given != self.base


def read_colour(text: str) -> str | None:
    """Return «#7a1f3d» of «7A1F3D», «#7a1f3d» or «#713», or None for what is no colour."""
    match = _HEX.fullmatch(text.strip())
    if match is None:
        return None
    digits = match[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def luminance(colour: str) -> float:
    """Return the relative luminance of «#rrggbb»: 0 is black, 1 is white."""
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21, whichever is the lighter."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=64)
def scale_of(colour: str) -> Scale:
    """Return the scale of a colour as `read_colour` gives it."""
    base = colour
    if contrast(base, WHITE) < READABLE:
        base = _toned(colour, _luminance_under_white(READABLE), 1.0)
    light = {step: _step(base, LIGHT, step) for step in LIGHT if step not in _BASES}
    return Scale(colour, base, light | _bases(base), {step: _step(base, DARK, step) for step in DARK})


def _bases(base: str) -> dict[str, str]:
    """The colour itself, and what it becomes under the pointer: darker, or lighter where it is nearly black."""
    lightness, _chroma, _hue = _oklch(base)
    way = -1 if lightness > 0.25 else 2  # among the dark ones a step is seen less
    steps = {"base-default": base, "base-contrast-default": WHITE}
    for step, distance in (("base-hover", 0.07), ("base-active", 0.13)):
        steps[step] = _at_lightness(base, lightness + way * distance)
    # A softer text on the colour, as soft as it can be and still be read.
    softest = READABLE * (luminance(base) + 0.05) - 0.05
    steps["base-contrast-subtle"] = _toned(
        base, min(1.0, max(softest * 1.02, luminance(LIGHT["surface-tinted"]))), 0.15
    )
    return steps


def _step(base: str, own: dict[str, str], step: str) -> str:
    """The step's luminance in Designsystemet's own scale, with as much of the base's chroma as it has there."""
    share = _oklch(own[step])[1] / _oklch(LIGHT["base-default"])[1]
    return _toned(base, luminance(own[step]), share)


def _luminance_under_white(ratio: float) -> float:
    return 1.05 / ratio - 0.05 - 0.001


def _toned(colour: str, wanted: float, share: float) -> str:
    """Return the colour's hue at the luminance `wanted`, with `share` of its chroma or as much as can be shown."""
    if wanted >= 0.999:
        return WHITE
    if wanted <= 0.0:
        return BLACK
    _lightness, chroma, hue = _oklch(colour)
    low, high = 0.0, 1.0
    for _turn in range(18):
        middle = (low + high) / 2
        if luminance(_shown(middle, chroma * share, hue)) < wanted:
            low = middle
        else:
            high = middle
    return _shown(low if wanted < luminance(LIGHT["border-default"]) else high, chroma * share, hue)


def _at_lightness(colour: str, lightness: float) -> str:
    _lightness, chroma, hue = _oklch(colour)
    return _shown(min(1.0, max(0.0, lightness)), chroma, hue)


def _shown(lightness: float, chroma: float, hue: float) -> str:
    """Return the colour as a screen can show it: chroma is taken away until it fits."""
    low, high = 0.0, chroma
    if not _fits(_rgb(lightness, chroma, hue)):
        for _turn in range(12):
            middle = (low + high) / 2
            low, high = (middle, high) if _fits(_rgb(lightness, middle, hue)) else (low, middle)
        chroma = low
    return "#" + "".join(
        f"{round(255 * _gamma(min(1.0, max(0.0, part)))):02x}" for part in _rgb(lightness, chroma, hue)
    )


def _fits(rgb: tuple[float, float, float]) -> bool:
    return all(-1e-4 <= part <= 1 + 1e-4 for part in rgb)


def _linear(colour: str) -> tuple[float, float, float]:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def _gamma(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _oklch(colour: str) -> tuple[float, float, float]:
    r, g, b = _linear(colour)
    long = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    green_red = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    blue_yellow = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    return lightness, hypot(green_red, blue_yellow), atan2(blue_yellow, green_red)


def _rgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * cos(hue), chroma * sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def stylesheet(colour: str) -> str:
    """Return the sheet that puts the colour's scale in place of Designsystemet's blue."""
    scale = scale_of(colour)
    light, dark = (
        ";".join(f"--ds-color-accent-{step}:{value}" for step, value in steps.items())
        for steps in (scale.light, scale.dark)
    )
    # Without a layer: it stands above the theme's own, wherever the page loads it.
    return (
        f":root,[data-color-scheme]{{{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{[data-color-scheme=auto]{{{dark}}}}}\n"
    )
