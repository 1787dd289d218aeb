"""What the checks say of places, letters, senders and look-alike entries, one table row a case."""

from typing import Any

import pytest

from registry.domain.area_codes import STATE_OF_AREA
from registry.domain.geometry import Point
from registry.domain.matching import Site, compare
from registry.domain.states import US_STATES
from registry.moderation.findings import Near, Outcome, Sender, Spots
from registry.moderation.place_checks import miles_between
from registry.moderation.scripts import host_in_ascii, host_in_letters, skeleton, visible
from tests.moderation.test_checks import check_of
from tests.support.factories import a_profile, an_offering

OK, LOOK, PROBLEM = Outcome.OK, Outcome.LOOK, Outcome.PROBLEM
ATLANTA, DECATUR, SAVANNAH = Point(33.749, -84.388), Point(33.775, -84.296), Point(32.081, -81.091)


@pytest.mark.parametrize(
    ("name", "changes", "outcome"),
    [
        ("Place on the map", {"spots": Spots()}, OK),
        ("Place on the map", {"spots": Spots(zip=ATLANTA)}, OK),
        ("Place on the map", {"spots": Spots(zip=ATLANTA, town=DECATUR, live=ATLANTA, filed=DECATUR)}, OK),
        ("Place on the map", {"spots": Spots(zip=ATLANTA, town=SAVANNAH)}, LOOK),
        ("Place on the map", {"spots": Spots(zip=ATLANTA, live=SAVANNAH)}, LOOK),
        ("Place on the map", {"spots": Spots(zip=ATLANTA, filed=SAVANNAH)}, LOOK),
        ("Area code and state", {"phone": "(404) 555-0123"}, OK),
        ("Area code and state", {"phone": "+1 (943) 555-0123 ext 4"}, OK),
        ("Area code and state", {"phone": "(212) 555-0123"}, LOOK),
        ("Area code and state", {"phone": "(787) 555-0123", "state": "PR"}, OK),
        ("Area code and state", {"phone": "(800) 555-0123"}, OK),
        ("Area code and state", {"phone": "+44 20 7946 0958"}, OK),
        ("Area code and state", {"phone": "call us"}, OK),
        ("Letters of the name", {"name": "ОСАКА Laboratory"}, PROBLEM),
        ("Letters of the name", {"name": "Здоровье"}, OK),
        ("Letters of web and mail addresses", {}, OK),
        ("Letters of web and mail addresses", {"website": "https://xn--80ak6aa92e.example/"}, PROBLEM),
        ("Letters of web and mail addresses", {"website": "https://invеnted.example/"}, PROBLEM),
        ("Letters of web and mail addresses", {"website": "https://bücher.example/"}, LOOK),
        ("Letters of web and mail addresses", {"website": "https://xn--bcher-kva.example/"}, LOOK),
        ("Letters of web and mail addresses", {"public_email": "a@gооgle.example"}, PROBLEM),
        ("Letters of web and mail addresses", {"contact_email": "a@аlder.example"}, PROBLEM),
        (
            "Letters of web and mail addresses",
            {"offerings": (an_offering(catalogue_url="https://аlder.example/x"),)},
            PROBLEM,
        ),
        (
            "Letters of web and mail addresses",
            {"website": "https://modern.example/", "contact_email": "a@modem.example"},
            PROBLEM,
        ),
        (
            "Letters of web and mail addresses",
            {"website": "https://alder.example/", "contact_email": "a@birch.example"},
            OK,
        ),
        ("What the sender sent before", {"sender": Sender()}, OK),
        ("What the sender sent before", {"sender": Sender(count=3, of_domain=2)}, OK),
        ("What the sender sent before", {"sender": Sender(count=3, rejected=1)}, LOOK),
    ],
)
def test_each_check(name: str, changes: dict[str, Any], outcome: Outcome) -> None:
    check = check_of(name, **changes)

    assert check.outcome is outcome, check
    assert check.reason


def test_distances_are_told_in_miles() -> None:
    check = check_of("Place on the map", spots=Spots(zip=ATLANTA, town=DECATUR, live=SAVANNAH))

    assert check.facts == (
        ("From the ZIP code to the town", "5.6 mi"),
        ("From the ZIP code to where the entry stands now", "223 mi"),
    )
    assert miles_between(ATLANTA, SAVANNAH) == pytest.approx(223.4466, abs=0.001)
    assert miles_between(ATLANTA, ATLANTA) == 0


def a_near(**changes: Any) -> Near:
    one, other = a_profile(name="Alder Pathology"), a_profile(name="Alder Pathology Inc")
    likeness = compare(Site.of(one), Site.of(other))
    return Near(
        **{"id": 7, "slug": "alder", "state": "published", "profile": other, "point": ATLANTA, "likeness": likeness}
        | {"same_number": False}
        | changes
    )


def test_a_look_alike_entry_is_a_look_unless_the_number_tells_or_a_moderator_said_it_is_another() -> None:
    name = "Possible duplicates"
    found = check_of(name, near=(a_near(),))

    assert (found.outcome, [entry.slug for entry in found.entries]) == (LOOK, ["alder"])
    assert check_of(name, near=(a_near(same_number=True), a_near(dismissed=True))).outcome is OK
    assert check_of(name).outcome is OK


def test_every_area_code_is_of_a_state_and_every_state_has_one() -> None:
    assert set(STATE_OF_AREA.values()) == set(US_STATES)
    assert all(len(code) == 3 and code.isdigit() and code[0] not in "01" for code in STATE_OF_AREA)
    assert "800" not in STATE_OF_AREA


def test_hosts_are_read_as_people_and_as_the_network_read_them() -> None:
    assert host_in_letters("xn--bcher-kva.example") == "bücher.example"
    assert host_in_ascii("bücher.example") == "xn--bcher-kva.example"
    assert host_in_letters("xn--\u00e9\u00e9.example") == "xn--éé.example"
    assert skeleton("paypa1.example") == skeleton("paypal.example") == skeleton("раураl.example")
    assert skeleton("alder.example") != skeleton("birch.example")


def test_what_cannot_be_seen_is_written_out() -> None:
    assert visible("plain text\nof two lines") == "plain text\nof two lines"
    assert visible("Łódź مختبر") == "Łódź مختبر"
    assert visible("a\u202eb\u200bc\x00\ud800") == "a⟨U+202E⟩b⟨U+200B⟩c⟨U+0000⟩⟨U+D800⟩"
