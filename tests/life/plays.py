"""Laboratories and moderators at once."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from registry.domain.profile import LabProfile
from registry.links import Purpose
from tests.life.chances import Chance, acts_of, chances
from tests.life.moderators import Moderators
from tests.life.people import People
from tests.life.requesting import Requesting
from tests.life.world import Request


class Everybody(Requesting, People, Moderators):
    """All who act."""

    def proved(self, email: str, profile: LabProfile) -> Request:
        """A registration that waits for a decision."""
        request = self.joined(email, profile)
        self.sent(request)
        self.press_latest(Purpose.CONFIRM_EMAIL)
        return request

    def press_latest(self, purpose: Purpose) -> None:
        """Press the link of *purpose* that arrived last."""
        links = [link for link in self.world.links.values() if link.purpose is purpose]
        self.pressed(links[-1].token, True)


ACTS = acts_of(Everybody)
_weighted = st.sampled_from([name for name, (weight, _when) in ACTS.items() for _each in range(weight)])


class Life(Everybody):
    """The whole life, in any order.

    One rule chooses among all acts by their weights. A rule for each would be chosen as often as any other, and plays
    would be spent on what is always possible.
    """

    @initialize(chance=chances)
    def one_laboratory(self, chance: Chance) -> None:
        """Mostly there is one on the list already: it got there by the same acts."""
        if chance.well:
            self.approved(self.page_of(self.proved(chance.email, chance.profile)))

    @rule(wishes=st.tuples(*[_weighted] * 5), chance=chances)
    def happens(self, wishes: tuple[str, ...], chance: Chance) -> None:
        """Do the first of *wishes* with which anything can be done."""
        possible = [name for name, (_weight, when) in ACTS.items() if when(self)]
        chosen = next((wish for wish in wishes if wish in possible), "join")
        getattr(self, chosen)(chance)
