"""Staff pages: the queue of all that waits for somebody."""

from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.accounts import current_staff, roles
from registry.domain.text import plain, unwelcome_character
from registry.domain.vocabulary import N_
from registry.extensions import db
from registry.moderation import batch, waiting
from registry.moderation.views import READERS, bp, settings
from registry.moderation.waiting import Kind, Member, Standing, Wish
from registry.web import now

SEARCH_MAX = 100

KINDS = {
    Kind.NEW: N_("New entries"),
    Kind.EDIT: N_("Changes"),
    Kind.CLAIM: N_("Claims"),
    Kind.WITHDRAWAL: N_("Left the list"),
    Kind.REPORT: N_("Reports"),
    Kind.OVERDUE: N_("Not confirmed"),
    Kind.CMS: N_("CMS file"),
    Kind.BOUNCED: N_("Mail came back"),
    Kind.SAMPLE: N_("Small changes"),
}
STANDINGS = {
    Standing.WAITING: N_("Waiting"),
    Standing.IN_REVIEW: N_("In review"),
    Standing.ON_HOLD: N_("On hold"),
    Standing.CHANGES_REQUESTED: N_("Changes requested"),
    Standing.DECIDED: N_("Decided"),
}


@dataclass(frozen=True, slots=True)
class Address:
    """The address of the queue as it is asked for, and those that differ from it in one thing."""

    wish: Wish

    def state(self, standing: Standing) -> str:
        """The same in another state."""
        return self._of(replace(self.wish, standing=standing))

    def kind(self, kind: Kind) -> str:
        """The same with *kind*, or without it where it is asked for."""
        return self._of(replace(self.wish, kinds=self.wish.kinds ^ {kind}))

    def all_kinds(self) -> str:
        """The same of any kind."""
        return self._of(replace(self.wish, kinds=frozenset()))

    def own(self, member: Member) -> str:
        """The same, of one's own alone; or of everybody's where one's own is asked for."""
        return self._of(replace(self.wish, mine=None if self.wish.mine is not None else member))

    def page(self, number: int) -> str:
        """Another page of the same."""
        return self._of(self.wish, page=number)

    def _of(self, wish: Wish, page: int | None = None) -> str:
        return url_for(
            "moderation.queue",
            state=None if wish.standing is Standing.WAITING else wish.standing,
            kind=[kind for kind in Kind if kind in wish.kinds],
            mine="1" if wish.mine is not None else None,
            q=wish.search or None,
            page=page,
        )


@bp.get("/queue")
@roles(*READERS)
def queue() -> ResponseReturnValue:
    """What waits: what waits longest and needs most care first. The address says all that was asked for."""
    wish, typed, error = _asked_for()
    member = current_staff()
    page = render_template(
        "moderation/queue.html",
        queue=waiting.queue(
            db.session,
            wish,
            page=request.args.get("page", 1, type=int),
            now=now(),
            demonstration=settings().demonstration,
        ),
        wish=wish,
        address=Address(wish),
        typed=typed,
        error=error,
        search_max=SEARCH_MAX,
        standings=STANDINGS,
        kinds=KINDS,
        batch_most=batch.MOST,
        me=Member(member.id, member.email),
        recovery_codes_missing=bool(member.tf_totp_secret) and not member.mf_recovery_codes,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK


def _asked_for() -> tuple[Wish, str, str]:
    """What the address asks for, what was typed to search for, and why that cannot be searched for."""
    try:
        standing = Standing(request.args.get("state", Standing.WAITING))
        kinds = frozenset(Kind(kind) for kind in set(request.args.getlist("kind")))
    except ValueError:
        abort(HTTPStatus.NOT_FOUND)
    typed = request.args.get("q", "")
    error = _unsearchable(typed)
    member = current_staff()
    wish = Wish(
        standing=standing,
        kinds=kinds,
        mine=Member(member.id, member.email) if request.args.get("mine") == "1" else None,
        search="" if error else plain(typed),
    )
    # A control character would be no HTML; what is too long is given back as far as it was read.
    return wish, "".join(letter for letter in typed[:SEARCH_MAX] if not unwelcome_character(letter)), error


def _unsearchable(typed: str) -> str:
    if len(typed) > SEARCH_MAX:
        return str(_("Search for at most %(most)s characters.", most=SEARCH_MAX))
    if unwelcome_character(typed) is not None:
        return str(_("This holds a character that no name has. Type it again without it."))
    return ""


@bp.get("/shortcuts")
@roles(*READERS)
def shortcuts() -> ResponseReturnValue:
    """The keys that staff pages know, for whoever has no use for pressing one to see them."""
    return render_template("moderation/queue_shortcuts.html")
