"""What a browser with JavaScript does: ask for a challenge, solve it, fill in the form with the answer."""

import base64
import json
from typing import Any

import altcha

from tests.support.client import PageClient


def solved(challenge: dict[str, Any]) -> str:
    """The answer to *challenge*, as altcha's client sends it."""
    read = altcha.Challenge.from_dict(challenge)
    solution = altcha.solve_challenge(read)
    assert solution is not None
    return altcha.Payload(read, solution).to_base64()


def proof(client: PageClient) -> str:
    """A challenge asked for and answered."""
    answer = client.get("/guard/challenge")
    assert answer.status_code == 200
    assert answer.json is not None
    return solved(answer.json)


def altered(answer: str, **changes: Any) -> str:
    """*answer* with other values: ``altered(answer, solution={"counter": 1})``."""
    payload = json.loads(base64.b64decode(answer))
    for part, values in changes.items():
        section = payload["challenge"]["parameters"] if part == "parameters" else payload[part]
        section.update(values)
    return base64.b64encode(json.dumps(payload).encode()).decode()
