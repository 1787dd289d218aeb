"""Letters that deceive: of several scripts in one word, like those of another script, invisible or turning the text."""

import unicodedata
from functools import lru_cache

from registry.domain.text import unwelcome_character

# Japanese writes one word with all of these, and Korean may add Chinese letters.
_TOGETHER = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HALFWIDTH"}),
    frozenset({"CJK", "HANGUL"}),
)
# Letters that common fonts draw like Latin ones; of Unicode's confusables those that words can be made of.
_LIKE_LATIN = {
    # Cyrillic
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "һ": "h", "н": "h", "і": "i", "ј": "j", "к": "k", "ӏ": "l",
    "м": "m", "о": "o", "р": "p", "ԛ": "q", "ѕ": "s", "т": "t", "ѵ": "v", "ԝ": "w", "х": "x", "у": "y",
    # Greek
    "α": "a", "β": "b", "ε": "e", "η": "n", "ι": "i", "κ": "k", "μ": "u", "ν": "v", "ο": "o", "ρ": "p", "τ": "t",
    "υ": "u", "χ": "x", "ω": "w", "ζ": "z",
    # Latin
    "ı": "i", "ɑ": "a", "ɡ": "g", "ɩ": "i", "ꞵ": "b",
}  # fmt: skip
_LIKE_LATIN_IN_HOSTS = {"0": "o", "1": "l", "3": "e", "5": "s"}


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
        spelled += spelled_out(word)
    return tuple(spelled)


def spelled_out(word: str) -> list[tuple[str, str]]:
    """Each letter of *word*: pairs of (letter and code, Unicode name)."""
    return [(f"{letter}  U+{ord(letter):04X}", unicodedata.name(letter, "UNNAMED")) for letter in word]


def disguised_words(text: str) -> tuple[str, ...]:
    """The words of *text* without one Latin letter that look as if they were written in Latin letters."""
    found = []
    for word in text.split():
        letters = [letter for letter in word.casefold() if script_of(letter)]
        if len(letters) > 1 and all(letter in _LIKE_LATIN for letter in letters):
            found.append(word)
    return tuple(found)


def skeleton(host: str) -> str:
    """What a host looks like: equal skeletons of different hosts can be taken for each other."""
    folded = unicodedata.normalize("NFKD", host.casefold())
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    likened = "".join(_LIKE_LATIN_IN_HOSTS.get(letter, _LIKE_LATIN.get(letter, letter)) for letter in plain)
    return likened.replace("rn", "m").replace("vv", "w").replace("cl", "d").replace("i", "l")


def host_in_letters(host: str) -> str:
    """*host* as people see it, where its labels are written in Punycode (``xn--…``, RFC 3492)."""
    return ".".join(_label(label) for label in host.split("."))


def host_in_ascii(host: str) -> str:
    """*host* as the network knows it: labels of other letters in Punycode."""
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode', 'replace').decode('ascii', 'replace')}"
        for label in host.split(".")
    )


def visible(text: str) -> str:
    """*text* with each character that cannot be seen, or turns what follows, written out: ``⟨U+202E⟩``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(letter) for letter in text)


@lru_cache(maxsize=4096)
def _visible(letter: str) -> str:
    return f"⟨U+{ord(letter):04X}⟩" if unwelcome_character(letter, lines=True) else letter


def _label(label: str) -> str:
    if not label.lower().startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
