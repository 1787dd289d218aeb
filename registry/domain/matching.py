"""How alike two laboratories are: a score, and the parts from which it comes.

Nothing here decides. Whoever looks is asked "is this you?", and a moderator sees the parts.
"""

import hashlib
import json
from dataclasses import astuple, dataclass

from registry.domain.hosts import host_of, related_hosts
from registry.domain.mail_services import is_free
from registry.domain.naming import Naming, aligned, compare_names, name_likeness, overlap, split_names
from registry.domain.numbers import SLIP, cap_likeness, number_likeness, phone_likeness, slipped
from registry.domain.profile import LabProfile
from registry.domain.spelling import spelled_out, words
from registry.domain.streets import Street, street
from registry.domain.text import digits, is_clia, normalise_clia
from registry.domain.vocabulary import N_

__all__ = ["ALIKE", "Likeness", "Part", "Site", "compare", "host_of", "name_likeness", "related_hosts"]

ALIKE = 0.67
"""From this score on two entries may well be the same laboratory."""

_TOLL_FREE = frozenset({"800", "822", "833", "844", "855", "866", "877", "888"})
_NAMED_ALIKE = 0.85
_ALIKE_PART = 0.5
_STATED = 0.5
_NUMBER_UNSAID = 0.7
_SAME_TOWN = 0.9
_SAME_NAME = Naming(1.0)


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of a laboratory; whatever is not stays empty. ``web`` is a host or the address of a page."""

    name: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone: str = ""
    web: str = ""
    address2: str = ""
    clia: str = ""
    npi: str = ""
    cap: str = ""

    @property
    def digest(self) -> str:
        """A fingerprint of all of it: while two sites keep theirs, they are as alike as they were."""
        return hashlib.sha256(json.dumps(astuple(self)).encode()).hexdigest()

    @classmethod
    def of(cls, profile: LabProfile) -> "Site":
        """The site of a profile."""
        return cls(
            profile.name,
            profile.address_line1,
            profile.city,
            profile.state,
            profile.zip,
            profile.phone,
            profile.website or profile.public_email,
            profile.address_line2,
            profile.clia_number,
            profile.npi,
            profile.cap_number,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One thing compared: its name (English source text), how alike the two are in it from 0 to 1, and what it counts.

    ``first`` and ``second`` are as they were written.
    """

    name: str
    likeness: float
    weight: float
    first: str
    second: str

    @property
    def verdict(self) -> str:
        """The likeness in words: English source text, translated where shown."""
        if self.likeness > 0.99:
            return N_("the same")
        return N_("alike") if self.likeness >= _ALIKE_PART else N_("different")


@dataclass(frozen=True, slots=True)
class Likeness:
    """``score`` from 0 to 1, the mean of the parts that both state by their weights; 0 when there is none."""

    parts: tuple[Part, ...]

    @property
    def score(self) -> float:
        weight = sum(part.weight for part in self.parts)
        return sum(part.likeness * part.weight for part in self.parts) / weight if weight else 0.0

    @property
    def alike(self) -> bool:
        """Whether the two may well be the same laboratory."""
        return self.score >= ALIKE


@dataclass(frozen=True, slots=True)
class Read:
    """A site whose words and numbers are taken apart once, for who compares it with many."""

    site: Site
    names: tuple[tuple[str, ...], ...]
    street: Street
    city: tuple[str, ...]
    zip: str
    phone: str
    host: str
    clia: str
    npi: str
    cap: str


def read(site: Site) -> Read:
    """*site* taken apart."""
    clia = normalise_clia(site.clia)
    zip_code = site.zip.strip()[:5]
    return Read(
        site=site,
        names=split_names(site.name),
        street=street(site.address, site.address2),
        city=tuple(spelled_out(words(site.city))),
        # Spreadsheets drop the zero with which ZIP codes of the northeast and of Puerto Rico begin.
        zip=zip_code.zfill(5) if len(zip_code) in (3, 4) and zip_code.isdecimal() else zip_code,
        phone=digits(site.phone),
        host=_own_host(site.web),
        clia=clia if is_clia(clia) else "",
        npi=digits(site.npi),
        cap=site.cap.strip(),
    )


def compare(one: Site, other: Site) -> Likeness:
    """How alike *one* and *other* are; the same both ways round, and 1 for a site with itself."""
    return compare_read(read(one), read(other))


def compare_read(one: Read, other: Read) -> Likeness:
    """As :func:`compare`, of sites already taken apart."""
    return _likeness(one, other, compare_names(one.names, other.names, towns=frozenset(one.city + other.city)))


def may_be_alike(one: Read, other: Read) -> bool:
    """Whether the two are alike if their names, which take longest to compare, are the same. Never wrongly False."""
    return _likeness(one, other, _SAME_NAME).score >= ALIKE


