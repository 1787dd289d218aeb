"""The pages of moderation together: those of staff, and the public form whose reports they read."""

from registry.moderation import decision_views, report_views, reports_views, views
from registry.moderation.views import bp

public_bp = report_views.bp

__all__ = ["bp", "decision_views", "public_bp", "report_views", "reports_views", "views"]
