"""CPT codes of a test: several in one line."""

import re
from typing import Any

from flask_babel import gettext as _
from wtforms.validators import StopValidation

from registry.registration.fields import Line

MOST_CODES = 10

# Five digits, or a proprietary analysis: four and U. The descriptions belong to the American Medical Association,
# so the shape is all that is checked.
_SHAPE = re.compile(r"[0-9]{5}|[0-9]{4}U")
_BETWEEN = re.compile(r"[,;\s]+")


class CptCodes(Line):
    """At most ten CPT codes with commas or blanks between them; kept as a line, each code once, commas between."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, longest=200, **kwargs)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in the order typed, each once."""
        return tuple(dict.fromkeys(code.upper() for code in _BETWEEN.split(self.data or "") if code))

    def check(self, text: str) -> None:
        for code in self.codes:
            if not _SHAPE.fullmatch(code):
                raise StopValidation(
                    _(
                        "“%(code)s” is not a CPT code. A code has five digits, or four digits and the letter U.",
                        code=code,
                    )
                )
        if len(self.codes) > MOST_CODES:
            raise StopValidation(_("Write at most %(most)s CPT codes.", most=MOST_CODES))
        self.data = joined(self.codes)


def joined(codes: tuple[str, ...]) -> str:
    """*codes* in one line, as :class:`CptCodes` takes them."""
    return ", ".join(codes)
