"""One spelling for the many ways in which people write the name of a laboratory."""

import re
import unicodedata

MOST_WORDS = 20
"""Words of a name or a street that are looked at; the rest says nothing more."""

_LONGEST = 300
_APOSTROPHES = re.compile("['’‘`´ʼ]")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])-(?=[0-9])")
# "P.O.", "L.L.C.", "N.E.": one word of several letters.
_INITIALS = re.compile(r"\b([a-z])\.(?=[a-z]\b)")
_WORD = re.compile(r"[^\W_]+")

LINKING = frozenset({
    "a", "an", "and", "at", "by", "de", "del", "el", "for", "in", "la", "las", "los", "of", "on", "the", "y",
})  # fmt: skip
"""Words that an abbreviation of a name leaves out."""

LEGAL = frozenset({
    "co", "company", "corp", "corporation", "inc", "incorporated", "llc", "llp", "lp", "ltd", "md", "pa", "pc",
    "pllc", "plc", "dba", "professional", "psc",
})  # fmt: skip
"""What an owner is by law; one and the same laboratory stands with it and without."""

GENERAL = frozenset({
    "laboratory", "pathology", "pathologists", "department", "division", "section", "hospital", "medical", "medicine",
    "center", "clinic", "clinical", "health", "healthcare", "diagnostics", "services", "group", "associates",
    "anatomic", "molecular", "physicians", "partners", "consultants", "system", "systems", "institute", "reference",
    "regional", "surgical", "testing", "dr", "her2",
})  # fmt: skip
"""What many laboratories are called; it tells two of them apart less than the other words."""

APART = frozenset({
    "north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest", "upper", "lower", "downtown",
    "midtown", "uptown", "campus", "eastside", "westside", "northside", "southside", "annex", "branch", "satellite",
    "outpatient", "draw", "collection", "mobile", "station", "childrens", "pediatric", "womens", "mens", "veterinary",
    "research", "student", "emergency", "ii", "iii", "iv", "stat", "jewish", "baptist", "veterans", "patient",
    "allergy", "andrology", "bank", "biorepository", "cardiac", "catheterization", "cytometry", "endocrine",
    "fertility", "forensic", "forensics", "gas", "hla", "hygienic", "imaging", "microbiology", "newborn",
    "pharmacogenomics", "point", "prenatal", "renal", "respiratory", "sleep", "toxicology", "transplant", "virology",
})  # fmt: skip
"""By these an owner tells its own laboratories apart, by site or by what is done there and has little to do with
tumors: whoever has one of them is not the laboratory that has not."""

SPECIALTIES = APART | {
    "anatomic", "breast", "cell", "clinical", "core", "cytogenetics", "cytology", "cytopathology", "dermatology",
    "dermatopathology", "esoteric", "flow", "genetics", "genomic", "genomics", "germline", "hematology",
    "hematopathology", "histology", "histopathology", "immunohistochemistry", "immunology", "immunopathology",
    "molecular", "neuropathology", "ngs", "oncology", "orthopedic", "pathology", "somatic", "surgical", "therapy",
    "tumor",
}  # fmt: skip
"""What a laboratory of a house does. Added to the house's name it may be the same laboratory; two different ones are
two laboratories of one house."""

_NAME_WORDS = {
    "assn": "association", "assoc": "associates", "associate": "associates", "centre": "center", "centro": "center",
    "childrens": "childrens", "children": "childrens", "clin": "clinical", "clinica": "clinic", "clinico": "clinical",
    "comm": "community", "ctr": "center", "ctrs": "center", "cntr": "center", "cyto": "cytology", "dept": "department",
    "departamento": "department", "diag": "diagnostics", "diagnostic": "diagnostics", "div": "division",
    "doctor": "dr", "doctors": "dr", "drs": "dr", "dx": "diagnostics", "e": "east", "first": "1", "ft": "fort",
    "gen": "general", "grp": "group", "hem": "hematology", "hlth": "health", "hosp": "hospital",
    "hospitals": "hospital", "ihc": "immunohistochemistry", "inst": "institute", "instituto": "institute",
    "intl": "international", "lab": "laboratory", "labs": "laboratory", "laboratories": "laboratory",
    "laboratorio": "laboratory", "laboratorios": "laboratory", "lk": "lake", "med": "medical", "medico": "medical",
    "mem": "memorial", "meml": "memorial", "mol": "molecular", "mt": "mount", "mtn": "mountain", "n": "north",
    "natl": "national", "onc": "oncology", "one": "1", "path": "pathology", "pathologist": "pathologists",
    "patologia": "pathology", "ref": "reference", "reg": "regional", "regl": "regional", "s": "south",
    "sch": "school", "service": "services", "st": "saint", "ste": "saint", "sainte": "saint", "surg": "surgical",
    "svc": "services", "svcs": "services", "sys": "system", "two": "2", "three": "3", "univ": "university",
    "universitario": "university", "universidad": "university", "vly": "valley", "w": "west", "women": "womens",
    "woman": "womens",
}  # fmt: skip

_PHRASES = (
    (("fluorescence", "in", "situ", "hybridization"), "fish"),
    (("next", "generation", "sequencing"), "ngs"),
    (("point", "of", "care"), "point"),
    (("health", "care"), "healthcare"),
    (("veterans", "affairs"), "va"),
    (("veterans", "administration"), "va"),
)
# What an owner was called, or is called in trade, before and after these.
_NAMES_APART = re.compile(
    r"\b(?:d\.?\s?/?\s?b\.?\s?/?\s?a\b\.?|f\.?/?k\.?/?a\b\.?|a\.?/?k\.?/?a\b\.?|formerly(?: known as)?|now known as)"
    r"|[()]",
    re.IGNORECASE,
)
_MOST_NAMES = 3


def words(text: str) -> list[str]:
    """The words of *text* in lower case without accents and punctuation; at most ``MOST_WORDS``."""
    letters = text[:_LONGEST].casefold().replace("&", " and ").replace("#", " unit ")
    if not letters.isascii():
        letters = unicodedata.normalize("NFKD", letters)
        letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    plain = _INITIALS.sub(r"\1", _APOSTROPHES.sub("", letters))
    return _WORD.findall(_BETWEEN_DIGITS.sub("", plain))[:MOST_WORDS]


def names_in(text: str) -> list[str]:
    """*text*, and where it gives several names ("… dba …", "… (formerly …)") each of them."""
    found = [part for part in _NAMES_APART.split(text[:_LONGEST]) if _WORD.search(part)]
    return [text] if len(found) < 2 else [text, *found[:_MOST_NAMES]]


def name_words(text: str) -> list[str]:
    """The words of a laboratory's name that are not mere joints."""
    found = words(text)
    for phrase, short in _PHRASES:
        found = _shortened(found, phrase, short)
    return [word for word in found if word not in LINKING]


def spelled_out(found: list[str]) -> list[str]:
    """Words of a name with their common abbreviations spelled out, without what its owner is by law.

    When nothing else is left of the name, that stays.
    """
    full = [_NAME_WORDS.get(word, word) for word in found]
    return [word for word in full if word not in LEGAL] or full


def _shortened(found: list[str], phrase: tuple[str, ...], short: str) -> list[str]:
    if phrase[0] not in found:
        return found
    length = len(phrase)
    for place in range(len(found) - length + 1):
        if tuple(found[place : place + length]) == phrase:
            return [*found[:place], short, *found[place + length :]]
    return found
