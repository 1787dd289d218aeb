"""The proof of work itself: what we ask, what passes for an answer, and that what strangers send breaks nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from registry.guard import challenges
from registry.guard.challenges import ATTEMPTS, LIFETIME, LONGEST, Standing
from tests.guard.proofs import altered, solved

SECRET = "a secret of this test alone, 32 letters"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def answer() -> str:
    return solved(challenges.issue(SECRET, now=NOW))


def standing(answer: str, *, secret: str = SECRET) -> Standing:
    return challenges.check(secret, answer, now=NOW).standing


def test_an_answer_is_good(answer: str) -> None:
    proof = challenges.check(SECRET, answer, now=NOW)

    assert proof.standing is Standing.GOOD
    assert abs(proof.expires_at - (NOW + LIFETIME)) < timedelta(seconds=1)
    assert len(answer) < LONGEST / 2


def test_the_work_is_bounded() -> None:
    asked = challenges.issue(SECRET, now=NOW, attempts=ATTEMPTS[-1])

    # The first half of the key is asked for: only the number of attempts that was chosen gives it.
    assert len(asked["parameters"]["keyPrefix"]) == 32
    assert standing(solved(asked)) is Standing.GOOD


def test_two_challenges_are_not_alike() -> None:
    first, second = (challenges.issue(SECRET, now=NOW) for _ in range(2))

    assert first["signature"] != second["signature"]


def test_an_answer_to_another_service_is_wrong(answer: str) -> None:
    assert standing(answer, secret="another secret, of another service") is Standing.WRONG


def test_an_old_answer_is_stale() -> None:
    old = challenges.issue(SECRET, now=NOW - LIFETIME - timedelta(minutes=1), attempts=2)

    assert standing(solved(old)) is Standing.STALE


WRONG: dict[str, Callable[[str], str]] = {
    "nothing": lambda answer: "",
    "no answer": lambda answer: "x",
    "not ASCII": lambda answer: "é",
    "a lone surrogate": lambda answer: "\ud800",
    "empty JSON": lambda answer: "e30=",
    "a list": lambda answer: "W10=",
    "null": lambda answer: "bnVsbA==",
    "deep JSON": lambda answer: "W1tb" * 400,
    "too long": lambda answer: answer + "A" * 4000,
    "another counter": lambda answer: altered(answer, solution={"counter": 1}),
    "a counter beyond 32 bits": lambda answer: altered(answer, solution={"counter": 2**70}),
    "a counter in words": lambda answer: altered(answer, solution={"counter": "one"}),
    "another key": lambda answer: altered(answer, solution={"derivedKey": "00" * 32}),
    "a key in numbers": lambda answer: altered(answer, solution={"derivedKey": 1}),
    "an easier challenge": lambda answer: altered(answer, parameters={"cost": 1}),
    "a costly challenge": lambda answer: altered(answer, parameters={"cost": 10**12}),
    "a challenge of no end": lambda answer: altered(answer, parameters={"expiresAt": 9999999999}),
    "an end in words": lambda answer: altered(answer, parameters={"expiresAt": "never"}),
    "another algorithm": lambda answer: altered(answer, parameters={"algorithm": "ARGON2ID"}),
    "no signature": lambda answer: altered(answer, challenge={"signature": ""}),
    "a signature in numbers": lambda answer: altered(answer, challenge={"signature": 7}),
    "parameters that are a list": lambda answer: altered(answer, challenge={"parameters": []}),
}


@pytest.mark.parametrize("spoil", WRONG.values(), ids=WRONG)
def test_whatever_else_is_sent_is_wrong(spoil: Callable[[str], str], answer: str) -> None:
    assert standing(spoil(answer)) is Standing.WRONG
