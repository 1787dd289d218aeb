"""From the words of a query string to :class:`Criteria`, with a message for each word that cannot be meant."""

import re
from collections.abc import Iterable

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from registry.directory.criteria import ANY_DISTANCE, DEEPEST, DEFAULT_RADIUS, PAGE_SIZE, RADII, Criteria
from registry.domain.vocabulary import METHOD_GROUP, TEST_METHOD

METHOD_CHOICES = (
    TEST_METHOD["ihc"],
    METHOD_GROUP["ish"],
    *(TEST_METHOD[slug] for slug in ("fish", "cish", "sish", "ddish")),
    METHOD_GROUP["ngs"],
    *(TEST_METHOD[slug] for slug in ("ngs_tissue", "ngs_ctdna", "rt_pcr", "other")),
)
"""What ``method`` may be, in the order of the form."""

PARAMETERS = ("near", "within", "method", "outside", "page")
LONGEST_PLACE = 200
_MOST_REPEATS = 20
_PAGE = re.compile(r"[1-9][0-9]{0,8}")
_METHODS = frozenset(term.slug for term in METHOD_CHOICES)


class SearchForm:
    """A search as typed: ``values`` to show again, ``errors`` by parameter, ``criteria`` when there are none."""

    def __init__(self, arguments: MultiDict[str, str], *, also: Iterable[str] = ()) -> None:
        """*also* names parameters that mean something to the page itself."""
        self.values = arguments
        # Put into words only where they are shown.
        self.errors: dict[str, LazyString] = {}
        known = {*PARAMETERS, *also}
        for name in arguments:
            if name not in known:
                self.errors[name[:40]] = _l("This page has no setting called “%(name)s”.", name=name[:40])
        self.criteria = Criteria(
            near=self._near(),
            within=self._within(),
            methods=self._methods(),
            outside=self._outside(),
            page=self._page(),
        )

    @property
    def valid(self) -> bool:
        return not self.errors

    def _one(self, name: str) -> str | None:
        given = self.values.getlist(name)
        if len(given) > 1:
            self.errors[name] = _l("Give “%(name)s” once.", name=name)
        return given[0] if given else None

    def _near(self) -> str | None:
        text = self._one("near")
        if text is None:
            return None
        if len(text) > LONGEST_PLACE:
            self.errors["near"] = _l("That is too long for a place. Type a ZIP code, or a city and state.")
            return ""
        if not text.strip():
            self.errors["near"] = _l("Type a ZIP code, or a city and state.")
        return " ".join(text.split())

    def _within(self) -> int | None:
        text = self._one("within")
        if text is None:
            return DEFAULT_RADIUS
        if text == ANY_DISTANCE:
            return None
        if text not in {str(radius) for radius in RADII}:
            self.errors["within"] = _l(
                "Choose a distance of %(radii)s miles, or any.", radii=", ".join(str(radius) for radius in RADII)
            )
            return DEFAULT_RADIUS
        return int(text)

    def _methods(self) -> tuple[str, ...]:
        given = self.values.getlist("method")
        chosen = tuple(dict.fromkeys(value for value in given[:_MOST_REPEATS] if value))
        if len(given) > _MOST_REPEATS or not _METHODS.issuperset(chosen):
            self.errors["method"] = _l("Choose test methods from the list.")
            return ()
        return chosen

    def _outside(self) -> bool:
        text = self._one("outside")
        if text not in {None, "", "1"}:
            self.errors["outside"] = _l("“outside” is 1 or left out.")
        return text == "1"

    def _page(self) -> int:
        text = self._one("page")
        if text is None:
            return 1
        if not _PAGE.fullmatch(text):
            self.errors["page"] = _l("A page is a whole number from 1.")
            return 1
        page = int(text)
        if (page - 1) * PAGE_SIZE >= DEEPEST:
            self.errors["page"] = _l("The list ends before that page. Narrow the search instead.")
            return 1
        return page
