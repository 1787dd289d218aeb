"""From what people write for a state, a territory or a region of military mail to its two-letter USPS code.

Source of the codes: USPS Publication 28, appendix B. The freely associated states are no part of the country,
yet have its ZIP codes.
"""

from registry.domain.states import US_STATES
from registry.places.folding import fold

MILITARY_REGIONS: frozenset[str] = frozenset({"AA", "AE", "AP"})

_ASSOCIATED_STATES = {"FM": "Federated States of Micronesia", "MH": "Marshall Islands", "PW": "Palau"}

_OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "AZ": ("Ariz",), "CA": ("Calif",), "CO": ("Colo",), "CT": ("Conn",), "DC": ("D.C.",), "FL": ("Fla",),
    "GU": ("Guahan",), "HI": ("Hawai'i",), "IL": ("Ill",), "KS": ("Kans",), "LA": ("Luisiana",),
    "MA": ("Mass",), "MI": ("Mich",), "MN": ("Minn",), "NC": ("N.C.", "Carolina del Norte"),
    "ND": ("N.D.", "Dakota del Norte"), "NH": ("N.H.",), "NJ": ("N.J.", "Nueva Jersey"),
    "NM": ("N.M.", "Nuevo México"), "NY": ("N.Y.", "Nueva York"), "OR": ("Oregón",), "PA": ("Penn",),
    "PR": ("P.R.",), "RI": ("R.I.",), "SC": ("S.C.", "Carolina del Sur"), "SD": ("S.D.", "Dakota del Sur"),
    "TN": ("Tenn",), "TX": ("Tex", "Tejas"), "WV": ("W.V.", "W Va"),
    "VI": ("Virgin Islands", "US Virgin Islands", "United States Virgin Islands", "USVI", "V.I.",
           "Islas Vírgenes"),
    "MP": ("CNMI", "Commonwealth of the Northern Mariana Islands"), "FM": ("Micronesia",),
    "MH": ("Republic of the Marshall Islands",), "PW": ("Republic of Palau",),
}  # fmt: skip


def _state_codes() -> dict[str, str]:
    names = {**US_STATES, **_ASSOCIATED_STATES}
    codes = {fold(code): code for code in (*names, *MILITARY_REGIONS)}
    for code, name in names.items():
        codes[fold(name)] = code
    for code, others in _OTHER_NAMES.items():
        codes.update((fold(other), code) for other in others)
    return codes


STATE_CODES: dict[str, str] = _state_codes()
"""Folded code or name of a state to its two-letter code."""

LONGEST_STATE_NAME: int = max(len(name.split()) for name in STATE_CODES)
"""Words in the longest key of `STATE_CODES`."""
