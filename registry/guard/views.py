"""Where a browser asks for a challenge, and where a mailbox says that it wants no more mail."""

from flask import Blueprint, Response, current_app, jsonify
from flask.blueprints import BlueprintSetupState

from registry.assets import asset_address
from registry.guard import challenges, stop_views
from registry.headers import allow_worker
from registry.web import no_store, now

bp = Blueprint("guard", __name__)
bp.after_request(no_store)
bp.add_url_rule("/mail/stop/<token>", "show_stop", stop_views.show, methods=["GET"])
bp.add_url_rule("/mail/stop/<token>", "press_stop", stop_views.press, methods=["POST"])


@bp.record_once
def _for_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["proof_worker"] = proof_worker


def proof_worker() -> str:
    """The address of the script that answers challenges; the page that names it may start it."""
    allow_worker()
    return asset_address("proof.js")


@bp.get("/guard/challenge")
def challenge() -> Response:
    """A new challenge for the proof of work, as altcha's client reads it."""
    return jsonify(challenges.issue(str(current_app.secret_key), now=now()))
