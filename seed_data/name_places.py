"""Names of places: how a city is spelled, and which of its other names are worth knowing."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from registry.places.folding import fold
from seed_data.read_places import Town

_LATIN = re.compile(r"[A-Z][A-Za-zÁÉÍÑÓÚÜáéíñóúüʻ'’. -]{2,39}")
"""Names in English or Spanish letters. Transliterations made by machine begin with a small letter."""

_TRANSLITERATED = 0.5
"""Likeness from which another name is the same one through a foreign script (Vashington)."""

_KNOWN: dict[tuple[str, str], tuple[str, ...]] = {
    ("philadelphia", "PA"): ("Filadelfia", "Philly"),
    ("new york city", "NY"): ("Nueva York", "NYC", "New York"),
    ("los angeles", "CA"): ("L.A.",),
    ("washington", "DC"): ("Washington DC", "Washington D.C."),
    ("saint louis", "MO"): ("San Luis",),
    ("charlotte amalie", "VI"): ("Saint Thomas",),
}
"""Names in common use that the rules below would drop."""

_CAPITALS = {
    "afb": "AFB", "a f b": "AFB", "usaf": "USAF", "jber": "JBER", "jbphh": "JBPHH", "mcbh": "MCBH",
    "apo": "APO", "fpo": "FPO", "dpo": "DPO", "irs": "IRS", "nas": "NAS", "usps": "USPS", "cpu": "CPU",
    "us": "US",
}  # fmt: skip
_CAPITAL_WORDS = re.compile(r"\b(" + "|".join(_CAPITALS) + r")\b", re.IGNORECASE)
_MC = re.compile(r"\bMc ?([A-Za-z])(?=[a-z])")
_SUFFIX = re.compile(r" (?:Village|village|Hamlet|Town)$")


def display_name(name: str) -> str:
    """A city name of the postal list in upper and lower case as it is usually written."""
    name = _CAPITAL_WORDS.sub(lambda match: _CAPITALS[match[0].lower()], name)
    return _MC.sub(lambda match: "Mc" + match[1].upper(), name)


def town_name(town: Town) -> str:
    """The name of a town without the word for its kind, which GeoNames adds on the Pacific islands."""
    if town.state in {"GU", "MP", "FM", "PW"}:
        return _SUFFIX.sub("", town.name)
    return town.name


def useful_other_names(town: Town) -> set[str]:
    """The keys of a town's other names that somebody might type in English or Spanish.

    GeoNames does not say which language a name is in; kept are names in these alphabets that share a word
    with the town's own name, differ from it by spaces alone, or are unlike it (old names and nicknames).
    Airport codes and transliterations go.
    """
    own = fold(town_name(town))
    own_words = {word for word in own.split() if len(word) > 2}
    kept = {fold(name) for name in _KNOWN.get((own, town.state), ())}
    if town_name(town) != town.name:
        kept.add(fold(town.name))
    for name in town.other_names:
        if not _LATIN.fullmatch(name) or (len(name) <= 4 and name.isupper()):
            continue
        key = fold(name)
        common = own_words & set(key.split())
        alike = SequenceMatcher(None, own, key, autojunk=False).ratio()
        if common or key.replace(" ", "") == own.replace(" ", "") or alike < _TRANSLITERATED:
            kept.add(key)
    kept.discard(own)
    kept.discard("")
    return kept


def best_spelling(names: Iterable[str]) -> str:
    """Of spellings with one key the one with most letters (not abbreviated), then in alphabetical order."""
    return min(names, key=lambda name: (-len(name), name))
