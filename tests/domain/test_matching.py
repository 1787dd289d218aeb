"""Which two laboratories are one: pairs as people write them, and what holds for any two."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.matching import Likeness, Site, compare, host_of, name_likeness, related_hosts
from registry.domain.streets import street

GRADY = Site("Grady Memorial Hospital", "80 Jesse Hill Jr Dr SE", "Atlanta", "GA", "30303", "(404) 555-0100")
MERCY = Site("Saint Mary's Medical Center", "100 North Main Street", "Springfield", "IL", "62701", "217-555-0111")
CHAIN = Site("Invented Diagnostics", "12 Oak Ave", "Macon", "GA", "31201", "478-555-0100", "https://invented.example/")

SAME = {
    "exactly": (GRADY, GRADY),
    "in capitals, as the federal file has it": (
        GRADY,
        Site("GRADY MEMORIAL HOSPITAL", "80 JESSE HILL JR DRIVE SE", "ATLANTA", "GA", "30303"),
    ),
    "with what it is added": (GRADY, replace(GRADY, name="Grady Memorial Hosp. Dept. of Pathology & Lab")),
    "its owner's legal form": (CHAIN, replace(CHAIN, name="Invented Diagnostics, Inc.")),
    "words in another order": (GRADY, replace(GRADY, name="Hospital, Grady Memorial")),
    "a slip of the pen": (GRADY, replace(GRADY, name="Grady Memroial Hospital")),
    "saint and street abbreviated": (MERCY, replace(MERCY, name="St. Marys Med Ctr", address="100 N Main St")),
    "accents": (replace(GRADY, name="Clínica Peñalver"), replace(GRADY, name="Clinica Penalver", phone="")),
    "another suite": (replace(CHAIN, address="12 Oak Avenue, Suite 300"), replace(CHAIN, address="12 Oak Ave #4")),
    "a floor": (CHAIN, replace(CHAIN, address="12 Oak Ave., 5th Floor")),
    "a number in words": (replace(CHAIN, address="One Oak Plaza"), replace(CHAIN, address="1 Oak Plz", phone="")),
    "a street by its initials": (
        replace(GRADY, address="1 Martin Luther King Jr Drive"),
        replace(GRADY, address="1 MLK Jr Dr", phone=""),
    ),
    "initials of the name": (
        replace(GRADY, name="Massachusetts General Hospital", phone=""),
        replace(GRADY, name="MGH", phone=""),
    ),
    "one word or two": (replace(GRADY, name="Peachtree Health Care"), replace(GRADY, name="PeachTree HealthCare")),
    "no direction": (MERCY, replace(MERCY, address="100 Main St", phone="")),
    "ZIP+4, extension, international number": (
        MERCY,
        replace(MERCY, zip="62701-0001", phone="+1 217 555 0111 ext. 4"),
    ),
    "renamed, in the same rooms with the same phone and web site": (
        replace(CHAIN, name="Peachtree Pathology"),
        replace(CHAIN, name="Southern Tissue Institute"),
    ),
    "moved within the ZIP code and kept its phone": (MERCY, replace(MERCY, address="7 Elm Road")),
    "name and ZIP code alone": (Site(name="Grady Memorial", zip="30303"), GRADY),
    "the name misspelled and the ZIP code alone": (Site(name="grady memorail hospitl", zip="30303"), GRADY),
}
DIFFERENT = {
    "a chain in two towns": (CHAIN, replace(CHAIN, address="9 Pine St", city="Savannah", zip="31401", phone="")),
    "a chain twice in one ZIP code": (CHAIN, replace(CHAIN, address="900 Pine St", phone="478-555-9999", web="")),
    "the same street in another town": (
        replace(MERCY, phone=""),
        replace(MERCY, city="Springfield", state="MO", zip="65801", phone=""),
    ),
    "two tenants of a house": (
        replace(MERCY, phone="", web="mercy.example"),
        Site(
            "Prairie Heart Institute", "100 N Main St Ste 4", "Springfield", "IL", "62701", "217-555-7777", "p.example"
        ),
    ),
    "neighbors of one university": (
        Site("Invented University Hospital", "1364 Clifton Rd NE", "Atlanta", "GA", "30322"),
        Site("Invented University Hospital Midtown", "550 Peachtree St NE", "Atlanta", "GA", "30308"),
    ),
    "north and south": (
        Site("Oak Clinic", "100 N Main St", "Macon", "GA", "31201"),
        Site("Elm Clinic", "100 S Main St", "Macon", "GA", "31201"),
    ),
    "general words alone in common": (
        replace(GRADY, name="Hospital Laboratory Services", phone=""),
        replace(GRADY, name="Peachtree Hospital Laboratory", address="4 Elm St", phone=""),
    ),
    "numbered alike, one of a system's": (
        Site("Invented Laboratory 1", "1 Elm St", "Atlanta", "GA", "30303", "404-555-0123", "example.org"),
        Site("Invented Laboratory 2", "2 Elm St", "Atlanta", "GA", "30303", "404-555-0123", "example.org"),
    ),
    "another laboratory in the ZIP code": (Site(name="Grady", zip="30303"), replace(GRADY, name="Peachtree Pathology")),
}

WORDS = ("St", "Saint", "Mary", "MGH", "General", "Hospital", "Lab", "of", "Memorial", "Memroial", "2", "é")
SITES = st.builds(
    Site,
    name=st.one_of(
        st.text(max_size=60),
        st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
    ),
    address=st.one_of(st.text(max_size=40), st.from_regex(r"[1-9] (N|South)? ?(Main|Elm) (St|Avenue)", fullmatch=True)),
    city=st.sampled_from(["", "Atlanta", "ATLANTA", "Macon", "!"]),
    state=st.sampled_from(["", "GA", "MO"]),
    zip=st.sampled_from(["", "30303", "30303-0001", "30309", "65801"]),
    phone=st.sampled_from(["", "404-555-0100", "404-555-0111", "x"]),
    web=st.sampled_from(["", "https://www.a.example/x", "labs.a.example", "b.example"]),
)  # fmt: skip


def _told(likeness: Likeness) -> str:
    parts = [f"{part.name} {part.likeness:.2f} of {part.weight}" for part in likeness.parts]
    return f"{likeness.score:.2f}: {', '.join(parts)}"


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
def test_one_laboratory_written_in_two_ways(pair: tuple[Site, Site]) -> None:
    likeness = compare(*pair)

    assert likeness.alike, _told(likeness)


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT)
def test_two_laboratories(pair: tuple[Site, Site]) -> None:
    likeness = compare(*pair)

    assert not likeness.alike, _told(likeness)


@given(SITES, SITES)
def test_it_is_the_same_both_ways_round(one: Site, other: Site) -> None:
    here, there = compare(one, other), compare(other, one)

    assert here.score == there.score
    assert [(part.name, part.likeness, part.weight) for part in here.parts] == [
        (part.name, part.likeness, part.weight) for part in there.parts
    ]


@given(SITES, SITES)
def test_the_score_lies_between_nothing_and_all(one: Site, other: Site) -> None:
    likeness = compare(one, other)

    assert 0 <= likeness.score <= 1
    assert all(0 <= part.likeness <= 1 and part.weight > 0 for part in likeness.parts)


@given(SITES)
def test_a_laboratory_is_wholly_like_itself(site: Site) -> None:
    likeness = compare(site, site)

    assert likeness.score == (1 if likeness.parts else 0)


def test_what_only_one_of_them_states_does_not_count() -> None:
    likeness = compare(GRADY, Site(name="Grady Memorial Hospital"))

    assert [part.name for part in likeness.parts] == ["Name"]
    assert likeness.score == 1
    assert compare(GRADY, Site()).score == 0


def test_the_parts_say_what_agrees_and_what_does_not() -> None:
    moved = replace(GRADY, address="80 Elm St", phone="404-555-0199", web="grady.example")

    found = {part.name: (part.verdict, part.second) for part in compare(GRADY, moved).parts}

    assert found == {
        "Name": ("the same", "Grady Memorial Hospital"),
        "Address": ("different", "80 Elm St"),
        "City and ZIP code": ("the same", "Atlanta GA 30303"),
        "Phone": ("alike", "404-555-0199"),
    }


def test_a_long_name_takes_no_longer() -> None:
    assert name_likeness("a b " * 50_000, "lab " * 50_000) is not None


@pytest.mark.parametrize(
    ("line", "number", "words"),
    [
        ("1364 Clifton Rd NE, Rm 12", "1364", ("clifton",)),
        ("12-34 31st Street", "1234", ("31st",)),
        ("North Street", "", ("n", "st")),
        ("5th Avenue", "", ("5th",)),
        ("Building 7, 3 Elm Lane", "3", ("elm",)),
        ("PO Box 77", "", ("po", "box", "77")),
        ("", "", ()),
    ],
)
def test_a_street_is_taken_apart(line: str, number: str, words: tuple[str, ...]) -> None:
    assert (street(line).number, street(line).words) == (number, words)


def test_the_host_of_an_address() -> None:
    assert host_of("https://www.Lab.example:8080/her2?x=1") == "lab.example"
    assert host_of("HER2@lab.example") == "lab.example"
    assert host_of("") == ""


def test_hosts_of_one_house() -> None:
    assert related_hosts("lab.example", "mail.lab.example")
    assert related_hosts("lab.example", "lab.example")
    assert not related_hosts("lab.example", "mylab.example")
    assert not related_hosts("", "lab.example")
