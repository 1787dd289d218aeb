"""The results page, put together from parts that their template rendered once for each language.

Nothing here asks for a request: what has been made inside of one can be filled outside of any.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from flask import current_app, render_template
from flask_babel import gettext as _
from markupsafe import Markup, escape

from registry.directory.cards import CardWriter
from registry.directory.criteria import ANY_DISTANCE
from registry.directory.entries import Sort
from registry.directory.forms import SearchForm
from registry.directory.panel import Chip, PanelWriter, unstated_turnaround
from registry.directory.queries import Card, Results
from registry.directory.representations import place_precision
from registry.directory.tally import Tally
from registry.domain.permits import PERMIT_OF_STATE
from registry.language import LANGUAGES, PARAMETER, chosen_language
from registry.places.gazetteer import Place
from registry.places.records import Precision
from registry.skeleton import Skeleton, Slots
from registry.web import now

_AT = Slots()
_COUNTED = ("within", "altogether", "unstated", "beyond")
_FIXED = ("all", "broken_title", "broken_heading", "no_match", "by_turnaround", "specimens_travel", "compare")
_FILLED = ("near", "later", "problem", "chip", "chips", "none_within", "note", "credit", "nothing", "map", "travelling",
           "previous", "next", "pages", "downloads", "results")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What a results page shows beside its form."""

    results: Results
    tally: Tally
    place: Place | None = None
    travelling: tuple[Card, ...] = ()
    credit: str = ""
    """Whom to name for the place, if it is anybody's but ours."""


class _FormWithSlots:
    """Stands for a search without errors while its form is rendered."""

    errors: Mapping[str, str] = {}
    values: Mapping[str, Markup] = {"near": _AT.near}

    def __init__(self, has_place: bool) -> None:
        self.has_place = has_place

    def mark(self, name: str, value: object) -> Markup:
        return _AT("mark", name, str(value))


