"""What the page of components shows: invented laboratories, a form in all its states, and lines of the queue."""

import json
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from registry.directory.forms import SearchForm
from registry.directory.queries import Card
from registry.domain.profile import LabProfile, Offering
from registry.moderation.comparing import Kind as PieceKind
from registry.moderation.comparing import Piece
from registry.moderation.findings import Check, Outcome, SameNumber
from registry.moderation.leases import Lease
from registry.moderation.waiting_order import Kind, Source
from registry.moderation.waiting_rows import QueueRow

ME, COLLEAGUE = 1, 2
_METHODS = [
    SelectChoice("ihc", "Immunohistochemistry (IHC)"),
    SelectChoice("ish", "In situ hybridization (ISH)"),
    SelectChoice("ngs", "Sequencing (NGS)"),
]
_LONG = "Invented Laboratory of Molecular and Anatomic Pathology, Cytology and Hematology of the Greater Example Valley"


class SampleForm(FlaskForm):  # type: ignore[misc]  # the library has no types
    """A field of each kind; :func:`broken_form` gives them their errors."""

    revision = HiddenField()
    name = StringField("Laboratory name", [InputRequired()])
    email = EmailField("Work e-mail")
    password = PasswordField("Password", [InputRequired()])
    day = DateField("Day")
    kind = SelectField(
        "Kind of laboratory", choices=[SelectChoice("", "Choose one"), SelectChoice("hospital", "Hospital laboratory")]
    )
    notes = TextAreaField("Notes on specimens")
    methods = SelectMultipleField("Methods", [InputRequired()], choices=_METHODS)
    outside = RadioField(
        "Takes specimens from outside",
        [InputRequired()],
        choices=[SelectChoice("yes", "Yes"), SelectChoice("no", "No")],
    )
    consent = BooleanField("The entry may be shown to the public", [InputRequired()])
    long = StringField(
        "How somebody who wants to send a specimen from another state should write the name of your laboratory on the"
        " shipping label, if that differs from the name above",
    )


def empty_form() -> SampleForm:
    """The form as somebody opens it."""
    return SampleForm(formdata=None)


def filled_form() -> SampleForm:
    """The form as somebody has filled it in."""
    return SampleForm(
        formdata=None,
        prefix="filled-",
        name="Glass Meadow Pathology",
        email="lab@glass-meadow.example",
        day=date(2026, 11, 20),
        kind="hospital",
        notes="A block, or six unstained slides.\nPlease send the pathology report along.",
        methods=["ihc", "ish"],
        outside="yes",
        consent=True,
    )


def broken_form() -> SampleForm:
    """The form as it comes back with an error at each field that can have one."""
    form = SampleForm(formdata=None, prefix="broken-", email="lab at example", notes="Decalcified bone.")
    for name, message in {
        "name": "Write the name of the laboratory.",
        "email": "Write an e-mail address, like name@example.org.",
        "day": "The day lies in the past.",
        "kind": "Choose the kind of laboratory.",
        "notes": "Leave out everything about a patient.",
        "methods": "Choose at least one method.",
        "outside": "Say whether you take specimens from outside.",
        "consent": "Without this we cannot show the entry.",
    }.items():
        field: Field = form[name]
        field.errors = [message]
    remarked: Any = form.notes
    remarked.remark = "Is decalcified tissue not taken, or taken with a note?"
    return form


def question() -> SearchForm:
    """A search for a place."""
    return SearchForm(MultiDict({"near": "30303"}))


def an_offering() -> Offering:
    """A test that says all that a test can say."""
    return Offering(
        name="ERBB2 (HER2) IHC, colon and rectum",
        method="ihc",
        assay="ventana_4b5",
        scoring_criterion="heracles",
        reflex_policy="ihc_2plus_to_ish_auto",
        specimens=("ffpe_block", "unstained_slides", "core_biopsy", "resection"),
        specimen_notes="Decalcified tissue cannot be tested.",
        slides_min=5,
        tat_min=3,
        tat_max=5,
        tat_unit="business_days",
        tat_clock_start="specimen_receipt",
        regulatory_status="ldt",
        accepts_outside_specimens="yes",
        service_level="global",
        cpt_codes=("88360",),
        order_code="DEMO-1",
    )


def a_profile() -> LabProfile:
    """A laboratory with that test."""
    return LabProfile(
        name="Glass Meadow Pathology", city="Decatur", state="GA", zip="30030", offerings=(an_offering(),)
    )


