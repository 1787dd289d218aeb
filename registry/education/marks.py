"""What the templates of these pages write sources and numbers with: ``cite``, ``figure``, ``cited_references``.

A number in a text is never typed: ``figure('crc_positivity', 'rounded')`` writes it from its row, and the row's source
is cited beside it. The words around it are the template's.
"""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_skeleton
from flask import Flask, g
from flask_babel import format_date, format_decimal, format_percent, get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from registry.education.figures import Figure, figures
from registry.education.references import KINDS, Reference, references


def init_marks(app: Flask) -> None:
    """Give the templates of *app* the functions of this module."""
    app.jinja_env.globals.update(
        cite=cite,
        figure=figure,
        cited_references=cited_references,
        every_reference=lambda: references().values(),
        reference_kinds=KINDS,
    )


def cite(*keys: str) -> Markup:
    """The numbers of the references with these keys, as links to the list below the page.

    ``KeyError`` for a key that is in no row.
    """
    cited: list[str] = g.setdefault("cited", [])
    marks = []
    for reference in sorted((references()[key] for key in keys), key=lambda each: each.number):
        if reference.key not in cited:
            cited.append(reference.key)
        name = _("Reference %(number)s", number=reference.number)
        marks.append(Markup('<a href="#reference-{0}" aria-label="{1}">{0}</a>').format(reference.number, name))
    return Markup('<sup class="cite">[{}]</sup>').format(Markup(", ").join(marks))


def cited_references() -> list[Reference]:
    """What the present page has cited so far, by number; the end of a page asks for it."""
    known = references()
    return sorted((known[key] for key in g.get("cited", [])), key=lambda each: each.number)


def figure(slug: str, form: str = "plain") -> Markup:
    """The figure *slug* written as *form* in the page's language, marked with its slug.

    Forms: ``plain`` (4.1), ``rounded`` (4), ``percent`` (4.1%), ``interval`` (3.4 to 5.0), ``range`` (2.4% to 38%),
    ``low``, ``high``, ``n`` (17,589), ``studies`` (52), ``date`` (January 19, 2023), ``month`` and ``year``.
    ``KeyError`` for an unknown slug or form, ``ValueError`` for a form of what the row leaves empty.
    """
    row, write = figures()[slug], _FORMS[form]
    return Markup('<span class="figure" data-figure="{}">{}</span>').format(slug, write(row))


def _pattern(number: str) -> str:
    # As many places as the source gives: 5.0 stays 5.0.
    places = len(number.partition(".")[2])
    return f"#,##0.{'0' * places}" if places else "#,##0"


def _decimal(number: str) -> str:
    return str(format_decimal(_number(number), _pattern(number)))


def _percent(number: str) -> str:
    return str(format_percent(_number(number) / 100, f"{_pattern(number)}%"))


def _number(text: str) -> Decimal:
    if not text:
        raise ValueError("the row leaves empty what is to be written")
    return Decimal(text)


def _rounded(row: Figure) -> str:
    # Halves go up, as people round; Python's own way would make 12.5 a 12.
    return _decimal(str(_number(row.value).quantize(Decimal(1), ROUND_HALF_UP)))


def _day(row: Figure) -> date:
    return date.fromisoformat(row.value)


_FORMS: dict[str, Callable[[Figure], str]] = {
    "plain": lambda row: _decimal(row.value),
    "rounded": _rounded,
    "percent": lambda row: _percent(row.value),
    "interval": lambda row: _("%(low)s to %(high)s", low=_decimal(row.low), high=_decimal(row.high)),
    "range": lambda row: _("%(low)s to %(high)s", low=_percent(row.low), high=_percent(row.high)),
    "low": lambda row: _decimal(row.low),
    "high": lambda row: _decimal(row.high),
    "n": lambda row: _decimal(row.n),
    "studies": lambda row: _decimal(row.more["studies"]),
    "date": lambda row: str(format_date(_day(row), "long")),
    "month": lambda row: str(format_skeleton("yMMMM", _day(row), locale=get_locale())),
    "year": lambda row: row.year,
}
