"""Names that no laboratory has: something that cannot be (paper, imagined, knitted) and a figure."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

_UNREAL = (
    "Paper", "Imaginary", "Origami", "Cardboard", "Gingerbread", "Marzipan", "Knitted", "Crocheted",
    "Make-Believe", "Storybook", "Pretend", "Papier-Mâché", "Clockwork", "Wind-Up", "Crayon",
    "Chalk-Drawn", "Felt", "Patchwork", "Quilted", "Soap-Bubble", "Cotton-Candy", "Hand-Puppet",
    "Shadow-Puppet", "Inflatable", "Invisible", "Tinfoil", "Plasticine", "Balsa-Wood", "Macramé",
    "Jellybean", "Licorice", "Daydream", "Pop-Up-Book", "Cloud-Shaped", "Finger-Painted", "Doodled",
    "Sugar-Spun", "Upcycled", "Bedtime-Story", "Crème-Brûlée", "Piñata", "Upside-Down",
)  # fmt: skip
_FIGURES = (
    "Lantern", "Heron", "Teapot", "Walrus", "Otter", "Yo-Yo", "Umbrella", "Giraffe", "Hedgehog", "Narwhal",
    "Pinwheel", "Rocking Horse", "Music Box", "Weathervane", "Kazoo", "Puffin", "Flamingo", "Capybara",
    "Axolotl", "Pangolin", "Wombat", "Toucan", "Platypus", "Armadillo", "Moose", "Bumblebee", "Mitten",
    "Pumpkin", "Snow Globe", "Bagpipe", "Accordion", "Ladybug", "Tortoise", "Hippopotamus", "Yeti",
    "Unicorn", "Sea Serpent", "Gargoyle", "Garden Gnome", "Hot-Air Balloon", "Carousel", "Ukulele",
    "Marshmallow", "Pelican", "Badger", "Porcupine", "Manatee", "Sandcastle", "Periscope", "Gramophone",
    "Dragonfruit", "Typewriter",
)  # fmt: skip

DEFENSE = "Service Members' Hospital Laboratory"
"""How names of Department of Defense laboratories end, which have no CLIA number."""

_ENDINGS: dict[str, tuple[str, ...]] = {
    "academic_medical_center": (
        "University Department of Pathology", "Academic Medical Center Laboratories",
        "School of Medicine Molecular Pathology", "University Hospital Biomarker Laboratory",
    ),
    "hospital": (
        "Hospital Laboratory", "Community Hospital Pathology", "General Hospital Laboratory",
        "Regional Hospital Histology", "Health System Laboratory",
    ),
    "cancer_center": (
        "Cancer Center Laboratory", "Cancer Institute Pathology", "Oncology Center Biomarker Laboratory",
    ),
    "independent_reference": (
        "Reference Laboratory", "Pathology Laboratories", "Diagnostics", "Biomarker Reference Laboratory",
        "Histopathology",
    ),
    "commercial_genomics": (
        "Genomics", "Molecular Laboratory", "Sequencing", "Tumor Profiling", "Liquid Biopsy Laboratory",
    ),
    "physician_group_pathology": (
        "Pathology", "Pathology Group", "Pathology Associates", "Pathologists",
    ),
    "government": (
        "Public Laboratory", "County Laboratory", DEFENSE,
    ),
    "other": ("Cooperative Laboratory", "Mobile Histology Unit"),
}  # fmt: skip

_BY_HAND: dict[tuple[str, int], tuple[str, str]] = {
    ("PR", 0): (
        "independent_reference",
        "Laboratorio de Patología Molecular El Coquí Imaginario",
    ),
    ("PR", 3): (
        "cancer_center",
        "Centro Oncológico Piñata de Cartón, Laboratorio de Biomarcadores",
    ),
    ("NM", 1): (
        "physician_group_pathology",
        "Cuentacuentos del Ñandú de Papel — Patología",
    ),
    ("LA", 2): (
        "physician_group_pathology",
        "Société du Pélican de Papier Mâché Pathology",
    ),
    ("ME", 2): (
        "independent_reference",
        "Château de Sable Histopathology",
    ),
    ("WI", 4): (
        "physician_group_pathology",
        "Übermäßig Höflicher Dachs Pathology",
    ),
    ("HI", 2): (
        "commercial_genomics",
        "Make-Believe ʻUkulele Molecular Laboratory",
    ),
    ("MN", 0): (
        "independent_reference",
        "Smörgåsbord of Knitted Moose Reference Laboratory",
    ),
    ("NY", 3): (
        "academic_medical_center",
        "The Perfectly Imaginary Institute for Cardboard Giraffes, Paper Lanterns "
        "and the Careful Study of Tumor Tissue",
    ),
    ("TX", 5): (
        "academic_medical_center",
        "Upside-Down Armadillo and Sugar-Spun Tumbleweed Academic Medical Center, "
        "Section of Molecular Anatomic Pathology",
    ),
    ("CA", 7): (
        "academic_medical_center",
        "Department of Pathology and Laboratory Medicine of the Once-upon-a-Time University of Wind-Up Sea Otters",
    ),
    ("IL", 6): (
        "hospital",
        "Doodled Locomotive Consolidated Hospital Laboratories, Immunohistochemistry and In Situ Hybridization",
    ),
}
"""Kinds and names written by hand, by state and number within it: diacritics, Spanish, great length."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a laboratory is called for short ("Paper Heron"), and the label of its domain ("paper-heron")."""

    words: str
    label: str


def marks(rng: random.Random) -> Iterator[Mark]:
    """Every pair of the two lists once, in an order in which neighbours share neither word."""
    figures = list(_FIGURES)
    unreal = list(_UNREAL)
    rng.shuffle(figures)
    rng.shuffle(unreal)
    # Both lists advance together, shifted by one each time round, so that no pair comes twice.
    for turn in range(len(unreal)):
        for position, figure in enumerate(figures):
            words = f"{unreal[(position + turn) % len(unreal)]} {figure}"
            yield Mark(words, domain_label(words))


def domain_label(words: str) -> str:
    """*words* as a label of a domain name: ASCII letters and hyphens."""
    plain = words.lower().translate(str.maketrans("âéèêûñ", "aeeeun"))
    return "-".join(re.findall("[a-z]+", plain))


def by_hand(state: str, number: int) -> tuple[str, str] | None:
    """Kind and name of the *number*-th laboratory (from 0) of its state, where they are written by hand."""
    return _BY_HAND.get((state, number))


def full_name(rng: random.Random, mark: Mark, kind: str) -> str:
    """A name that begins with *mark* and ends as laboratories of *kind* do."""
    return f"{mark.words} {rng.choice(_ENDINGS[kind])}"
