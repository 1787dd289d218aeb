"""The colors of the design can be told apart, by the ratio of WCAG 2.2: 4.5 for text, 3 for what is pressed or means
something.
"""

import re
from itertools import product

import pytest

from config import ROOT

TEXT, SIGN = 4.5, 3.0
_TOKEN = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{3}(?:[0-9a-f]{3})?)\s*;")
_CHANNEL = re.compile("..")

GROUNDS = ("paper", "ground", "accent-ground")
# What is written in which color on which ground.
WRITTEN = [
    *product(("ink", "ink-soft", "accent", "accent-strong"), GROUNDS),
    *product(("ink", "ink-soft"), ("ok-ground", "warn-ground", "bad-ground")),
    *product(("accent",), ("ok-ground", "warn-ground", "bad-ground")),
    *((kind, ground) for kind in ("ok", "warn", "bad") for ground in ("paper", f"{kind}-ground")),
    # Words on a button, on a button that is pointed at, on a dangerous one.
    *product(("paper",), ("accent", "accent-strong", "bad")),
]
# The border of a field, of a button and of a broken field, beside what lies in it and around it.
DRAWN = [
    *product(("line-strong", "accent", "bad", "ok", "warn"), GROUNDS),
    # The focus is drawn twice, dark within light: on any ground one of the two is seen, and beside each other both.
    ("ink", "focus"),
    *product(("ink",), GROUNDS),
    ("focus", "accent"),
    ("focus", "accent-strong"),
    ("focus", "bad"),
]


@pytest.fixture(scope="module")
def colors() -> dict[str, str]:
    """Hexadecimal color by the name of its token."""
    source = (ROOT / "static" / "src" / "css" / "tokens.css").read_text("utf-8")
    return dict(_TOKEN.findall(source))


def luminance(color: str) -> float:
    """Relative luminance, 0 to 1, as WCAG 2.2 defines it for sRGB."""
    digits = color.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(pair, 16) / 255 for pair in _CHANNEL.findall(digits)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio of two colors, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_ratio_is_that_of_the_recommendation() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize(("least", "pairs"), [(TEXT, WRITTEN), (SIGN, DRAWN)], ids=["text", "signs"])
def test_colors_that_meet_can_be_told_apart(colors: dict[str, str], least: float, pairs: list[tuple[str, str]]) -> None:
    ratios = {pair: contrast(colors[pair[0]], colors[pair[1]]) for pair in pairs}

    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < least} == {}