def _likeness(one: Read, other: Read, naming: Naming | None) -> Likeness:
    place = _place(one, other)
    address = _address(one.street, other.street, same_town=place is None or place >= _SAME_TOWN)
    if address is not None and place == 0:
        # The same street and number in another town is another house.
        address = 0.0
    phone = phone_likeness(one.phone, other.phone)
    moved = phone == 1.0 and one.phone[:3] not in _TOLL_FREE and naming is not None and naming.likeness > _NAMED_ALIKE
    web, clia = _web(one.host, other.host), number_likeness(one.clia, other.clia)
    npi, cap = number_likeness(one.npi, other.npi), cap_likeness(one.cap, other.cap)
    if naming is not None and clia == 0.0:
        # A specialty in the name and a number of its own: a laboratory beside the other in one house.
        naming = naming.as_parts()
    a, b = one.site, other.site
    found = (
        (N_("Name"), None if naming is None else naming.likeness, _name_weight(naming), a.name, b.name),
        (N_("Address"), address, _address_weight(address, moved), *_lines(a, b)),
        (N_("City and ZIP code"), place, 2.5, _shown_place(a), _shown_place(b)),
        # One laboratory has many numbers and a health system one web site: agreeing says more than differing.
        (N_("Phone"), phone, _phone_weight(phone, one.phone), a.phone, b.phone),
        (N_("Web site"), web, _stated(web, 1.0), a.web, b.web),
        (N_("CLIA number"), clia, _clia_weight(clia), a.clia, b.clia),
        # An owner may have one for all its sites.
        (N_("NPI"), npi, _stated(npi, 2.0), a.npi, b.npi),
        (N_("CAP number"), cap, 1.5 if cap == 0 else 6.0, a.cap, b.cap),
    )
    return Likeness(
        tuple(
            Part(name, likeness, weight, first, second)
            for name, likeness, weight, first, second in found
            if likeness is not None
        )
    )


def _stated(likeness: float | None, weight: float) -> float:
    """The weight of what says more by agreeing than by differing."""
    return _STATED + (weight - _STATED) * (likeness or 0.0)


def _name_weight(naming: Naming | None) -> float:
    # Names that tell two laboratories of one house apart outweigh the house that they share.
    return 6.0 if naming is not None and naming.apart else 4.0


def _address_weight(likeness: float | None, moved: bool) -> float:
    if likeness is None or likeness >= _ALIKE_PART:
        return 4.0
    # Who keeps name and telephone may have moved; else another house is another site of the same owner.
    return 2.0 if moved else 5.0


def _phone_weight(likeness: float | None, phone: str) -> float:
    # A network's free number is that of all its sites.
    return _stated(likeness, 0.75 if phone[:3] in _TOLL_FREE else 2.5)


def _clia_weight(likeness: float | None) -> float:
    """One number is one laboratory; another is another, unless one was mistyped or its owner changed."""
    if likeness == 1.0:
        return 30.0
    return 4.0 if likeness == 0.0 else 1.0


def _address(one: Street, other: Street, *, same_town: bool) -> float | None:
    # A post office box says where the mail is fetched, not where the laboratory is.
    if not one.words or not other.words or one.box != other.box:
        return None
    likeness = 1.0
    if one.number != other.number:
        if one.number and other.number:
            likeness = SLIP if same_town and slipped(one.number, other.number) else 0.0
        else:
            likeness = _NUMBER_UNSAID
    if not likeness:
        return 0.0
    if one.words != other.words:
        likeness *= overlap(aligned(list(one.words), list(other.words)), aligned(list(other.words), list(one.words)))
    if one.directions and other.directions and one.directions != other.directions:
        likeness *= 0.3
    if one.suffixes and other.suffixes and not one.suffixes & other.suffixes:
        likeness *= 0.5
    return likeness


def _place(one: Read, other: Read) -> float | None:
    zips = one.zip, other.zip
    if all(zips) and zips[0] == zips[1]:
        return 1.0
    if one.city and other.city:
        same_state = not (one.site.state and other.site.state) or one.site.state == other.site.state
        if one.city == other.city and same_state:
            return _SAME_TOWN if all(zips) else 1.0
    elif not all(zips):
        return None
    # The first three digits are those of one sorting center.
    return 0.5 if all(zips) and zips[0][:3] == zips[1][:3] else 0.0


def _own_host(web: str) -> str:
    host = host_of(web)
    return "" if is_free(host) else host


def _web(one: str, other: str) -> float | None:
    if not one or not other:
        return None
    return 1.0 if related_hosts(one, other) else 0.0


def _lines(one: Site, other: Site) -> tuple[str, str]:
    first, second = (", ".join(line for line in (site.address, site.address2) if line) for site in (one, other))
    return first, second


def _shown_place(site: Site) -> str:
    return " ".join(part for part in (site.city, site.state, site.zip) if part)
