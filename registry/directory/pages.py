"""The public pages together: importing this module gives their blueprint all of its views."""

from registry.directory import compare_views, export_views, listing_views, views
from registry.directory.blueprint import bp

__all__ = ["bp", "compare_views", "export_views", "listing_views", "views"]
