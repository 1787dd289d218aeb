"""What staff type to sign in, with guessing slowed: by address in the views, by account here."""

import re
from datetime import UTC, datetime
from typing import Any, cast

from flask import Response, after_this_request, session
from flask.typing import ResponseValue
from flask_security import (
    LoginForm,
    MfRecoveryForm,
    Totp,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
    UserMixin,
)
from flask_security.twofactor import CodeTfPlugin
from flask_security.utils import get_message
from passlib.exc import UsedTokenError  # type: ignore[import-untyped]
from passlib.totp import TotpMatch  # type: ignore[import-untyped]
from sqlalchemy import CursorResult, or_, update
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from registry.accounts import failures
from registry.accounts.failures import is_paused
from registry.domain.text import plain
from registry.extensions import db
from registry.models import User

FIRST_STEP_AT = "tf_since"
"""Where the cookie keeps the time of a right password whose second factor is to come (POSIX seconds)."""

_STAFF_PAGE = re.compile(r"/staff(?:/[A-Za-z0-9_/~%?=&+-]*)?")


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def is_staff_page(target: str) -> bool:
    """Whether *target* is a path of our own below ``/staff``: the only place to go after signing in."""
    return _STAFF_PAGE.fullmatch(target) is not None


def commit_after_this_request() -> None:
    """Keep what is counted although the view fails what it was asked for, and so commits nothing."""

    @after_this_request
    def commit(response: Response) -> Response:
        db.session.commit()
        return response


class PausingLoginForm(LoginForm):
    """Address and password; the answer is the same for an unknown or paused account and a wrong password."""

    remember = None  # type: ignore[assignment]  # how WTForms takes a field away

    def validate(self, **kwargs: Any) -> bool:
        valid: bool = super().validate(**kwargs)
        if self.user is None and self.ifield is not None:
            # An account's failure is counted by the library's signal.
            failures.count_unknown(db.session, self.email.data or "", now=utc_now())
            commit_after_this_request()
        if valid and is_paused(self.user, utc_now()):
            self.password.errors = [get_message("GENERIC_AUTHN_FAILED")[0]]
            return False
        return valid


class PausingCodeForm(TwoFactorVerifyCodeForm):
    """The authenticator's code; a paused account hears that it is wrong."""

    def validate(self, **kwargs: Any) -> bool:
        if is_paused(self.user, utc_now()):
            self.code.errors = [get_message("TWO_FACTOR_INVALID_TOKEN")[0]]
            return False
        return bool(super().validate(**kwargs))


class PausingRecoveryForm(MfRecoveryForm):
    """A recovery code; the library does not count the wrong ones."""

    def validate(self, **kwargs: Any) -> bool:
        if is_paused(self.user, utc_now()):
            self.code.errors = [get_message("INVALID_RECOVERY_CODE")[0]]
            return False
        self.code.data = plain(self.code.data or "").lower()
        valid: bool = super().validate(**kwargs)
        if not valid and self.user is not None and self.code.data:
            self.user.track_failed_authn("code", True)
        return valid


class SetupForm(TwoFactorSetupForm):
    """The one method there is; the library still writes choices in a way that WTForms warns of."""

    setup = RadioField(choices=[SelectChoice("authenticator")], validate_choice=False)


class NoRescueForm(TwoFactorRescueForm):
    """Never shown: who lost everything asks an administrator."""

    help_setup = RadioField(choices=[])


class OneUseTotp(Totp):
    """Codes that work once: the time step of the last one is kept, and an earlier or equal one is refused."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        return cast(User, user).tf_last_counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        member = cast(User, user)
        result = db.session.execute(
            update(User)
            .where(
                User.id == member.id,
                or_(User.tf_last_counter.is_(None), User.tf_last_counter < tmatch.counter),
            )
            .values(tf_last_counter=tmatch.counter)
            .execution_options(synchronize_session=False)
        )
        # Two requests with one code at once: the database lets one through.
        if cast(CursorResult[object], result).rowcount != 1:
            raise UsedTokenError()


class TimedCodeTfPlugin(CodeTfPlugin):
    """The library's second step, with the time of the first one kept, so that it can run out."""

    def tf_login(self, user: UserMixin, json_payload: dict[str, Any], next_loc: str | None) -> ResponseValue:
        session[FIRST_STEP_AT] = int(utc_now().timestamp())
        target = next_loc if next_loc and is_staff_page(next_loc) else None
        return super().tf_login(user, json_payload, target)
