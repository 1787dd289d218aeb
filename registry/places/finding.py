"""`find_place`: from anything a person types, street addresses too, to a point."""

from registry.places.addresses import address_in
from registry.places.geocoding import known_place, not_found
from registry.places.online import Geocoding
from registry.places.records import Place


def find_place(text: str, geocoding: Geocoding | None = None) -> Place:
    """The place meant by the text: what `locate` knows; else, of a street address, what the geocoder answers, or the
    ZIP code or town in it (`from_address` is then true).

    Raises PlaceNotFound and nothing else, whatever the text and whatever the geocoder does. Asks the geocoder for
    addresses alone, and never waits longer than `Geocoding.patience` seconds.
    """
    place = known_place(text)
    if place is not None:
        return place
    address = address_in(text)
    if address is None:
        raise not_found(text)
    if geocoding is None or not address.question:
        return address.anchor
    return geocoding.find(address)
