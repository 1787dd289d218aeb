"""What a CSV file for spreadsheets holds: its beginning, and cells that no spreadsheet takes for a formula."""

from typing import Any

BYTE_ORDER_MARK = "\ufeff"
"""By which spreadsheets know a file for UTF-8."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> Any:
    """*value* as a CSV file holds it: lists joined by a blank, nothing of a text that a spreadsheet would run."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = " ".join(value)
    # What the registry itself counts or measures is a number, not a text.
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
