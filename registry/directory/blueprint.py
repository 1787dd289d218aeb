"""The public pages' blueprint, and what their templates may call."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from registry.directory.representations import (
    place_precision,
    place_problem,
    turnaround_text,
    verification_explained,
)
from registry.domain.freshness import is_overdue
from registry.web import now

bp = Blueprint("directory", __name__)


@bp.record_once
def _for_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(
        turnaround_text=turnaround_text,
        verification_explained=verification_explained,
        place_precision=place_precision,
        place_problem=place_problem,
        is_overdue=lambda confirmed: is_overdue(confirmed, now().date()),
    )
