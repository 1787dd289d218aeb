"""Laboratories and moderators at once."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from registry.domain.profile import LabProfile
from registry.links import Purpose
from tests.life.moderators import Moderators
from tests.life.people import People, people, profiles
from tests.life.world import Request


class Life(People, Moderators):
    """The whole life, in any order."""

    @initialize(email=people, profile=profiles, listed=st.sampled_from((True, True, True, False)))
    def one_laboratory(self, email: str, profile: LabProfile, listed: bool) -> None:
        """Mostly there is one on the list already: it got there by the same acts."""
        if listed:
            self.approved(self.page_of(self.proved(email, profile)))

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
