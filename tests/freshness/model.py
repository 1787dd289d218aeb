"""What must happen to entries in time, in plain words of Python: no import of the product, no rule taken from it.

A model is told what laboratories and mailboxes do, and asked each morning which mails arrive. Days are all it knows.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

YEAR = 365
HIDDEN_AFTER = 365 + 184
REST = 5
TOLD_AFTER = 14
ROUND = 214
KEYS = (30, 7, 0, -14)

Mail = tuple[int, str, str]
"""The number of the laboratory, the kind of the mail, the mailbox."""


def days(number: int) -> timedelta:
    return timedelta(days=number)


@dataclass
class Mailbox:
    """A contact's: *refuses* while it is sent, *bounced* as far as the registry knows."""

    email: str
    refuses: bool = False
    bounced: bool = False
    stopped: bool = False


@dataclass
class Entry:
    """A laboratory: the day of each of its tests, and its contacts, first who is written to first."""

    number: int
    tests: list[date]
    contacts: list[Mailbox]
    state: str = "published"
    leaving: date | None = None
    told: set[tuple[date, int]] = field(default_factory=set)
    told_last: date | None = None
    overdue_opened: date | None = None
    overdue_open: bool = False
    bounced_opened: date | None = None
    bounced_open: bool = False

    @property
    def confirmed(self) -> date:
        """The oldest of its tests."""
        return min(self.tests)

    @property
    def ages(self) -> bool:
        """Whether time does anything to it."""
        return self.state == "published" and self.leaving is None

    def key_days(self) -> list[date]:
        """The days on which something falls due as it stands now."""
        found = [self.confirmed + days(YEAR - key) for key in KEYS] + [self.confirmed + days(HIDDEN_AFTER + 1)]
        if self.leaving is not None:
            # The day is over last in Hawaii.
            found.append(self.leaving + days(1))
        return found


class Model:
    """All entries, and what waits to be mailed."""

    def __init__(self, entries: list[Entry]) -> None:
        self.entries = {entry.number: entry for entry in entries}
        self.more_days: set[date] = set()
        self._waiting: list[tuple[Entry, str, Mailbox]] = []

    def morning(self, moment: datetime) -> Counter[Mail]:
        """The worker looks: the mails that arrive by it, and those that waited."""
        today = moment.date()
        # A day begins last in Hawaii.
        everywhere = (moment - timedelta(hours=10)).date()
        for entry in self.entries.values():
            if entry.leaving is not None and entry.leaving <= everywhere:
                entry.state, entry.leaving = "withdrawn", None
                self._tell(entry, "left")
            if entry.ages:
                self._remind(entry, today)
            if entry.ages:
                self._tell_staff(entry, today)
                self._hide(entry, today)
            self._settle(entry, today)
        arrived: Counter[Mail] = Counter()
        for entry, kind, mailbox in self._waiting:
            if mailbox.stopped:
                continue
            if mailbox.refuses:
                self.bounces(mailbox.email, today)
            else:
                arrived[entry.number, kind, mailbox.email] += 1
        self._waiting.clear()
        return arrived

    def confirms(self, entry: Entry, places: list[int], today: date, *, way: str = "") -> None:
        """The tests at *places* are right; an entry hidden for its age is back when none is overdue."""
        for place in places:
            entry.tests[place] = today
        if today <= entry.confirmed + days(YEAR):
            entry.overdue_open = False
            if entry.state == "hidden":
                entry.state = "published"
        if way:
            self._waiting.append((entry, way, entry.contacts[0]))

    def bounces(self, email: str, today: date) -> None:
        """Mail to the mailbox came back for good."""
        for entry in self.entries.values():
            for mailbox in entry.contacts:
                if mailbox.email != email:
                    continue
                mailbox.bounced = True
                if entry.state != "withdrawn" and not entry.bounced_open:
                    entry.bounced_open, entry.bounced_opened = True, today

    def reads(self, email: str) -> None:
        """Somebody used a link that was mailed to it."""
        for entry in self.entries.values():
            for mailbox in entry.contacts:
                if mailbox.email == email:
                    mailbox.bounced = False

    def leaves(self, entry: Entry, on: date) -> None:
        """It will leave on a day, and all who speak for it are told."""
        entry.leaving = on
        self._tell(entry, "leaving")

    def stays(self, entry: Entry) -> None:
        """It does not leave after all."""
        entry.leaving = None
        self._tell(entry, "came_back")

    def _tell(self, entry: Entry, kind: str) -> None:
        self._waiting += [(entry, kind, mailbox) for mailbox in entry.contacts]

    def _remind(self, entry: Entry, today: date) -> None:
        left = (entry.confirmed + days(YEAR) - today).days
        passed = [key for key in KEYS if left <= key]
        if not passed or (entry.confirmed, passed[-1]) in entry.told:
            return
        if entry.told_last is not None and abs((today - entry.told_last).days) < REST:
            # It is looked at again when it has had its rest.
            self.more_days.add(entry.told_last + days(REST))
            return
        reachable = [mailbox for mailbox in entry.contacts if not mailbox.bounced and not mailbox.stopped]
        if not reachable:
            lately = entry.bounced_opened is not None and (today - entry.bounced_opened).days < 45
            if all(mailbox.bounced for mailbox in entry.contacts) and not entry.bounced_open and not lately:
                entry.bounced_open, entry.bounced_opened = True, today
            return
        turn = sum(confirmed == entry.confirmed for confirmed, _key in entry.told)
        entry.told.add((entry.confirmed, passed[-1]))
        entry.told_last = today
        self._waiting.append((entry, "confirm_listing", reachable[turn % len(reachable)]))

    def _tell_staff(self, entry: Entry, today: date) -> None:
        if (today - entry.confirmed).days < YEAR + TOLD_AFTER or entry.overdue_open:
            return
        if entry.overdue_opened is not None and (today - entry.overdue_opened).days < ROUND:
            return
        entry.overdue_open, entry.overdue_opened = True, today
        self.more_days.add(today + days(TOLD_AFTER))

    def _hide(self, entry: Entry, today: date) -> None:
        if (today - entry.confirmed).days <= HIDDEN_AFTER or entry.overdue_opened is None:
            return
        if not TOLD_AFTER <= (today - entry.overdue_opened).days < ROUND:
            return
        entry.state = "hidden"
        self._waiting += [(entry, "entry_hidden", mailbox) for mailbox in entry.contacts if not mailbox.bounced]

    def _settle(self, entry: Entry, today: date) -> None:
        gone = entry.state == "withdrawn"
        if gone or today <= entry.confirmed + days(YEAR):
            entry.overdue_open = False
        if gone or not any(mailbox.bounced for mailbox in entry.contacts):
            entry.bounced_open = False
