"""The blueprint of the pages behind ``/manage``; the modules with its views take it from here and add their rules."""

from flask import Blueprint

from registry.web import no_store

bp = Blueprint("manage", __name__, url_prefix="/manage")
bp.after_request(no_store)
