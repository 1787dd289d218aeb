"""ZIP codes of every kind lead to a place and its nearest laboratory. All of them: ``python -m
bench.walk_zips``.
"""

from collections.abc import Callable
from itertools import islice

import pytest
from flask import Flask

from bench.walk_zips import BEYOND_THE_STATES, walk
from registry import demonstration
from registry.extensions import begin_writing, db
from registry.places.gazetteer import Precision, ZipEntry, gazetteer
from registry.web import now

SAMPLED = {"sqlite": 28, "postgresql": 280}
"""Every so many-th ordinary ZIP code is asked for: 1,500, and a tenth of them where only the database
differs.
"""

ALIKE = 8
"""Of those of military mail, every so many-th: all of them are answered alike."""


def _entries() -> list[ZipEntry]:
    return [entry for code in gazetteer().zips() if (entry := gazetteer().zip(code)) is not None]


@pytest.fixture
def furnished(make_app: Callable[..., Flask]) -> Flask:
    """The application with the invented laboratories of the demonstration."""
    app = make_app(mode="demonstration")
    with app.app_context():
        begin_writing(db.session)
        demonstration.load(db.session, now=now(), instance=app.extensions["settings"].instance)
        db.session.commit()
    app.test_client_class = None
    return app


def test_a_sample_of_all_zip_codes(furnished: Flask, engine_name: str) -> None:
    sample = list(islice(gazetteer().zips(), 0, None, SAMPLED[engine_name]))

    walked = walk(furnished, sample)

    assert walked.faults == []
    assert walked.precisions[Precision.ZIP.value] > len(sample) / 2


def test_territories_military_mail_and_zip_codes_without_a_place_of_their_own(furnished: Flask) -> None:
    entries = _entries()
    territories = [entry for entry in entries if entry.state in BEYOND_THE_STATES - {"AK", "HI"}]
    without_place = [entry for entry in entries if entry.precision not in {None, Precision.ZIP}]
    military = [entry for entry in entries if entry.precision is None]
    odd = {entry.code for entry in [*territories, *without_place, *military[::ALIKE]]}

    walked = walk(furnished, sorted(odd))

    assert walked.faults == []
    assert walked.precisions["military: no place"] > 0
    assert walked.precisions[Precision.CITY.value] > 0