def cards(today: date) -> tuple[Card, ...]:
    """A laboratory in a list: as most are, with a long name, not confirmed for long, and disputed."""
    recent, old = today - timedelta(days=15), today - timedelta(days=420)
    return (
        _card(1, "Glass Meadow Pathology", 2.4, confirmed=recent),
        _card(2, _LONG, 1.0, confirmed=recent, verification="self_reported", accepts="yes_in_state"),
        _card(3, "Paper Lantern Hospital Laboratory", 1234.5, confirmed=old),
        _card(4, "Tin Drum Reference Laboratory", None, confirmed=recent, disputed=True, verification="clia_matched"),
    )


def _card(
    number: int,
    name: str,
    miles: float | None,
    *,
    confirmed: date,
    verification: str = "email_verified",
    accepts: str = "yes",
    disputed: bool = False,
) -> Card:
    test = an_offering()
    offering = {
        "method": test.method,
        "scoring_criterion": test.scoring_criterion,
        "reflex_policy": test.reflex_policy,
        "specimens": test.specimens,
        "turnaround": test.turnaround,
    }
    item = {
        "slug": f"sample-{number}",
        "name": name,
        "city": "Decatur",
        "state": "GA",
        "zip": "30030",
        "lat": 33.77,
        "lon": -84.3,
        "offerings": [offering],
        "accepts_outside_specimens": accepts,
        "phone": "(404) 555-0142",
        "verification": verification,
        "last_confirmed": confirmed.isoformat(),
        "disputed": disputed,
        "dispute_answered": False,
    }
    return Card(number, json.dumps(item).encode(), miles)


def queue_rows(now: datetime) -> tuple[QueueRow, ...]:
    """Lines of the queue: ready, with something to look at and open at a colleague's, on hold, and a report."""
    lease = Lease(2, COLLEAGUE, "colleague@registry.example", now - timedelta(minutes=4), now + timedelta(minutes=11))
    waits: dict[str, Any] = {"source": Source.SUBMISSION, "state": "submitted", "place": "Decatur, GA"}
    return (
        QueueRow(
            id=1,
            kind=Kind.NEW,
            name="Glass Meadow Pathology",
            since=now - timedelta(days=2),
            tests=2,
            wants=(),
            **waits,
        ),
        QueueRow(
            id=2,
            kind=Kind.EDIT,
            name=_LONG,
            since=now - timedelta(days=9),
            tests=1,
            wants=("CLIA number", "Address and ZIP", "Place on the map", "Accreditation by CAP"),
            flagged=True,
            again=True,
            lease=lease,
            **waits,
        ),
        QueueRow(
            id=3,
            kind=Kind.CLAIM,
            name="Paper Lantern Hospital Laboratory",
            since=now - timedelta(days=3),
            held_until=now + timedelta(days=4),
            held_by="me@registry.example",
            held_note="Waits for a call back.",
            **waits,
        ),
        QueueRow(
            Source.REPORT,
            4,
            Kind.REPORT,
            "Tin Drum Reference Laboratory",
            "Reno, NV",
            now - timedelta(hours=5),
            "open",
            about="closed",
        ),
    )


def urgency() -> SimpleNamespace:
    """Checks with each outcome, in the shape of the review page."""
    problem = Check(
        "CLIA number",
        Outcome.PROBLEM,
        "Another entry has the same CLIA number.",
        facts=(("CLIA number", "00D0009999"),),
        entries=(SameNumber(1, "Paper Lantern Hospital Laboratory", "GA", "sample-3"), SameNumber(2, _LONG, "GA")),
    )
    look = Check(
        "Address and ZIP", Outcome.LOOK, "The ZIP code belongs to another town.", facts=(("ZIP code", "30030"),)
    )
    fine = Check("Certificate", Outcome.OK, "The certificate fits the tests.")
    return SimpleNamespace(problems=[problem], looks=[look], fine=[fine])


WORDS = SimpleNamespace(items=False)
"""A field that holds a text, not a list."""


def pieces() -> list[Piece]:
    """A text with a word gone and words come."""
    return [
        Piece(PieceKind.SAME, "Ship at "),
        Piece(PieceKind.REMOVED, "room temperature"),
        Piece(PieceKind.ADDED, "4 °C with a cool pack"),
        Piece(PieceKind.SAME, ", never frozen."),
    ]


def leases(now: datetime) -> tuple[tuple[SimpleNamespace, Lease], ...]:
    """A submission that is open here, and one that a colleague has open."""
    mine = Lease(1, ME, "me@registry.example", now - timedelta(minutes=1), now + timedelta(minutes=14))
    theirs = Lease(2, COLLEAGUE, "colleague@registry.example", now - timedelta(minutes=4), now + timedelta(minutes=11))
    return tuple(
        (SimpleNamespace(decidable=True, submission=SimpleNamespace(id=lease.submission_id, state=state)), lease)
        for lease, state in ((mine, "submitted"), (theirs, "in_review"))
    )
