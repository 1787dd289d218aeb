"""The pages of moderation together: those of staff, and the public form whose reports they read."""

from registry.moderation import (
    audit_views,
    batch_views,
    dashboard_views,
    decision_views,
    duplicates_views,
    holding_views,
    lab_views,
    leases_views,
    merging_views,
    queue_views,
    report_views,
    reports_views,
    task_views,
    views,
)
from registry.moderation.views import bp

public_bp = report_views.bp

__all__ = [
    "audit_views",
    "batch_views",
    "bp",
    "dashboard_views",
    "decision_views",
    "duplicates_views",
    "holding_views",
    "lab_views",
    "leases_views",
    "merging_views",
    "public_bp",
    "queue_views",
    "report_views",
    "reports_views",
    "task_views",
    "views",
]
