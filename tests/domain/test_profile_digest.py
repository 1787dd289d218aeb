"""Fingerprints: what was confirmed or shown is told apart from what is like it."""

from dataclasses import replace

from registry.domain.profile import LabProfile, Offering
from tests.support.factories import a_profile, an_offering


def test_a_test_keeps_its_fingerprint_wherever_it_stands() -> None:
    first, second = an_offering(), an_offering(method="fish", assay="pathvysion")
    assert first.digest != second.digest
    assert LabProfile(offerings=(second, first)).offerings[1].digest == first.digest


def test_every_word_counts() -> None:
    changed = [
        an_offering(name="Another"),
        an_offering(specimens=("ffpe_block",)),
        an_offering(tat_max=6),
        an_offering(slides_min=4),
    ]
    assert len({offering.digest for offering in (*changed, an_offering())}) == 5


def test_what_is_not_said_does_not_count() -> None:
    """A field that is added later is empty in what was confirmed before: it stays confirmed."""
    profile = a_profile()
    stored = profile.to_dict()
    del stored["npi"], stored["offerings"][0]["slides_min"]
    assert LabProfile.from_dict(stored).digest == profile.digest
    assert Offering(name="A", tat_min=0).digest != Offering(name="A").digest
    assert replace(profile, npi="1234567893").digest != profile.digest
