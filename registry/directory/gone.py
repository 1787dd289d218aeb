"""What stands where a laboratory was: a page that says that it left, and leads to whoever took its place; or that it is
not shown because nobody confirmed it.
"""

from http import HTTPStatus

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from registry.directory import queries
from registry.directory.listing_queries import Named
from registry.domain.hiding import UNCONFIRMED, UNDONE
from registry.domain.leaving import LEAVING_REASON, OTHER
from registry.extensions import SAFE_METHODS, db
from registry.models import Lab
from registry.models.lab import HIDDEN, PUBLISHED

GONE = ("withdrawn", "merged")
MERGED = "merged"
MOST_STEPS = 20
"""How many successors of successors are followed."""


def listed(slug: str) -> Lab:
    """The laboratory that the public sees under *slug*.

    Without one the answer is a 404; where one was that left, its page with a 410, where one was merged, the way there.
    One that nobody confirmed is a 404 too, for it may be back any day, but the page says so.
    """
    # PostgreSQL takes no NUL in a text.
    lab = queries.listing(db.session, slug) if "\0" not in slug else None
    if lab is not None:
        return lab
    former = departed(db.session, slug)
    if former is None:
        abort(_unconfirmed_page(slug) or HTTPStatus.NOT_FOUND)
    successor = successor_of(db.session, former)
    answer: Response
    if former.state == MERGED and successor is not None:
        answer = redirect(_same_page_of(successor), _permanently())
    else:
        answer = make_response(_page(former, successor), HTTPStatus.GONE)
    # What left may come back.
    answer.headers["Cache-Control"] = "no-cache"
    abort(answer)


def _same_page_of(successor: Named) -> str:
    """The address that was asked for, with the laboratory that it is about now."""
    return url_for(request.endpoint or "directory.listing", **{**(request.view_args or {}), "slug": successor.slug})


def _permanently() -> HTTPStatus:
    # What somebody sent to the old address is sent on with its words.
    return HTTPStatus.MOVED_PERMANENTLY if request.method in SAFE_METHODS else HTTPStatus.PERMANENT_REDIRECT


def departed(session: Session, slug: str) -> Lab | None:
    """The laboratory that stood under *slug* until it left or was merged; not one that stood there by a slip."""
    if "\0" in slug:
        return None
    return session.scalar(select(Lab).where(Lab.slug == slug, Lab.state.in_(GONE), Lab.hidden_reason != UNDONE))


def unconfirmed(session: Session, slug: str) -> Lab | None:
    """The laboratory of *slug* whose entry is not shown because nobody confirmed it."""
    if "\0" in slug:
        return None
    return session.scalar(select(Lab).where(Lab.slug == slug, Lab.state == HIDDEN, Lab.hidden_reason == UNCONFIRMED))


def successor_of(session: Session, lab: Lab) -> Named | None:
    """Who on the list took the place of *lab*, or of whoever did and left as well; None when nobody did."""
    seen = {lab.id}
    following = lab.successor_id
    while following is not None and following not in seen and len(seen) <= MOST_STEPS:
        seen.add(following)
        found = session.get(Lab, following)
        if found is None:
            return None
        if found.state == PUBLISHED:
            return Named(found.slug, found.name, found.profile.city, found.profile.state)
        # What moderators keep back leads nowhere.
        following = found.successor_id if found.state in GONE else None
    return None


def reason_of(lab: Lab) -> str:
    """Why the laboratory left, in the words that the public reads; why it leaves, where it has not left yet.

    Empty where it is not known, or nothing that the public needs beforehand.
    """
    if lab.leaving_reason not in LEAVING_REASON:
        return ""
    reason = LEAVING_REASON[lab.leaving_reason]
    if lab.state in GONE:
        return str(_(reason.explanation))
    return "" if reason.slug == OTHER else f"{_(reason.label)}."


def _unconfirmed_page(slug: str) -> Response | None:
    lab = unconfirmed(db.session, slug)
    if lab is None:
        return None
    # Nothing of the entry but what its address says as well.
    page = render_template("directory/unconfirmed.html", name=lab.name, slug=lab.slug)
    answer: Response = make_response(page, HTTPStatus.NOT_FOUND)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _page(lab: Lab, successor: Named | None) -> str:
    return render_template("directory/gone.html", lab=lab, reason=reason_of(lab), successor=successor)
