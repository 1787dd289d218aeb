"""Which scripts the letters of a text belong to, as far as the Unicode names of letters tell."""

import unicodedata

# Japanese writes one word with all of these, and Korean may add Chinese letters.
_TOGETHER = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HALFWIDTH"}),
    frozenset({"CJK", "HANGUL"}),
)


def script_of(letter: str) -> str:
    """The script of *letter* as the first word of its Unicode name; empty for what is no letter."""
    if not unicodedata.category(letter).startswith("L"):
        return ""
    return unicodedata.name(letter, "UNNAMED").partition(" ")[0]


def scripts_of(text: str) -> tuple[str, ...]:
    """The scripts of the letters of *text*, each once, in the order of their first letters."""
    return tuple(dict.fromkeys(script for letter in text if (script := script_of(letter))))


def mixed_words(text: str) -> tuple[tuple[str, str], ...]:
    """The words of *text* that mix scripts, letter by letter: pairs of (letter and code, Unicode name)."""
    spelled: list[tuple[str, str]] = []
    for word in text.split():
        found = set(scripts_of(word))
        if len(found) < 2 or any(found <= together for together in _TOGETHER):
            continue
        spelled += [(f"{letter}  U+{ord(letter):04X}", unicodedata.name(letter, "UNNAMED")) for letter in word]
    return tuple(spelled)
