"""A profile as a moderator reads it: fields with their names and values, grouped, and what differs from another."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from flask_babel import gettext as _

from registry.directory.representations import turnaround_text
from registry.domain.labels import FIELD_LABELS, OFFERING_LABELS, label_of
from registry.domain.profile import Change, LabProfile
from registry.language import current_language
from registry.moderation import comparing
from registry.moderation.comparing import Pieces
from registry.wording import shown_value, told_changes

_REACHED_BY = ("phone", "contact_role", "public_email", "website")
_TURNAROUND = ("tat_min", "tat_max", "tat_unit", "tat_clock_start")
_LINKS = frozenset({"website", "catalogue_url"})
# What a laboratory writes in its own words; everything else is chosen.
_TEXTS = frozenset(
    {
        "name", "clia_number", "npi", "cap_number", "address_line1", "address_line2", "city", "zip", "phone",
        "public_email", "contact_role", "website", "assay_name", "specimen_notes", "order_code", "catalogue_url",
    }
)  # fmt: skip
_WHOLE_TEST = re.compile(r"offerings\.[0-9]+")


@dataclass(frozen=True, slots=True)
class Row:
    """A field: its path as in ``diff``, what it is called, its value in words, and what it was where that differs.

    ``old`` and ``new`` are both values with what went and what came marked; ``items`` says that they are lists.
    ``group`` is what the field belongs to (“Test 2”), where ``name`` is what it is called, and ``test`` the name of
    that test.
    """

    path: str
    label: str
    value: str
    before: str | None = None
    link: bool = False
    old: Pieces = ()
    new: Pieces = ()
    items: bool = False
    group: str = ""
    name: str = ""
    test: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together: those that say something, and those that do not.

    ``path`` is that of a test (``offerings.0``), whose name stands beside the title.
    """

    title: str
    name: str = ""
    path: str = ""
    rows: list[Row] = field(default_factory=list)
    unstated: list[Row] = field(default_factory=list)


def groups_of(profile: LabProfile, without: Collection[str] = ()) -> list[Group]:
    """The fields of *profile* but for the paths of *without*: the laboratory, each test, how it is reached."""
    data = profile.to_dict()
    laboratory = _group(_("The laboratory"), "", data, [name for name in FIELD_LABELS if name not in _REACHED_BY])
    tests = [
        _group(_("Test %(number)s", number=position + 1), f"offerings.{position}.", offering, list(OFFERING_LABELS))
        for position, offering in enumerate(data["offerings"])
    ]
    reached = _group(_("How the public reaches it"), "", data, list(_REACHED_BY))
    groups = [_without(group, without) for group in (laboratory, *tests, reached)]
    return [group for group in groups if group.rows or group.unstated]


def change_rows(changes: Iterable[Change], profile: LabProfile | None = None) -> list[Row]:
    """The differences that people can see, in words; *profile*, where they lead to it, names the tests.

    A whole test that came or went, and the order of the tests, are no fields to remark on.
    """
    rows = []
    for change in changes:
        whole = change.path == "offerings" or _WHOLE_TEST.fullmatch(change.path)
        for label, before, after in told_changes([(change.path, change.before, change.after)]):
            old, new = _marked(change, before, after)
            name = change.path.rpartition(".")[2]
            group, called = _place(change, label)
            rows.append(
                Row(
                    change.path,
                    label,
                    after,
                    before=before,
                    link=name in _LINKS,
                    old=old,
                    new=new,
                    items=not whole and isinstance(change.after or change.before, list | tuple),
                    group=group,
                    name=called,
                    test="" if whole else _test_name(change.path, profile),
                )
            )
    return rows


def _marked(change: Change, before: str, after: str) -> tuple[Pieces, Pieces]:
    """Both values of *change* with what went and what came marked; what is not stated has no pieces."""
    name = change.path.rpartition(".")[2]
    values = (change.before, change.after)
    if change.path != "offerings" and any(isinstance(value, list | tuple) for value in values):
        old, new = (tuple(shown_value(name, [item]) for item in value or ()) for value in values)
        return comparing.items(old, new)
    if name in _TEXTS and all(isinstance(value, str) for value in values):
        return comparing.words(*(value for value in values if isinstance(value, str)))
    nothing: tuple[object, ...] = (None, "", [], ())
    return (
        (comparing.Piece(comparing.Kind.REMOVED, before),) if change.before not in nothing else (),
        (comparing.Piece(comparing.Kind.ADDED, after),) if change.after not in nothing else (),
    )


def _place(change: Change, label: str) -> tuple[str, str]:
    """What the field of *change* belongs to, and what it is called there."""
    if change.path == "offerings":
        return _("Tests"), label
    if _WHOLE_TEST.fullmatch(change.path):
        return label, _("The whole test")
    called, number = label_of(change.path)
    return (_("Test %(number)s", number=number) if number else _("The laboratory")), _(called)


def _test_name(path: str, profile: LabProfile | None) -> str:
    place = path.removeprefix("offerings.").partition(".")[0]
    if profile is None or not path.startswith("offerings.") or not place.isdigit():
        return ""
    return profile.offerings[int(place)].name if int(place) < len(profile.offerings) else ""


def new_tests(changes: Iterable[Change]) -> list[str]:
    """The paths of the tests that came (``offerings.2``), whose fields are all new."""
    return [change.path for change in changes if _WHOLE_TEST.fullmatch(change.path) and change.before is None]


def _group(title: str, prefix: str, data: dict[str, object], names: list[str]) -> Group:
    group = Group(str(title), str(data["name"]) if prefix else "", prefix.rstrip("."))
    labels = OFFERING_LABELS if prefix else FIELD_LABELS
    for name in names:
        value = data[name]
        row = Row(prefix + name, str(_(labels[name])), shown_value(name, value), link=name in _LINKS)
        (group.unstated if value in ("", None, [], ()) else group.rows).append(row)
    return _with_one_turnaround(group, prefix, data) if prefix else group


def _with_one_turnaround(group: Group, prefix: str, data: dict[str, object]) -> Group:
    """The four fields of the turnaround as one line, as the listing has it."""
    if data["tat_max"] is None:
        return group
    four = {prefix + name for name in _TURNAROUND}
    turnaround = {name.removeprefix("tat_"): data[name] for name in _TURNAROUND}
    text = turnaround_text(turnaround, language=current_language())
    rows: list[Row] = []
    for row in group.rows:
        if row.path == prefix + "tat_max":
            rows.append(Row(row.path, str(_("Turnaround")), text))
        elif row.path not in four:
            rows.append(row)
    return Group(group.title, group.name, group.path, rows, [row for row in group.unstated if row.path not in four])


def _without(group: Group, paths: Collection[str]) -> Group:
    def kept(rows: list[Row]) -> list[Row]:
        return [row for row in rows if row.path not in paths]

    return Group(group.title, group.name, group.path, kept(group.rows), kept(group.unstated))
