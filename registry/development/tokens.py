"""The colors of the style sheet, read from it, and how well they can be told from the grounds where they stand."""

import re
from dataclasses import dataclass

from config import ROOT

TOKENS = ROOT / "static" / "src" / "css" / "tokens.css"
_TOKEN = re.compile(r"--([a-z-]+):\s*([^;]+);")
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")

TEXT, SHAPE = 4.5, 3.0
"""What WCAG 2.2 asks at AA: of text (1.4.3), and of what a control or a drawing is known by (1.4.11)."""

PAIRS = (
    ("ink", "paper", TEXT),
    ("ink", "ground", TEXT),
    ("ink", "accent-ground", TEXT),
    ("ink", "warn-ground", TEXT),
    ("ink", "bad-ground", TEXT),
    ("ink-soft", "paper", TEXT),
    ("ink-soft", "ground", TEXT),
    ("ink-soft", "accent-ground", TEXT),
    ("accent", "paper", TEXT),
    ("accent", "ground", TEXT),
    ("accent", "accent-ground", TEXT),
    ("paper", "accent", TEXT),
    ("paper", "accent-strong", TEXT),
    ("accent-strong", "accent-ground", TEXT),
    ("ok", "ok-ground", TEXT),
    ("warn", "warn-ground", TEXT),
    ("bad", "bad-ground", TEXT),
    ("bad", "paper", TEXT),
    ("line-strong", "paper", SHAPE),
    ("line-strong", "accent-ground", SHAPE),
    ("ink", "focus", SHAPE),
)
"""Color, ground, and the contrast that it needs."""


@dataclass(frozen=True, slots=True)
class Swatch:
    """A color on a ground: their names and values, the contrast that they have and the one that they need."""

    name: str
    color: str
    ground_name: str
    ground: str
    ratio: float
    needed: float


def tokens() -> dict[str, str]:
    """Name to value, as the style sheet has them."""
    return dict(_TOKEN.findall(TOKENS.read_text("utf-8")))


def swatches() -> list[Swatch]:
    """The pairs that stand on pages; ``KeyError`` for a color that is no token."""
    known = tokens()
    return [
        Swatch(name, known[name], ground, known[ground], contrast(known[name], known[ground]), needed)
        for name, ground, needed in PAIRS
    ]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colors written in hexadecimal, 1 to 21, as WCAG 2.2 defines it."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    if not _HEX.fullmatch(color):
        raise ValueError(f"{color} is not a color in hexadecimal")
    digits = color[1:] if len(color) == 7 else "".join(digit * 2 for digit in color[1:])
    red, green, blue = (_linear(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
