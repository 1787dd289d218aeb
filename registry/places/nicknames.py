"""Short forms and everyday names of cities that no list of post offices holds.

Common usage, none of it in doubt: a form that several cities share names them all and is asked about, and one that is
a state's code (LA, PA) is not here. What the gazetteer itself lists among a town's other names (Vegas, NYC) is not
repeated.
"""

from registry.places.folding import fold

_CITIES: dict[str, tuple[str, ...]] = {
    "Albuquerque, NM": ("ABQ",),
    "Atlanta, GA": ("ATL",),
    "Baltimore, MD": ("Bmore", "B'more"),
    "Boston, MA": ("Beantown",),
    "Chicago, IL": ("Chi-Town", "Chicagoland"),
    "Cincinnati, OH": ("Cincy",),
    "Fort Lauderdale, FL": ("Ft Laud",),
    "Hagåtña, GU": ("Agana", "Agaña"),
    "Houston, TX": ("H-Town",),
    "Indianapolis, IN": ("Indy", "Indpls"),
    "Jacksonville, FL": ("Jax",),
    "Las Vegas, NV": ("Vegas",),
    "Milwaukee, WI": ("MKE",),
    "Minneapolis, MN": ("Mpls",),
    "New Orleans, LA": ("NOLA", "Nueva Orleans"),
    "New York, NY": ("NYC", "Ciudad de Nueva York"),
    "Oklahoma City, OK": ("OKC", "Okla City"),
    "Philadelphia, PA": ("Philly", "Phila", "Filadelfia"),
    "Phoenix, AZ": ("PHX",),
    "Pittsburgh, PA": ("Pgh",),
    "Portland, OR": ("PDX",),
    "Sacramento, CA": ("Sacto",),
    "Salt Lake City, UT": ("SLC", "Salt Lake"),
    "San Antonio, TX": ("San Antone",),
    "San Francisco, CA": ("SF", "San Fran", "Frisco CA"),
    "San Juan, PR": ("Viejo San Juan", "Old San Juan"),
    "St. Louis, MO": ("STL",),
    "St. Petersburg, FL": ("St Pete",),
    "Virginia Beach, VA": ("Va Beach",),
    "Washington, DC": ("DC", "Washington DC", "Wash DC", "Washington District of Columbia"),
    "Winston-Salem, NC": ("W-S",),
}

_SHARED: dict[str, tuple[str, ...]] = {
    "KC": ("Kansas City, MO", "Kansas City, KS"),
    "Twin Cities": ("Minneapolis, MN", "Saint Paul, MN"),
    "Minneapolis St Paul": ("Minneapolis, MN", "Saint Paul, MN"),
    "DFW": ("Dallas, TX", "Fort Worth, TX"),
    "Dallas Fort Worth": ("Dallas, TX", "Fort Worth, TX"),
    "Bay Area": ("San Francisco, CA", "Oakland, CA", "San Jose, CA"),
    "Tampa Bay": ("Tampa, FL", "St. Petersburg, FL", "Clearwater, FL"),
    "Raleigh Durham": ("Raleigh, NC", "Durham, NC"),
    "Research Triangle": ("Raleigh, NC", "Durham, NC", "Chapel Hill, NC"),
    "Quad Cities": ("Davenport, IA", "Bettendorf, IA", "Rock Island, IL", "Moline, IL"),
    "Hampton Roads": ("Virginia Beach, VA", "Norfolk, VA", "Newport News, VA", "Hampton, VA"),
    "Inland Empire": ("Riverside, CA", "San Bernardino, CA"),
    "South Florida": ("Miami, FL", "Fort Lauderdale, FL", "West Palm Beach, FL"),
    "Lehigh Valley": ("Allentown, PA", "Bethlehem, PA", "Easton, PA"),
}

CityKey = tuple[str, str]
"""Folded name and two-letter state."""


def _keys() -> dict[str, tuple[CityKey, ...]]:
    named: dict[str, tuple[str, ...]] = {fold(name): (label,) for label, names in _CITIES.items() for name in names}
    named |= {fold(name): labels for name, labels in _SHARED.items()}
    return {name: tuple((fold(label[:-4]), label[-2:]) for label in labels) for name, labels in named.items()}


NICKNAMES: dict[str, tuple[CityKey, ...]] = _keys()
"""Folded short form to the cities it stands for."""
