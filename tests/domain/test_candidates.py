"""Which laboratories are compared at all: none that are alike is left out, and a network's thousands cost little."""

from dataclasses import replace
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from registry.domain.candidates import MOST_OF_A_KEY, Scan, packed, unpacked
from registry.domain.matching import Site, compare_read, may_be_alike, read
from registry.domain.naming import edits, one_slip
from registry.domain.text import order_key
from tests.domain.test_matching import CHAIN, GRADY, MERCY, SITES
from tests.support.twins import labelled

WORDS = st.text(alphabet="abc1", max_size=6)


def found(sites: list[Site]) -> list[tuple[int, int]]:
    scan = Scan()
    for number, site in sorted(enumerate(sites), key=lambda each: order_key(each[1].name)):
        scan.add(number, site)
    return [(pair.first, pair.second) for pair in scan.pairs()]


def test_what_is_alike_is_compared() -> None:
    sites = [site for pair in labelled()[::3] for site in (pair.first, pair.second)]
    taken_apart = [read(site) for site in sites]

    alike = {
        (first, second)
        for first, second in combinations(range(len(sites)), 2)
        if may_be_alike(taken_apart[first], taken_apart[second])
        and compare_read(taken_apart[first], taken_apart[second]).alike
    }

    assert len(alike) > 50
    assert set(found(sites)) == alike


def test_each_pair_is_told_once_with_the_smaller_number_first_and_in_that_order() -> None:
    scan = Scan()
    for number, site in ((9, GRADY), (4, replace(GRADY, name="Grady Memorial Hospital, Inc.")), (7, MERCY)):
        scan.add(number, site)

    (pair,) = scan.pairs()

    assert (pair.first, pair.second) == (4, 9)
    assert pair.first_site.name == pair.likeness.parts[0].first == "Grady Memorial Hospital, Inc."
    assert (len(scan), scan.compared) == (3, 1)


def test_a_network_of_thousands_with_one_telephone_is_not_compared_each_with_each() -> None:
    count = 2_000
    sites = [
        replace(
            CHAIN, name="Invented Diagnostics", phone="800-155-0199", zip=f"{30000 + place}", city=f"Town {place}",
            address=f"{place} Oak Ave",
        )
        for place in range(count)
    ]  # fmt: skip
    sites.append(replace(sites[1_234], name="Invented Diagnostics Laboratory, Inc.", phone=""))
    scan = Scan()
    for number, site in enumerate(sites):
        scan.add(number, site)

    pairs = [(pair.first, pair.second) for pair in scan.pairs()]

    assert pairs == [(1_234, count)]
    assert scan.proposed < count * MOST_OF_A_KEY


def test_progress_is_told() -> None:
    scan = Scan()
    for number in range(2_500):
        scan.add(number, Site(name=f"Laboratory {number}", zip=f"{10_000 + number}"))
    told: list[int] = []

    assert not list(scan.pairs(told.append))
    assert told == [1_000, 2_000]


@given(SITES, SITES)
def test_none_that_is_alike_is_passed_over_for_its_other_parts(one: Site, other: Site) -> None:
    pair = read(one), read(other)

    assert may_be_alike(*pair) or not compare_read(*pair).alike


@given(WORDS, WORDS)
def test_one_slip_is_one_edit(one: str, other: str) -> None:
    assert (one == other) or one_slip(one, other) == (edits(one, other) == 1)


@given(SITES)
def test_a_site_is_packed_and_unpacked(site: Site) -> None:
    assert unpacked(packed(site)) == replace(
        site, name=site.name.replace("\x1f", " "), address=site.address.replace("\x1f", " ")
    )
