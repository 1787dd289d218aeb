"""The filters of the search page: what can be chosen, what is, and how many laboratories each choice would leave."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from registry.directory.criteria import Criteria
from registry.directory.facets import DAY_LIMITS, DIMENSIONS, UNKNOWN
from registry.directory.forms import OPTIONS
from registry.directory.tally import Tally
from registry.skeleton import Skeleton, Slots
from registry.wording import state_names

_SELECTS = frozenset({"max_days", "from_state"})
_FIELDS = (*OPTIONS, *sorted(_SELECTS), "outside")


@dataclass(frozen=True, slots=True)
class Panel:
    """One filter: its parameter, its name, its options as value and label."""

    name: str
    label: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, in words, and the query string without it."""

    label: str
    query_string: str


class PanelWriter:
    """Writes the filters, and the words for those in force, in one language."""

    def __init__(self) -> None:
        """In the language that is in force."""
        names = {
            "method": _("Test method"),
            "specimen": _("Specimen"),
            "criterion": _("Scoring criterion"),
            "reflex": _("Reflex testing"),
            "accreditation": _("Accreditation"),
            "service": _("Service level"),
            "max_days": _("Turnaround at most"),
            "from_state": _("Specimen comes from"),
        }
        options: dict[str, Mapping[str, str]] = {
            name: {term.slug: str(_(term.label)) for term in terms} for name, terms in OPTIONS.items()
        }
        options["max_days"] = {str(limit): _days(limit) for limit in DAY_LIMITS}
        options["from_state"] = state_names()
        self.panels = {name: Panel(name, str(label), options[name]) for name, label in names.items()}
        self._outside = str(_("Accepts specimens from anywhere"))
        self._from_state = str(_("Specimen from %(state)s", state="%(state)s"))
        # Of one, and of any other number.
        self._days = [str(ngettext("%(days)s calendar day", "%(days)s calendar days", n, days=_DAYS)) for n in (1, 2)]
        self._at_most = [
            str(ngettext("At most %(days)s calendar day", "At most %(days)s calendar days", number, days=_DAYS))
            for number in (1, 2)
        ]
        pieces = current_app.jinja_env.get_template("components/search_form.html").module
        self._filters = Skeleton(pieces.filters(Slots(), self.panels))  # type: ignore[attr-defined]
        self._places = {name: place for place, name in enumerate(self._filters.names)}
        self._counted = [
            (place, DIMENSIONS[words[1]].bits[words[2]].bit_length() - 1, words[1] in _SELECTS)
            for name, place in self._places.items()
            if (words := name.split(" "))[0] == "left"
        ]

    def write(self, criteria: Criteria, tally: Tally | None, errors: Mapping[str, object]) -> Markup:
        """The filters with what is chosen, the counts of *tally*, and the messages of *errors* at their fields."""
        values = [""] * len(self._filters.names)
        if tally is not None:
            for place, bit, in_select in self._counted:
                count = tally.counts[bit]
                values[place] = f" ({count:,})" if in_select else _LEFT[count > 0] % count
        chosen: dict[str, int] = {}
        for name, value in criteria.chosen():
            chosen[name] = chosen.get(name, 0) + 1
            mark = self._places.get(f"mark {name} {value}")
            if mark is not None:
                values[mark] = " selected" if name in _SELECTS else " checked"
            elif name == "max_days":
                values[self._places["more max_days"]] = _OTHER_DAYS.format(
                    value=value, words=self._days[value != "1"] % {"days": value}
                )
        for name, count in chosen.items():
            if name in OPTIONS:
                values[self._places[f"chosen {name}"]] = _count(count)
                values[self._places[f"open {name}"]] = " open"
        if chosen:
            values[self._places["chosen "]] = _count(sum(chosen.values()))
        for name in _FIELDS:
            if name in errors:
                self._tell(values, name, errors[name])
        return Markup(self._filters.fill_in_order(values))

    def chips(self, criteria: Criteria) -> list[Chip]:
        """The filters in force, each with the way to remove it."""
        made = []
        for name, value in criteria.chosen():
            if name == "outside":
                words = self._outside
            elif name == "from_state":
                words = self._from_state % {"state": self.panels[name].options[value]}
            elif name == "max_days":
                words = self._at_most[value != "1"] % {"days": value}
            else:
                words = self.panels[name].options[value]
            made.append(Chip(words, criteria.without(name, value).query_string))
        return made

    def _tell(self, values: list[str], name: str, message: object) -> None:
        values[self._places["open "]] = " open"
        if name in OPTIONS:
            values[self._places[f"open {name}"]] = " open"
        if name in _SELECTS:
            values[self._places[f"invalid {name}"]] = f' aria-invalid="true" aria-describedby="{name}-error"'
        if (place := self._places.get(f"error {name}")) is not None:
            values[place] = f'<p class="field-error" id="{name}-error">{escape(str(message))}</p>'


_LEFT = {True: ' <span class="left">%d</span>', False: ' <span class="left none">%d</span>'}


_DAYS = "%(days)s"
_OTHER_DAYS = '<option value="{value}" selected>{words}</option>'


def _count(number: int) -> str:
    return f' <span class="count">{number}</span>'


def _days(number: int) -> str:
    return str(ngettext("%(days)s calendar day", "%(days)s calendar days", number, days=number))


def unstated_turnaround(criteria: Criteria, tally: Tally | None) -> int:
    """How many laboratories a limit of the turnaround leaves out because they do not state one."""
    if criteria.max_days is None or tally is None:
        return 0
    return tally.of(DIMENSIONS["max_days"].bits[UNKNOWN])
