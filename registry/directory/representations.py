"""The directory's data as people and programs get it."""

import json
from datetime import date
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from registry.directory.criteria import ANY_DISTANCE, Criteria
from registry.directory.queries import Results
from registry.domain.freshness import CONFIRMATION_VALID, CURRENT, OVERDUE
from registry.domain.vocabulary import TAT_CLOCK_START, VERIFICATION_STATUS
from registry.places.gazetteer import Place, Precision
from registry.places.geocoding import PlaceNotFound, Reason

_CONFIRMED = b'"last_confirmed":"'


def answer_json(
    criteria: Criteria, place: Place | None, results: Results, next_url: str | None, *, today: date
) -> bytes:
    """A search answer: ``{"query", "place", "total", "expanded", "next", "items"}``.

    The stored items are not parsed again: each gets its distance, and how fresh it is *today*, put in front.
    """
    head = {
        "query": {
            "near": criteria.near,
            "within": ANY_DISTANCE if criteria.within is None else criteria.within,
            "method": criteria.method,
            "specimen": criteria.specimen,
            "outside": criteria.outside,
            "max_days": criteria.max_days,
            "criterion": criteria.criterion,
            "reflex": criteria.reflex,
            "accreditation": criteria.accreditation,
            "service": criteria.service,
            "from_state": criteria.from_state,
            "sort": criteria.order,
            "page": criteria.page,
        },
        "place": None
        if place is None
        else {"label": place.label, "lat": place.lat, "lon": place.lon, "precision": place.precision},
        "total": results.total,
        "expanded": results.expanded,
        "next": next_url,
    }
    items = b",".join(
        [
            b'{"distance_miles":%s,%s'
            % (b"null" if distance is None else b"%.1f" % distance, with_freshness(item, today)[1:])
            for _, item, distance in results.cards
        ]
    )
    return b'%s, "items": [%s]}' % (json.dumps(head, ensure_ascii=False).encode("utf-8")[:-1], items)


def with_freshness(item: bytes, today: date) -> bytes:
    """The stored JSON text of a laboratory, with what *today* makes of its last confirmation put in front."""
    # The laboratory's own day stands behind those of its tests, and no text can hold a quotation mark as it is.
    at = item.rfind(_CONFIRMED) + len(_CONFIRMED)
    overdue = item[at : at + 10] < (today - CONFIRMATION_VALID).isoformat().encode("ascii")
    return b'{"freshness":"%s",%s' % ((OVERDUE if overdue else CURRENT).encode("ascii"), item[1:])


def turnaround_text(turnaround: dict[str, Any], *, language: str) -> str:
    """“About 3–5 business days from receipt of the specimen”, or that it is not stated."""
    return _turnaround(*(turnaround[name] for name in ("min", "max", "unit", "clock_start")), language)


@lru_cache(maxsize=4096)
def _turnaround(low: int | None, high: int | None, unit: str, start: str, language: str) -> str:
    # In the language that is in force; it is an argument only so that each has its own answers.
    if high is None:
        return str(_("Turnaround not stated"))
    span = str(high) if low in {None, high} else f"{low}–{high}"
    amounts = {
        "calendar_days": ngettext("%(span)s calendar day", "%(span)s calendar days", high, span=span),
        "business_days": ngettext("%(span)s business day", "%(span)s business days", high, span=span),
        "hours": ngettext("%(span)s hour", "%(span)s hours", high, span=span),
    }
    amount = amounts.get(unit) or ngettext("%(span)s day", "%(span)s days", high, span=span)
    if start not in TAT_CLOCK_START:
        return str(_("About %(amount)s", amount=amount))
    return str(_("About %(amount)s from %(start)s", amount=amount, start=_(TAT_CLOCK_START[start].label)))


def verification_explained(status: str) -> str:
    """What a verification status means."""
    return str(_(VERIFICATION_STATUS[status].explanation)) if status in VERIFICATION_STATUS else ""


def place_precision(place: Place) -> str:
    """From which point the distances are measured."""
    label = place.label
    if place.from_address:
        return str(
            _("We could not find that very address. Distances are measured from the center of %(place)s.", place=label)
        )
    words = {
        Precision.ADDRESS: _("Distances are measured from the address you gave."),
        Precision.POINT: _("Distances are measured from the coordinates you gave."),
        Precision.ZIP: _("Distances are measured from the center of the ZIP code."),
        Precision.CITY: _("Distances are measured from the center of %(place)s.", place=label),
        Precision.COUNTY: _(
            "This ZIP code has no position of its own: distances are measured from the center of its county."
        ),
        Precision.ZIP3: _(
            "This ZIP code has no position of its own: distances are measured from its neighbors "
            "with the same first three digits."
        ),
    }
    return str(words[Precision(place.precision)])


def place_problem(unknown: PlaceNotFound) -> str:
    """Why a place was not found, and what to do."""
    shown_text = unknown.text[:80]
    if unknown.state:
        return str(_("“%(text)s” is a whole state. Choose a city in it, or type a ZIP code.", text=shown_text))
    words = {
        Reason.EMPTY: _("Type a ZIP code, or a city and state."),
        Reason.TOO_LONG: _("That is too long for a place. Type a ZIP code, or a city and state."),
        Reason.MALFORMED_COORDINATES: _(
            "Coordinates are a latitude from -90 to 90 and a longitude from -180 to 180, such as 33.75,-84.39."
        ),
        Reason.MILITARY: _(
            "“%(text)s” is a military post office (APO, FPO or DPO), which has no place in the country. "
            "Type the ZIP code or city where the patient is.",
            text=shown_text,
        ),
        Reason.AMBIGUOUS: _("There is more than one place called “%(text)s”. Add the state.", text=shown_text),
        Reason.UNKNOWN: _(
            "“%(text)s” is not a ZIP code or a city that we know. A ZIP code has five digits; "
            "write a city with its state, such as Atlanta, GA.",
            text=shown_text,
        ),
    }
    return str(words[Reason(unknown.reason)])
