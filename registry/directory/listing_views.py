"""The public pages of one laboratory."""

import zlib
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, make_response, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import format_date
from flask_babel import gettext as _

from registry.assets import build_of
from registry.directory import listing_queries, listing_text
from registry.directory.blueprint import bp
from registry.directory.gone import listed, reason_of, successor_of
from registry.directory.searching import not_modified, revalidated, still_good
from registry.directory.structured_data import json_ld
from registry.directory.vcard import MEDIA_TYPE, vcard
from registry.domain.freshness import due_on
from registry.domain.profile import LabProfile
from registry.extensions import db
from registry.language import current_language
from registry.models import Lab
from registry.web import now, telephone

_MAP_SERVICE = "https://www.google.com/maps/dir/"
"""Takes ``api=1`` and ``destination`` without a key, on the web and in its own program on a phone (Maps URLs)."""


@bp.record_once
def _for_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(
        explanation=listing_text.explanation,
        assay_of=listing_text.assay_of,
        in_calendar_days=listing_text.in_calendar_days,
        requirements=listing_text.requirements,
        states_with_permit=listing_text.states_with_permit,
        states_without_permit=listing_text.states_without_permit,
    )


@bp.get("/labs/<slug>")
def listing(slug: str) -> Response:
    """One laboratory: can they do it, what to send, how long, how to reach them, how sure are we."""
    lab = listed(slug)
    filed = listing_queries.filed(db.session, lab.clia_number)
    successor = successor_of(db.session, lab)
    etag = page_tag(lab, besides=repr((filed, successor)))
    if still_good(etag):
        return not_modified(etag)
    profile = lab.profile
    page = render_template(
        "directory/listing.html",
        lab=lab,
        summary=listing_text.summary(profile),
        printed=now().date(),
        json_ld=json_ld(profile, lat=lab.lat, lon=lab.lon, url=_address_of(lab)),
        leaving=reason_of(lab),
        successor=successor,
        **shown_with(lab, filed),
    )
    return revalidated(make_response(page), etag)


def shown_with(lab: Lab, filed: listing_queries.Filed | None) -> dict[str, Any]:
    """What ``directory/entry.html`` shows beside *lab* itself; *filed* is what the CMS file says of it."""
    profile = lab.profile
    return {
        "profile": profile,
        "confirmation_due": due_on(lab.last_confirmed),
        "matched": listing_text.matched(filed, verification=lab.verification),
        "directions": _directions(profile),
    }


@bp.get("/labs/<slug>/contact.vcf")
def contact(slug: str) -> Response:
    """The laboratory's contact, for an address book."""
    lab = listed(slug)
    card = vcard(
        lab.profile,
        tel=telephone(lab.profile.phone),
        url=_address_of(lab),
        note=_(
            "HER2 testing in colorectal cancer. The laboratory last confirmed its entry on %(day)s.",
            day=format_date(lab.last_confirmed, "long"),
        ),
        revised=lab.updated_at,
    )
    response = Response(card, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=f"{lab.slug}.vcf")
    response.headers["Cache-Control"] = "no-cache"
    return response


def page_tag(*labs: Lab, besides: str = "") -> str:
    """The tag of the asked page, which shows *labs*: it changes with them, the language, the day and the assets.

    *besides* stands for what else it shows.
    """
    versions = ".".join(f"{lab.version:x}" for lab in labs)
    # What a page says of age, and of the day on which it is printed, changes at midnight.
    asked = "\0".join((request.full_path, current_language(), now().date().isoformat(), besides))
    return f"{versions}-{zlib.crc32(asked.encode('utf-8', 'surrogatepass')):08x}-{build_of(current_app)}"


def _address_of(lab: Lab) -> str:
    """The listing's address, the same in every language."""
    return url_for("directory.listing", slug=lab.slug, lang=None, _external=True)


def _directions(profile: LabProfile) -> str:
    place = f"{profile.address_line1}, {profile.city}, {profile.state} {profile.zip}"
    return f"{_MAP_SERVICE}?{urlencode({'api': 1, 'destination': place})}"
