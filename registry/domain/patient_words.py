"""Whether a text looks as if it spoke of a patient. A hint for its writer, never a reason to refuse it."""

import re

from registry.domain.vocabulary import N_, Term, Vocabulary

PATIENT_WORDS = Vocabulary(
    "patient_words",
    Term("birth", N_("something like a date of birth")),
    Term("number", N_("something like the number of a patient, a case or a medical record")),
    Term("person", N_("words about a patient or somebody’s family")),
)
"""What such a text seems to hold, as a list goes on after “It has …”."""

_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
# Who is tested for colorectal cancer was born in such years; laboratories do not move or close in them.
_YEAR = r"(?:19[0-9]{2}|200[0-9])"
_MONTH_NAMES = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic"
    "|january|february|march|april|june|july|august|september|october|november|december"
    "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
)
_KIN = (
    "mother|father|mom|mum|dad|wife|husband|spouse|partner|son|daughter|child|sister|brother|aunt|uncle"
    "|grandmother|grandfather|friend|patient"
)
_FAMILIA = (
    "madre|mam[aá]|padre|pap[aá]|esposa|esposo|pareja|hijo|hija|hermana|hermano|t[ií]a|t[ií]o|abuela|abuelo"
    "|amiga|amigo|paciente"
)

_SIGNS = {
    "birth": re.compile(
        r"\bd\.?\s?o\.?\s?b\b|\bdate of birth\b|\bbirth ?da(?:te|y)\b|\bborn (?:on|in)\b"
        r"|\bfecha de nacimiento\b|\bnacid[oa]\b"
        rf"|\b{_MONTH}[/.-]{_DAY}[/.-]{_YEAR}\b|\b{_DAY}[/.-]{_MONTH}[/.-]{_YEAR}\b|\b{_YEAR}-{_MONTH}-{_DAY}\b"
        rf"|\b(?:{_MONTH_NAMES})\.? {_DAY},? {_YEAR}\b|\b{_DAY} (?:de )?(?:{_MONTH_NAMES})\.? (?:de )?{_YEAR}\b",
        re.IGNORECASE,
    ),
    "number": re.compile(
        r"\b(?:mrn|medical record|patient (?:id|number|no)|accession|case (?:number|no)|chart (?:number|no)"
        r"|historia cl[ií]nica|expediente|n[uú]mero de (?:caso|paciente))\b"
        r"[^0-9\n]{0,20}[A-Za-z]{0,3}-?[0-9]{1,4}-?[0-9]{2}"
        r"|\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b",
        re.IGNORECASE,
    ),
    "person": re.compile(
        rf"\b(?:my|our) (?:{_KIN})(?:s|['’]s)?\b|\bmis? (?:{_FAMILIA})s?\b"
        r"|\bpatient(?:['’]s)? nam(?:e|ed)\b|\bnombre del paciente\b|\bthe patient (?:is|was|has|had)\b",
        re.IGNORECASE,
    ),
}


def patient_words(text: str) -> tuple[str, ...]:
    """What of ``PATIENT_WORDS`` *text* seems to hold, as slugs in that order; the text is bounded by its form."""
    return tuple(slug for slug in PATIENT_WORDS.slugs if _SIGNS[slug].search(text))
