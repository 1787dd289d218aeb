"""The mixin of every public form that writes or mails."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, TimestampSigner
from wtforms import StringField
from wtforms.widgets import HiddenInput

from registry.domain import suspicion
from registry.domain.suspicion import SUSPICION
from registry.extensions import db
from registry.guard import challenges
from registry.guard.challenges import Standing
from registry.web import now

LONGEST_OPEN = timedelta(days=30)
"""How long a form may stay open before that is remarkable."""

_LONGEST_TYPED = 200


class Opened(StringField):
    """When the form was first shown: a signed time that comes back with it, through errors too."""

    widget = HiddenInput()

    def _value(self) -> str:
        return self.data or "" if self.at() is not None else self._signer().sign(b"form").decode("ascii")

    def at(self) -> datetime | None:
        """The moment, or None when what came was not made here for this field of a form."""
        typed = self.data or ""
        if len(typed) > _LONGEST_TYPED:
            return None
        try:
            return self._signer().unsign(typed, return_timestamp=True)[1]
        except (BadData, ValueError):
            return None

    def _signer(self) -> TimestampSigner:
        # Its own salt: neither a session nor another kind of token passes for it.
        return TimestampSigner(current_app.secret_key or "", salt="registry.guard.opened")


class Answer(StringField):
    """The browser's answer to a challenge; without JavaScript it stays empty."""

    widget = HiddenInput()


class GuardedForm:
    """Adds to a form what tells people from programs. Nobody is refused for it: see :meth:`suspicions`.

    Render it by ``{{ guard(form) }}`` of ``components/guard.html``.
    """

    LEAST_SECONDS: ClassVar[float] = 2.0
    """Somebody whose browser fills in the form and who presses at once takes longer."""

    homepage = StringField(_l("Leave this field empty"))
    opened = Opened()
    altcha = Answer()

    _suspicions: tuple[str, ...] | None = None

    @property
    def is_trapped(self) -> bool:
        """Whether the field that people do not see was filled in.

        A person's browser may have done that, so what was typed is kept, flagged, and the answer is the usual one.
        But no mail goes to a mailbox that such a form names.
        """
        return bool(self.homepage.data)

    def suspicions(self) -> tuple[str, ...]:
        """What speaks against a person, as slugs of ``SUSPICION``; keep it with what was sent.

        Call it when the form is in order and is about to be acted on: it uses the proof of work up, in the
        transaction of the view. A form that is shown again with errors keeps its proof.
        """
        if self._suspicions is None:
            moment = now()
            found = {self._of_time(moment), self._of_proof(moment)}
            if self.is_trapped:
                found.add(suspicion.HONEYPOT)
            self._suspicions = tuple(slug for slug in SUSPICION.slugs if slug in found)
        return self._suspicions

    def hidden_tag(self, *fields: Any) -> Any:
        """The hidden fields but those that ``{{ guard(form) }}`` renders."""
        own = {"opened", "altcha"}
        hidden = fields or [
            field
            for field in self  # type: ignore[attr-defined]  # the form that this is mixed into has fields
            if isinstance(field.widget, HiddenInput) and field.short_name not in own
        ]
        return super().hidden_tag(*hidden)  # type: ignore[misc]  # as above

    def _of_time(self, moment: datetime) -> str:
        opened = self.opened.at()
        if opened is None or moment - opened > LONGEST_OPEN:
            return suspicion.STALE_FORM
        return suspicion.TOO_FAST if (moment - opened).total_seconds() < self.LEAST_SECONDS else ""

    def _of_proof(self, moment: datetime) -> str:
        answer = self.altcha.data or ""
        if not answer:
            return suspicion.NO_PROOF_OF_WORK
        proof = challenges.check(str(current_app.secret_key), answer, now=moment)
        if proof.standing is Standing.STALE:
            return suspicion.STALE_FORM
        good = proof.standing is Standing.GOOD and challenges.spend(db.session, proof, now=moment)
        return "" if good else suspicion.PROOF_WRONG
