"""Online geocoders, asked through geopy: what each is called, where it answers, and how its answers read.

Sources: the services' own documentation of their answers (Nominatim `addressdetails`, Photon GeoJSON, Pelias layers,
ArcGIS `Addr_type`, Geocodio `accuracy_type`) and their terms: OpenStreetMap's services want a User-Agent that names
the application and at most one question a second; Esri forbids keeping the answers of its free service.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import (
    HTTPRedirectHandler,
    HTTPSHandler,
    ProxyHandler,
    Request,
    build_opener,
    getproxies,
)

from geopy.adapters import URLLibAdapter
from geopy.exc import (
    ConfigurationError,
    GeocoderAuthenticationFailure,
    GeocoderInsufficientPrivileges,
    GeocoderQuotaExceeded,
    GeocoderServiceError,
)
from geopy.geocoders import ArcGIS, Geocodio, Nominatim, Pelias, Photon

from config import Settings

_LARGEST_ANSWER = 1_000_000
_TERRITORIES = ("us", "pr", "vi", "gu", "as", "mp", "um", "fm", "mh", "pw")
_COUNTRIES = frozenset(
    {*_TERRITORIES, "usa", "pri", "vir", "gum", "asm", "mnp", "umi", "fsm", "mhl", "plw", "united states"}
)
_REFUSALS = (
    ConfigurationError,
    GeocoderAuthenticationFailure,
    GeocoderInsufficientPrivileges,
    GeocoderQuotaExceeded,
)
_LONG_REST = 600.0
_LONGEST_REST = 3600.0

# The library logs what it asks and what it got: the address.
logging.getLogger("geopy").setLevel(logging.ERROR)


class GeocoderFailed(Exception):
    """No usable answer came. `rest` is for how many seconds to leave the service alone; None: it may be asked again."""

    def __init__(self, why: str, rest: float | None = None) -> None:
        super().__init__(why)
        self.rest = rest


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: a point in degrees, WGS84, whether it lies in the country, and whether it is as exact as a street."""

    lat: float
    lon: float
    in_country: bool
    exact: bool


Reader = Callable[[Mapping[str, Any]], tuple[Any, bool]]
"""From a raw answer to its country and whether it is as exact as a street."""


class Provider:
    """One geocoder. `may_keep` says whether its terms allow to store answers; `credit` must be shown beside them."""

    def __init__(
        self, name: str, geocoder: Any, *, asking: dict[str, Any], read: Reader, may_keep: bool = True, credit: str = ""
    ) -> None:
        self.name, self.may_keep, self.credit = name, may_keep, credit
        self._geocoder, self._asking, self._read = geocoder, asking, read

    def ask(self, question: str) -> Found | None:
        """What the service knows of the address, None for nothing. Raises GeocoderFailed and nothing else."""
        try:
            location = self._geocoder.geocode(question, **self._asking)
            if location is None:
                return None
            # The library refuses what is no number or lies off the globe.
            lat, lon = float(location.latitude), float(location.longitude)
            country, exact = self._read(location.raw)
            in_country = isinstance(country, str) and country.lower() in _COUNTRIES
        except _REFUSALS as error:
            raise GeocoderFailed(type(error).__name__, _rest(error)) from None
        except Exception as error:  # a foreign service may answer anything
            raise GeocoderFailed(type(error).__name__) from None
        return Found(lat, lon, in_country, exact)


def provider_of(settings: Settings) -> Provider | None:
    """The geocoder that the settings name, or None."""
    if not settings.geocoder:
        return None
    reach: dict[str, Any] = {
        "timeout": settings.geocoder_timeout,
        "user_agent": f"her2-laboratory-registry ({settings.base_url})",
        "adapter_factory": _OneAnswer,
    }
    if settings.geocoder_url:
        address = urlsplit(settings.geocoder_url)
        reach |= {"scheme": address.scheme, "domain": address.netloc + address.path.rstrip("/")}
    key = settings.geocoder_key.get_secret_value()
    osm = "© OpenStreetMap contributors"
    match settings.geocoder:
        case "nominatim":
            asking = {"addressdetails": True, "country_codes": list(_TERRITORIES), "language": "en"}
            return Provider("nominatim", Nominatim(**reach), asking=asking, read=_nominatim, credit=osm)
        case "photon":
            return Provider("photon", Photon(**reach), asking={"language": "en"}, read=_photon, credit=osm)
        case "pelias":
            countries = [code.upper() for code in _TERRITORIES]
            return Provider(
                "pelias", Pelias(api_key=key or None, **reach), asking={"countries": countries}, read=_pelias
            )
        case "arcgis":
            asking = {"out_fields": ["Addr_type", "Country"]}
            return Provider("arcgis", ArcGIS(**reach), asking=asking, read=_arcgis, may_keep=False, credit="Esri")
        case "geocodio":
            return Provider("geocodio", Geocodio(key, **reach), asking={}, read=_geocodio)


def _nominatim(raw: Mapping[str, Any]) -> tuple[Any, bool]:
    address = raw["address"]
    return address.get("country_code"), bool({"house_number", "road", "pedestrian"} & address.keys())


def _photon(raw: Mapping[str, Any]) -> tuple[Any, bool]:
    properties = raw["properties"]
    exact = properties.get("type") in {"house", "street"} or bool({"street", "housenumber"} & properties.keys())
    return properties.get("countrycode"), exact


def _pelias(raw: Mapping[str, Any]) -> tuple[Any, bool]:
    properties = raw["properties"]
    country = properties.get("country_code") or properties.get("country_a")
    return country, properties.get("layer") in {"address", "venue", "street", "intersection"}


def _arcgis(raw: Mapping[str, Any]) -> tuple[Any, bool]:
    attributes = raw["attributes"]
    exact = {"Subaddress", "PointAddress", "StreetAddress", "StreetAddressExt", "StreetInt", "StreetName", "POI"}
    return attributes.get("Country"), attributes.get("Addr_type") in exact


def _geocodio(raw: Mapping[str, Any]) -> tuple[Any, bool]:
    exact = {
        "rooftop",
        "point",
        "range_interpolation",
        "nearest_rooftop_match",
        "intersection",
        "street_center",
    }
    return raw["address_components"].get("country"), raw.get("accuracy_type") in exact


def _rest(error: Exception) -> float:
    """For how long a service that refused us is left alone, in seconds."""
    wanted = getattr(error, "retry_after", None)
    return min(max(float(wanted), 1.0), _LONGEST_REST) if isinstance(wanted, (int, float)) else _LONG_REST


class _NoRedirect(HTTPRedirectHandler):
    """The operator named one host; it cannot send us to another."""

    def redirect_request(self, *_: object) -> Request | None:
        return None


class _OneAnswer(URLLibAdapter):  # type: ignore[misc]
    """geopy's own way to the network, without redirects and with a bound on the answer."""

    def __init__(self, *, proxies: Any, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        opener = build_opener(
            HTTPSHandler(context=ssl_context), ProxyHandler(getproxies() if proxies is None else proxies), _NoRedirect()
        )
        self.urlopen = opener.open

    def _decode_page(self, page: Any) -> str:
        body: bytes = page.read(_LARGEST_ANSWER + 1)
        if len(body) > _LARGEST_ANSWER:
            raise GeocoderServiceError("the answer is too large")
        return body.decode("utf-8")
