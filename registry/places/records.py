"""What the gazetteer knows of: ZIP codes, towns, and the point that a search starts from."""

from dataclasses import dataclass
from enum import StrEnum


class Precision(StrEnum):
    """What a point stands for: coordinates as typed, a street address, a ZIP code, or the area that stands in for
    it.
    """

    POINT = "point"
    ADDRESS = "address"
    ZIP = "zip"
    CITY = "city"
    COUNTY = "county"
    ZIP3 = "zip3"


class ZipKind(StrEnum):
    """Kinds of ZIP codes as USPS classes them."""

    STANDARD = "standard"
    PO_BOX = "po_box"
    UNIQUE = "unique"
    MILITARY = "military"


class MilitaryZip(LookupError):
    """A ZIP code of military or diplomatic mail (APO, FPO, DPO), which has no place in the country."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code} is a ZIP code of military mail and has no place in the country")
        self.code = code


@dataclass(frozen=True, slots=True)
class Place:
    """A point in degrees, WGS84, with a label that can be shown and located again.

    `from_address` says that an address was typed and that this is only the ZIP code or the town in it.
    """

    label: str
    lat: float
    lon: float
    precision: Precision
    city: str = ""
    state: str = ""
    zip_code: str = ""
    from_address: bool = False


@dataclass(frozen=True, slots=True)
class Town:
    """A place known by name: a town of GeoNames, or a city that only ZIP codes know (population 0)."""

    name: str
    state: str
    lat: float
    lon: float
    population: int
    kind: str

    @property
    def label(self) -> str:
        """City and state."""
        return f"{self.name}, {self.state}"

    def place(self) -> Place:
        """The town as the point of a search."""
        return Place(self.label, self.lat, self.lon, Precision.CITY, self.name, self.state)


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """A ZIP code. Military ones have no point: `lat`, `lon` and `precision` are None."""

    code: str
    city: str
    state: str
    county: str
    kind: ZipKind
    other_cities: tuple[str, ...]
    lat: float | None
    lon: float | None
    precision: Precision | None

    @property
    def label(self) -> str:
        """City, state and code."""
        return f"{self.city}, {self.state} {self.code}"

    def place(self) -> Place:
        """The ZIP code as the point of a search. Raises MilitaryZip."""
        if self.lat is None or self.lon is None or self.precision is None:
            raise MilitaryZip(self.code)
        return Place(self.label, self.lat, self.lon, self.precision, self.city, self.state, self.code)
