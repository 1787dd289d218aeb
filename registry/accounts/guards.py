"""Who is signed in, and what their role opens."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec, cast

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_security import current_user

from registry.domain.staff_acts import ROLE_LABELS
from registry.models import User
from registry.models.account import ROLES

P = ParamSpec("P")


def roles(*names: str) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Let only staff with one of the roles *names* through, as the database has it now.

    Others get a page that says which role opens it, with status 403.
    """
    unknown = set(names) - set(ROLES)
    if unknown:
        raise ValueError(f"unknown roles: {sorted(unknown)}")

    def guard(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            return view(*args, **kwargs) if has_role(*names) else _refused(names)

        guarded.roles = frozenset(names)  # type: ignore[attr-defined]
        return guarded

    return guard


def has_role(*names: str) -> bool:
    """Whether the present member of staff has one of the roles *names*."""
    return current_user.is_authenticated and any(current_user.has_role(name) for name in names)


def current_actor() -> str:
    """The e-mail of the present member of staff, as audit rows name them."""
    return current_staff().email


def current_staff() -> User:
    """The present member of staff. Only below ``/staff``, where the guard has let them in."""
    return cast(User, current_user._get_current_object())


def _refused(names: tuple[str, ...]) -> ResponseReturnValue:
    needed = [ROLE_LABELS[name] for name in ROLES if name in names]
    own = [ROLE_LABELS[role.name] for role in current_staff().roles]
    return render_template("accounts/forbidden.html", needed=needed, own=own), HTTPStatus.FORBIDDEN
