"""One spelling for the many ways in which a place name is written."""

import unicodedata

# Both what is looked up and what is looked for go through the same table, so it need not be right English
# ("St" in "Clinton St" becomes "saint" too): it must only send the same name to the same key.
_WORDS: dict[str, str] = {
    "st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount", "mtn": "mountain", "n": "north",
    "s": "south", "e": "east", "w": "west", "hts": "heights", "spgs": "springs", "spg": "spring",
    "bch": "beach", "jct": "junction", "twp": "township", "ctr": "center", "vly": "valley",
    "vlg": "village", "lk": "lake", "is": "island", "pk": "park", "afb": "air force base", "hls": "hills",
    "hl": "hill", "gdns": "gardens",
}  # fmt: skip
_PREFIXES: frozenset[str] = frozenset({"mc", "d", "l", "o"})
"""First parts that are also written together with what follows: Mc Farland, O'Fallon, Coeur d'Alene."""

_APOSTROPHES = "'’‘ʻʼ`´"
_PUNCTUATION = {
    **dict.fromkeys(map(ord, "-–—‐‑.,/()_;:\"!?*#+|\\[]{}<>@^~=%$\t\r\n\u00a0"), " "),
    **dict.fromkeys(map(ord, _APOSTROPHES), None),
    ord("&"): " and ",
    ord("ø"): "o", ord("ł"): "l", ord("ß"): "ss", ord("æ"): "ae", ord("œ"): "oe",
}  # fmt: skip


def fold(text: str) -> str:
    """The key of a place name: lower case without diacritics or punctuation, abbreviations spelled out.

    Linear in the length of the text; the caller bounds that. Letters of other scripts are kept as they are.
    """
    text = text.lower()
    if not text.isascii():
        decomposed = unicodedata.normalize("NFD", text)
        text = "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
    words = text.translate(_PUNCTUATION).split()
    if len(words) < 2:
        return words[0] if words else ""
    if "mc" in words or any(len(word) == 1 for word in words):
        words = _joined(words)
    return " ".join([_WORDS.get(word, word) for word in words])


def _joined(words: list[str]) -> list[str]:
    """Initials become one word (D. C., U. S.), prefixes stick to what follows."""
    joined: list[str] = []
    previous = ""
    for word in words:
        initials = len(word) == 1 and len(previous) == 1
        if joined and (initials or previous in _PREFIXES):
            joined[-1] += word
        else:
            joined.append(word)
        previous = word
    return joined
