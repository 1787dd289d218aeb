"""The pages behind ``/manage`` together: importing this module gives their blueprint all of its views."""

from registry.registration import (
    claim_views,
    confirming_views,
    contact_views,
    editing_views,
    leaving_views,
    manage_views,
    request_views,
)
from registry.registration.manage_blueprint import bp

__all__ = [
    "bp",
    "claim_views",
    "confirming_views",
    "contact_views",
    "editing_views",
    "leaving_views",
    "manage_views",
    "request_views",
]
