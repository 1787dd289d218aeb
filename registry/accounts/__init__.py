"""Staff and their roles. Signing in is flask-security's work; here stands what it leaves to the application.

Everything under ``/staff`` is refused unless a guard lets it through (``sessions``). Guessing is slowed
without locking anybody out for ever (``forms``).
"""

import base64
import hashlib
from datetime import timedelta
from typing import Any, cast

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue, RouteCallable
from flask_babel import lazy_gettext as _l
from flask_security import FSQLALiteUserDatastore, Security, current_user

from config import Settings
from registry.accounts import account_views, passkey_views, passkeys, people_views, proving, sessions
from registry.accounts.blueprint import bp
from registry.accounts.forms import (
    NoRescueForm,
    OneUseTotp,
    PausingCodeForm,
    PausingLoginForm,
    PausingRecoveryForm,
    SetupForm,
    utc_now,
)
from registry.accounts.guards import current_actor, current_staff, has_role, roles
from registry.accounts.members import create_staff
from registry.accounts.passwords import PASSWORD_MIN_LENGTH
from registry.accounts.proving import fresh
from registry.extensions import db, limiter
from registry.models import Role, User

__all__ = [
    "PASSWORD_MIN_LENGTH",
    "account_views",
    "create_staff",
    "current_actor",
    "current_staff",
    "fresh",
    "has_role",
    "init_accounts",
    "passkey_views",
    "people_views",
    "roles",
]

ATTEMPTS = "10 per minute; 60 per hour"
"""How often one address may try a password or a code."""

_CODE_PAGE = "security/two_factor_verify_code.html"

# OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB of memory, two passes, one lane.
_ARGON2 = {"argon2__memory_cost": 19_456, "argon2__time_cost": 2, "argon2__parallelism": 1}
_ARGON2_IN_TESTS = {"argon2__memory_cost": 64, "argon2__time_cost": 1, "argon2__parallelism": 1}


def init_accounts(app: Flask, settings: Settings) -> None:
    """Set flask-security up on *app* and guard ``/staff``. Call it after the hook that begins writing."""
    app.config.update(_configuration(settings))
    security = Security(
        app,
        FSQLALiteUserDatastore(db, User, Role),
        login_form=PausingLoginForm,
        two_factor_verify_code_form=PausingCodeForm,
        two_factor_setup_form=SetupForm,
        two_factor_rescue_form=NoRescueForm,
        mf_recovery_form=PausingRecoveryForm,
        totp_cls=OneUseTotp,
        render_template=_render,  # type: ignore[arg-type]  # Flask takes the status with it
    )
    security.want_json(lambda request: False)
    # Sign-in is by password and session alone: no token in a header or an address.
    security.login_manager.request_loader(lambda request: None)
    # The library would look at the session on every request; public pages must not depend on a cookie.
    security.principal.identity_loaders.clear()
    _forget(app.before_request_funcs, "_on_before_request")
    _forget(app.after_request_funcs, "_update_remember_cookie")
    _forget(app.template_context_processors, "_user_context_processor")
    app.jinja_env.globals.update(current_user=current_user, passkeys_offered=passkeys.offered)

    security.reauthn_handler(lambda within, grace: proving.ask())
    app.view_functions["security.verify"] = proving.verify
    app.register_blueprint(bp)

    for endpoint in (*sorted(sessions.SIGN_IN), "security.verify", *passkey_views.VERIFY):
        view = limiter.limit(ATTEMPTS, methods=["POST"])(app.view_functions[endpoint])
        app.view_functions[endpoint] = cast(RouteCallable, view)
    sessions.init_sessions(app, security)


# In our own catalogue: the library's Spanish is es_ES, which our es_US never finds.
_MESSAGES = {
    "GENERIC_AUTHN_FAILED": _l("The e-mail or the password is not right."),
    "EMAIL_NOT_PROVIDED": _l("Write your e-mail address."),
    "PASSWORD_NOT_PROVIDED": _l("Write your password."),
    "TWO_FACTOR_INVALID_TOKEN": _l("This code is not right. Wait for the next one and try again."),
    "INVALID_RECOVERY_CODE": _l("This recovery code is not right."),
}


def _configuration(settings: Settings) -> dict[str, Any]:
    totp_secret = settings.totp_secret.get_secret_value()
    codes_key = hashlib.sha256(b"recovery codes" + totp_secret.encode()).digest()
    return {
        "SECURITY_URL_PREFIX": "/staff",
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_CLI_USERS_NAME": "",
        "SECURITY_CLI_ROLES_NAME": "",
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SALT": settings.password_salt.get_secret_value(),
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": _ARGON2_IN_TESTS if settings.mode == "test" else _ARGON2,
        "SECURITY_PASSWORD_LENGTH_MIN": PASSWORD_MIN_LENGTH,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_DATETIME_FACTORY": utc_now,
        "SECURITY_TRACKABLE": True,
        # Whoever changes how they sign in has shown their password within this time; the server knows when.
        "SECURITY_FRESHNESS": proving.PROVED_WITHIN,
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGIN_VIEW": "/staff/queue",
        "SECURITY_POST_LOGOUT_VIEW": "/staff/login",
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": settings.asks_second_factor,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_IMPLEMENTATIONS": {"code": "registry.accounts.forms.TimedCodeTfPlugin"},
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        # One step of thirty seconds to either side, for clocks that are a little off.
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/staff/mf-recovery-codes",
        "SECURITY_TOTP_SECRETS": {"1": totp_secret},
        "SECURITY_TOTP_ISSUER": "HER2 Laboratory Registry",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        **{f"SECURITY_MSG_{name}": (text, "error") for name, text in _MESSAGES.items()},
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [base64.urlsafe_b64encode(codes_key)],
    }


def _render(template: str, **context: Any) -> ResponseReturnValue:
    forms = [value for name, value in context.items() if name.endswith("_form")]
    failed = request.method == "POST" and any(form is not None and form.errors for form in forms)
    if template == _CODE_PAGE:
        user = passkey_views.owes_second_step()
        context["has_passkey"] = user is not None and passkeys.offered() and passkeys.of(db.session, user)
    return render_template(template, **context), 422 if failed else 200


def _forget(hooks: dict[Any, list[Any]], name: str) -> None:
    found = [hook for hook in hooks[None] if getattr(hook, "__name__", "") == name]
    if len(found) != 1:
        raise RuntimeError(f"flask-login no longer registers {name}")
    hooks[None].remove(found[0])
