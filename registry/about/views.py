"""Pages about the service itself, and what it tells programs of itself."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, make_response, render_template
from flask.blueprints import BlueprintSetupState

from config import Settings
from registry.about import crawlers
from registry.about.pages import CHANGED
from registry.about.periods import in_force, in_words
from registry.places.providers import provider_of
from registry.web import kept_by_all

bp = Blueprint("about", __name__)

_KEPT = timedelta(minutes=5)

_GEOCODERS = {
    "nominatim": ("Nominatim", "nominatim.openstreetmap.org"),
    "photon": ("Photon", "photon.komoot.io"),
    "pelias": ("Pelias", ""),
    "arcgis": ("ArcGIS (Esri)", "geocode.arcgis.com"),
    "geocodio": ("Geocodio", "api.geocod.io"),
}
"""What each geocoder is called, and the host of its public service."""


def show(name: str) -> Response:
    """One of the pages."""
    settings: Settings = current_app.extensions["settings"]
    page = render_template(
        f"about/{name}.html",
        changed=CHANGED[name],
        kept=in_force(),
        geocoder=_geocoder(settings),
        small_edits=settings.publish_small_edits,
    )
    return kept_by_all(make_response(page), _KEPT)


def _geocoder(settings: Settings) -> dict[str, object] | None:
    """Who is asked for street addresses: ``name``, ``host``, ``credit``, and whether its answers are ``kept``."""
    provider = provider_of(settings)
    if provider is None:
        return None
    name, public = _GEOCODERS[settings.geocoder]
    host = urlsplit(settings.geocoder_url).hostname or public
    return {"name": name, "host": host, "credit": provider.credit, "kept": provider.may_keep}


@bp.record_once
def _for_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.filters["period"] = in_words


for _name in CHANGED:
    bp.add_url_rule(f"/{_name}", _name, show, defaults={"name": _name}, methods=["GET"])
for _address, _told in crawlers.ADDRESSES.items():
    bp.add_url_rule(_address, view_func=_told, methods=["GET"])