class PageWriter:
    """Writes results pages in one language, with the addresses of one choice of it."""

    def __init__(self, language: str) -> None:
        """In the language that is in force, which must be *language*."""
        environment = current_app.jinja_env
        self.cards, self.panel = CardWriter(language), PanelWriter()
        self._language, self._chosen = language, chosen_language()
        parts: Any = environment.get_template("directory/search_parts.html").make_module({"ask": lambda: self._ask})
        self._parts = {name: Skeleton(getattr(parts, name)(_AT)) for name in _FILLED}
        self._fixed = {name: str(getattr(parts, name)()).strip() for name in _FIXED}
        self._numbered = {
            name: (Skeleton(getattr(parts, name)(_AT, 1)), Skeleton(getattr(parts, name)(_AT, 2))) for name in _COUNTED
        }
        self._printed = lru_cache(maxsize=4)(lambda today: str(parts.printed(today)))
        self._precisions = {
            (precision, from_address): Skeleton(place_precision(_any_place(precision, from_address)))
            for precision in Precision
            for from_address in (False, True)
        }
        self._permits = {state: str(parts.permit(_(permit.explanation))) for state, permit in PERMIT_OF_STATE.items()}
        make_form = environment.get_template("components/search_form.html").module.search_form  # type: ignore[attr-defined]
        self._forms = {here: Skeleton(make_form(_FormWithSlots(here), _AT.filters)) for here in (False, True)}
        self._broken_form: Callable[[SearchForm, Markup], str] = make_form
        # A search that cannot be read is no page for search engines.
        self._frames = {
            shared: Skeleton(
                render_template(
                    "directory/search.html",
                    at=_AT,
                    csp_nonce=lambda: _AT.nonce,
                    in_language=lambda code: _AT("language", code),
                    page_in=lambda code: _AT("language", code or ""),
                    shared=shared,
                )
            )
            for shared in (False, True)
        }

    @property
    def _ask(self) -> str:
        # The address holds the chosen language already.
        return "&" if self._chosen else "?"

    def write(self, form: SearchForm, answer: Answer | None, *, path: str, nonce: str) -> str:
        """The page of *form*'s search at *path*: with its answer, or with its errors; *nonce* is the scripts'."""
        tally = None if answer is None else answer.tally
        filters = self.panel.write(form.criteria, tally, form.errors)
        chips = self.panel.chips(form.criteria)
        title, heading = self._heading(form, None if answer is None else answer.place)
        kept = [pair for pair in form.values.items(multi=True) if pair[0] != PARAMETER]
        values = {
            "title": title,
            "heading": heading,
            "problems": "".join(self._parts["problem"].fill(message=_safe(text)) for text in form.elsewhere),
            "form": self._form(form, filters),
            "chips": self._chips(form, chips),
            "results": "" if answer is None else self._results(form, answer, chips),
            "nonce": nonce,
            **{
                f"language {code}": _safe(f"{quote(path)}?{urlencode([*kept, (PARAMETER, code)])}")
                for code in LANGUAGES
            },
            "language ": _safe(f"{quote(path)}?{urlencode(kept)}" if kept else quote(path)),
        }
        return self._frames[answer is not None].fill(**values)

    def _heading(self, form: SearchForm, place: Place | None) -> tuple[str, str]:
        if form.errors:
            return self._fixed["broken_title"], self._fixed["broken_heading"]
        heading = self._fixed["all"] if place is None else self._parts["near"].fill(place=_safe(place.label))
        page = form.criteria.page
        return (self._parts["later"].fill(title=heading, page=str(page)) if page > 1 else heading), heading

    def _form(self, form: SearchForm, filters: Markup) -> str:
        if form.errors:
            return str(self._broken_form(form, filters))
        skeleton = self._forms[form.has_place]
        criteria = form.criteria
        marks = dict.fromkeys(skeleton.names, "")
        within = ANY_DISTANCE if criteria.within is None else criteria.within
        marks |= {f"mark within {within}": " selected", f"mark sort {criteria.sort}": " selected"}
        return skeleton.fill(**{**marks, "near": _safe(form.values.get("near", "")), "filters": filters})

    def _chips(self, form: SearchForm, chips: Iterable[Chip]) -> str:
        items = [self._parts["chip"].fill(label=_safe(chip.label), query=_safe(chip.query_string)) for chip in chips]
        if not items:
            return ""
        return self._parts["chips"].fill(
            chips="".join(items), unfiltered=_safe(form.criteria.unfiltered().query_string)
        )

    def _results(self, form: SearchForm, answer: Answer, chips: list[Chip]) -> str:
        results, place, today = answer.results, answer.place, now().date()
        words = "".join(f" {_safe(chip.label)}." for chip in chips)
        beside = ""
        if answer.travelling:
            cards = self.cards.write(answer.travelling, today, prefix="shipped-")
            beside = self._parts["travelling"].fill(cards=cards)
        elif place is not None and results.total:
            beside = self._note(self._fixed["specimens_travel"])
        return self._parts["results"].fill(
            layout="alone" if place is None else "beside",
            count=self._count(form, results, place),
            printed=self._printed(today) + words,
            notes="".join(self._notes(form, answer)),
            map="" if place is None else self._map(form, place),
            travelling=beside,
            first=str(results.first),
            cards=self.cards.write(results.cards, today),
            compare=self._fixed["compare"] if results.cards else "",
            pages=self._pages(form, results) if max(results.pages, form.criteria.page) > 1 else "",
            downloads=self._parts["downloads"].fill(query=_safe(form.criteria.on_page(1).query_string))
            if results.total
            else "",
        )

    def _count(self, form: SearchForm, results: Results, place: Place | None) -> str:
        radius = str(form.criteria.within)
        if results.expanded:
            return self._parts["none_within"].fill(radius=radius)
        if not results.total:
            return self._fixed["no_match"]
        if place is not None and form.criteria.within is not None:
            return self._number("within", results.total, radius=radius)
        return self._number("altogether", results.total)

    def _notes(self, form: SearchForm, answer: Answer) -> Iterable[str]:
        results, criteria, place = answer.results, form.criteria, answer.place
        if results.expanded:
            yield self._number("beyond", len(results.cards))
        elif not results.total:
            yield self._parts["nothing"].fill(unfiltered=_safe(criteria.unfiltered().query_string))
        if place is not None:
            precision = self._precisions[place.precision, place.from_address]
            yield self._note(precision.fill(**dict.fromkeys(precision.names, _safe(place.label))))
        if answer.credit:
            yield self._note(self._parts["credit"].fill(name=_safe(answer.credit)))
        if criteria.order is Sort.TURNAROUND:
            yield self._note(self._fixed["by_turnaround"])
        if unstated := unstated_turnaround(criteria, answer.tally):
            yield self._note(self._number("unstated", unstated))
        if criteria.from_state in self._permits:
            yield self._note(self._permits[criteria.from_state])

    def _map(self, form: SearchForm, place: Place) -> str:
        metres = form.criteria.within_m
        return self._parts["map"].fill(
            lat=str(place.lat),
            lon=str(place.lon),
            radius="" if metres is None else f' data-radius="{round(metres)}"',
            place=_safe(place.label),
        )

    def _pages(self, form: SearchForm, results: Results) -> str:
        criteria, page = form.criteria, form.criteria.page
        before, after = "", ""
        if page > 1:
            before = self._parts["previous"].fill(query=_safe(criteria.on_page(page - 1).query_string))
        if results.cursor is not None:
            after = self._parts["next"].fill(query=_safe(criteria.on_page(page + 1, results.cursor).query_string))
        # A page that begins behind a laboratory may be one more than the count, when the list shrank meanwhile.
        pages = max(results.pages, page)
        return self._parts["pages"].fill(previous=before, page=str(page), pages=str(pages), next=after)

    def _note(self, words: str) -> str:
        return self._parts["note"].fill(words=words) + "\n"

    def _number(self, name: str, number: int, **values: str) -> str:
        # Both of our languages have one form for one and another for all else.
        return self._numbered[name][number != 1].fill(count=f"{number:,}", **values)


def _safe(text: object) -> str:
    return str(escape(str(text)))


def _any_place(precision: Precision, from_address: bool) -> Place:
    return Place(_AT.place, 0.0, 0.0, precision, from_address=from_address)
