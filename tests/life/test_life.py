"""Any order of legal and illegal acts of laboratories and moderators.

The public entry is what was approved last, the audit replays to it, no link works twice, and what is refused changes
nothing.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.life.plays import Life

PLAYS = {"sqlite": 24, "postgresql": 8}
ACTS = 40
MORE = int(os.environ.get("MORE_PLAYS", "1"))
"""So many times as many plays, and others each time, to look for what the few do not meet."""


@pytest.mark.long
@pytest.mark.timeout(300 * MORE)
def test_a_life_in_any_order(play: type[Life], engine_name: str) -> None:
    run_state_machine_as_test(
        play,
        settings=settings(
            max_examples=PLAYS[engine_name] * MORE,
            stateful_step_count=ACTS,
            deadline=None,
            derandomize=MORE == 1,
            database=None,
            suppress_health_check=list(HealthCheck),
            # A play of 40 acts says enough of what went wrong, and to shorten it takes minutes.
            phases=(Phase.generate,),
        ),
    )
    for name, done in sorted(play.tally):
        print(f"{name:28} {'done' if done else 'refused':8} {play.tally[name, done]:5}")
