"""The pages about the service."""

from datetime import date

CHANGED = {
    "about": date(2026, 11, 21),
    "privacy": date(2026, 11, 21),
    "terms": date(2026, 11, 21),
    "accessibility": date(2026, 11, 21),
    "contact": date(2026, 11, 21),
}
"""Their names, which are their addresses too, and when the text of each was last changed."""
