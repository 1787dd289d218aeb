"""The colors of the design can be told apart, by the ratio of WCAG 2.2: 4.5 for text, 3 for what is pressed or means
something.
"""

from itertools import product

import pytest

from registry.development.tokens import SHAPE, TEXT, contrast, tokens

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
    return tokens()


@pytest.mark.parametrize(("least", "pairs"), [(TEXT, WRITTEN), (SHAPE, DRAWN)], ids=["text", "signs"])
def test_colors_that_meet_can_be_told_apart(colors: dict[str, str], least: float, pairs: list[tuple[str, str]]) -> None:
    ratios = {pair: contrast(colors[pair[0]], colors[pair[1]]) for pair in pairs}

    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < least} == {}
