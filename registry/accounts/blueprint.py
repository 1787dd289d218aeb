"""The pages about staff themselves: the list of people, one's own account, passkeys."""

from flask import Blueprint

from registry.web import no_store

LARGEST_ID = 2**63 - 1

bp = Blueprint("people", __name__, url_prefix="/staff")
bp.after_request(no_store)
