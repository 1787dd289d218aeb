"""From the words of a query string to :class:`Criteria`, with a message for each word that cannot be meant."""

import re
from collections.abc import Iterable

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from registry.directory.criteria import ANY_DISTANCE, DEEPEST, DEFAULT_RADIUS, PAGE_SIZE, RADII, Criteria
from registry.directory.cursor import Cursor
from registry.directory.entries import Sort
from registry.domain.states import US_STATES
from registry.domain.vocabulary import (
    ACCREDITATION,
    METHOD_GROUP,
    REFLEX_POLICY,
    SCORING_CRITERION,
    SERVICE_LEVEL,
    SPECIMEN_TYPE,
    TEST_METHOD,
    Term,
)
from registry.places.parsing import MAX_LENGTH

METHOD_CHOICES = (
    TEST_METHOD["ihc"],
    METHOD_GROUP["ish"],
    *(TEST_METHOD[slug] for slug in ("fish", "cish", "sish", "ddish")),
    METHOD_GROUP["ngs"],
    *(TEST_METHOD[slug] for slug in ("ngs_tissue", "ngs_ctdna", "rt_pcr", "other")),
)
"""What ``method`` may be, in the order of the form."""

OPTIONS: dict[str, tuple[Term, ...]] = {
    "method": METHOD_CHOICES,
    "specimen": SPECIMEN_TYPE.offered,
    "criterion": SCORING_CRITERION.offered,
    "reflex": REFLEX_POLICY.offered,
    "accreditation": ACCREDITATION.offered,
    "service": SERVICE_LEVEL.offered,
}
"""What the parameters that may be repeated may be, in the order of the form."""

PARAMETERS = ("near", "within", *OPTIONS, "outside", "max_days", "from_state", "sort", "page", "after")
MOST_DAYS = 365
_MOST_REPEATS = 40
_PAGE = re.compile(r"[1-9][0-9]{0,8}")
_DAYS = re.compile(r"[1-9][0-9]{0,2}")
_SLUGS = {name: frozenset(term.slug for term in terms) for name, terms in OPTIONS.items()}
_MESSAGES = {
    "method": _l("Choose test methods from the list."),
    "specimen": _l("Choose specimens from the list."),
    "criterion": _l("Choose scoring criteria from the list."),
    "reflex": _l("Choose reflex testing from the list."),
    "accreditation": _l("Choose accreditations from the list."),
    "service": _l("Choose service levels from the list."),
}


_AT_FIELDS = frozenset({"near", "within", *OPTIONS, "from_state", "max_days"})


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
            outside=self._outside(),
            max_days=self._max_days(),
            from_state=self._from_state(),
            sort=self._sort(),
            page=self._page(),
            after=self._after(),
            **{name: self._several(name) for name in OPTIONS},
        )

    @property
    def valid(self) -> bool:
        return not self.errors

    @property
    def elsewhere(self) -> list[LazyString]:
        """The messages of parameters that have no field on the page."""
        return [message for name, message in self.errors.items() if name not in _AT_FIELDS]

    @property
    def has_place(self) -> bool:
        """Whether a place was typed, known or not."""
        return bool(self.criteria.near)

    def mark(self, name: str, value: object) -> str:
        """What an option of ``within`` or ``sort`` bears when it is the chosen one."""
        chosen: object = self.criteria.sort
        if name == "within":
            chosen = ANY_DISTANCE if self.criteria.within is None else self.criteria.within
        return " selected" if value == chosen else ""

    def _one(self, name: str) -> str | None:
        given = self.values.getlist(name)
        if len(given) > 1:
            self.errors[name] = _l("Give “%(name)s” once.", name=name)
        return given[0] if given else None

    def _near(self) -> str | None:
        text = self._one("near")
        if text is None:
            return None
        if len(text) > MAX_LENGTH:
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

    def _several(self, name: str) -> tuple[str, ...]:
        # Most searches have none of them.
        if name not in self.values:
            return ()
        given = self.values.getlist(name)
        chosen = tuple(dict.fromkeys(value for value in given[:_MOST_REPEATS] if value))
        known = tuple(value for value in chosen if value in _SLUGS[name])
        if len(given) > _MOST_REPEATS or known != chosen:
            self.errors[name] = _MESSAGES[name]
        return known

    def _outside(self) -> bool:
        text = self._one("outside")
        if text not in {None, "", "1"}:
            self.errors["outside"] = _l("“outside” is 1 or left out.")
        return text == "1"

    def _max_days(self) -> int | None:
        text = self._one("max_days")
        if not text:
            return None
        if not _DAYS.fullmatch(text) or int(text) > MOST_DAYS:
            self.errors["max_days"] = _l("Write the days as a whole number from 1 to %(most)s.", most=MOST_DAYS)
            return None
        return int(text)

    def _from_state(self) -> str | None:
        text = self._one("from_state")
        if not text:
            return None
        if text not in US_STATES:
            self.errors["from_state"] = _l("Choose a state or territory from the list, as its two letters.")
            return None
        return text

    def _sort(self) -> Sort | None:
        text = self._one("sort")
        if not text:
            return None
        if text not in set(Sort):
            self.errors["sort"] = _l("Sort by distance, turnaround or name.")
            return None
        return Sort(text)

    def _after(self) -> str | None:
        text = self._one("after")
        if text is not None and Cursor.read(text) is None:
            self.errors["after"] = _l("This is no address of a next page. Begin at the first page.")
            return None
        return text

    def _page(self) -> int:
        text = self._one("page")
        if text is None:
            return 1
        if not _PAGE.fullmatch(text):
            self.errors["page"] = _l("A page is a whole number from 1.")
            return 1
        page = int(text)
        if (page - 1) * PAGE_SIZE >= DEEPEST:
            self.errors["page"] = _l(
                "The pages end after %(most)s laboratories. Narrow the search, or download the whole list.",
                most=DEEPEST,
            )
            return 1
        return page
