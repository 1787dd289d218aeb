"""Where the invented laboratories stand: towns by state, each with a telephone area code that serves it.

More where more people live, at least two in each state, at least one in each territory. The ZIP code of a
site is drawn from the gazetteer. "×2" after an area code means two laboratories in that town.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOWNS: dict[str, str] = {
    "AL": "Birmingham 205 ×2, Huntsville 256, Mobile 251, Montgomery 334",
    "AK": "Anchorage 907 ×2, Fairbanks 907, Juneau 907",
    "AZ": "Phoenix 602 ×3, Flagstaff 928, Mesa 480, Tucson 520, Yuma 928",
    "AR": "Fort Smith 479, Jonesboro 870, Little Rock 501 ×2",
    "CA": "Los Angeles 213 ×4, San Diego 619 ×2, San Francisco 415 ×2, Anaheim 714, Bakersfield 661, "
    "Eureka 707, Fresno 559, Irvine 949, Long Beach 562, Oakland 510, Palm Springs 760, "
    "Redding 530, Riverside 951, Sacramento 916 ×2, San Jose 408 ×2, Santa Barbara 805",
    "CO": "Denver 303 ×2, Colorado Springs 719, Fort Collins 970, Grand Junction 970",
    "CT": "Hartford 860, New Haven 203, Stamford 203",
    "DE": "Dover 302, Newark 302, Wilmington 302",
    "DC": "Washington 202 ×2",
    "FL": "Miami 305 ×2, Jacksonville 904 ×2, Orlando 407 ×2, Tampa 813 ×2, Fort Lauderdale 954, "
    "Fort Myers 239, Gainesville 352, Pensacola 850, Sarasota 941, Tallahassee 850",
    "GA": "Atlanta 404 ×3, Albany 229, Athens 706, Augusta 706, Macon 478, Savannah 912",
    "HI": "Honolulu 808 ×2, Hilo 808, Kahului 808",
    "ID": "Boise 208, Coeur d'Alene 208, Idaho Falls 208",
    "IL": "Chicago 312 ×4, Carbondale 618, Naperville 630, Peoria 309, Rockford 815, Springfield 217",
    "IN": "Indianapolis 317 ×2, Bloomington 812, Evansville 812, Fort Wayne 260, South Bend 574",
    "IA": "Cedar Rapids 319, Des Moines 515, Dubuque 563, Sioux City 712",
    "KS": "Garden City 620, Kansas City 913, Topeka 785, Wichita 316",
    "KY": "Lexington 859, Louisville 502 ×2, Paducah 270",
    "LA": "Baton Rouge 225, Lafayette 337, New Orleans 504 ×2, Shreveport 318",
    "ME": "Bangor 207, Portland 207, Presque Isle 207",
    "MD": "Baltimore 410 ×2, Frederick 301, Salisbury 410, Silver Spring 301",
    "MA": "Boston 617 ×3, Pittsfield 413, Springfield 413, Worcester 508",
    "MI": "Detroit 313 ×2, Ann Arbor 734, Grand Rapids 616, Lansing 517, Marquette 906, Traverse City 231",
    "MN": "Minneapolis 612 ×2, Duluth 218, Saint Cloud 320, Saint Paul 651",
    "MS": "Gulfport 228, Jackson 601, Tupelo 662",
    "MO": "Columbia 573, Joplin 417, Kansas City 816 ×2, Saint Louis 314 ×2",
    "MT": "Billings 406, Great Falls 406, Missoula 406",
    "NE": "Lincoln 402, North Platte 308, Omaha 402",
    "NV": "Elko 775, Las Vegas 702 ×2, Reno 775",
    "NH": "Concord 603, Keene 603, Manchester 603",
    "NJ": "Newark 973 ×2, Atlantic City 609, Camden 856, Edison 732, Jersey City 201, Trenton 609",
    "NM": "Albuquerque 505 ×2, Las Cruces 575, Roswell 575",
    "NY": "New York 212 ×4, Brooklyn 718 ×2, Albany 518, Binghamton 607, Bronx 718, Buffalo 716, "
    "Plattsburgh 518, Rochester 585, Syracuse 315",
    "NC": "Charlotte 704 ×2, Asheville 828, Durham 919, Greensboro 336, Raleigh 919, Wilmington 910",
    "ND": "Bismarck 701, Fargo 701, Minot 701",
    "OH": "Columbus 614 ×2, Akron 330, Cincinnati 513 ×2, Cleveland 216, Dayton 937, Toledo 419",
    "OK": "Lawton 580, Oklahoma City 405 ×2, Tulsa 918",
    "OR": "Bend 541, Eugene 541, Medford 541, Portland 503 ×2",
    "PA": "Philadelphia 215 ×3, Pittsburgh 412 ×2, Allentown 610, Erie 814, Harrisburg 717, Scranton 570",
    "RI": "Newport 401, Providence 401, Warwick 401",
    "SC": "Charleston 843, Columbia 803, Greenville 864, Myrtle Beach 843",
    "SD": "Aberdeen 605, Rapid City 605, Sioux Falls 605",
    "TN": "Nashville 615 ×2, Chattanooga 423, Johnson City 423, Knoxville 865, Memphis 901",
    "TX": "Houston 713 ×4, Dallas 214 ×2, San Antonio 210 ×2, Abilene 325, Amarillo 806, "
    "Austin 512 ×2, Brownsville 956, Corpus Christi 361, El Paso 915, Fort Worth 817, "
    "Lubbock 806, Midland 432",
    "UT": "Ogden 801, Provo 801, Saint George 435, Salt Lake City 801",
    "VT": "Burlington 802, Rutland 802",
    "VA": "Richmond 804 ×2, Arlington 703, Charlottesville 434, Norfolk 757, Roanoke 540",
    "WA": "Seattle 206 ×2, Bellingham 360, Spokane 509, Tacoma 253, Yakima 509",
    "WV": "Beckley 304, Charleston 304, Morgantown 304",
    "WI": "Milwaukee 414 ×2, Eau Claire 715, Green Bay 920, La Crosse 608, Madison 608",
    "WY": "Casper 307, Cheyenne 307, Jackson 307",
    "AS": "Pago Pago 684",
    "GU": "Hagatna 671, Barrigada 671",
    "MP": "Saipan 670",
    "PR": "San Juan 787 ×2, Arecibo 787, Mayaguez 787, Ponce 787",
    "VI": "Christiansted 340, St Thomas 340",
}

_ENTRY = re.compile(r"(?P<town>.+) (?P<area>[0-9]{3})(?: ×(?P<count>[0-9]))?")


@dataclass(frozen=True, slots=True)
class Site:
    """A town that gets a laboratory, by USPS state code and town name, and its telephone area code."""

    state: str
    town: str
    area_code: str


def sites() -> Iterator[Site]:
    """Every site in the order of the table. Raises ValueError for an entry that does not read."""
    for state, towns in TOWNS.items():
        for text in towns.split(", "):
            entry = _ENTRY.fullmatch(text)
            if entry is None:
                raise ValueError(f"not a town with its area code: {text!r}")
            for _ in range(int(entry["count"] or 1)):
                yield Site(state, entry["town"], entry["area"])
