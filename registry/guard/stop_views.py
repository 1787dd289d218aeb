"""Where the reader of a mail stops such mails: looking changes nothing, a press does."""

from http import HTTPStatus

from flask import abort, current_app, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from registry import mailboxes
from registry.extensions import csrf, db
from registry.mailboxes import Scope, StopAddress
from registry.web import now

ONE_CLICK = "One-Click"
LONGEST_TOKEN = 200


def show(token: str) -> str:
    """What the mailbox gets, and the buttons."""
    found = _found(token)
    return render_template("guard/stop.html", scope=mailboxes.stopped(db.session, found.email_hash), form=FlaskForm())


def press(token: str) -> Response:
    """Stop mails, or let them come again; also what a mail program posts for its reader (RFC 8058)."""
    one_click = request.form.get("List-Unsubscribe") == ONE_CLICK
    if not one_click:
        # A mail program has no page and no session; whoever knows the token can do no more by it than its reader.
        csrf.protect()
    found = _found(token)
    wanted = found.scope.value if one_click else request.form.get("then", "")
    if wanted == "again":
        mailboxes.take_again(db.session, email_hash=found.email_hash)
    elif wanted in set(Scope):
        mailboxes.stop(db.session, email_hash=found.email_hash, scope=Scope(wanted), now=now())
    db.session.commit()
    if one_click:
        return Response("You get no more of these mails.\n", mimetype="text/plain")
    return redirect(url_for("guard.show_stop", token=token), HTTPStatus.SEE_OTHER)


csrf.exempt(press)


def _found(token: str) -> StopAddress:
    secret = str(current_app.secret_key)
    found = mailboxes.read_stop_token(secret, token) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        abort(Response(render_template("guard/stop_unknown.html"), HTTPStatus.NOT_FOUND, mimetype="text/html"))
    return found
