"""The medicines aimed at HER2 that are approved for people with colorectal cancer in the United States.

``seed_data/medicines.csv`` has one approval a row, with these columns beside those of every figure: ``medicine``
(which one), ``names`` (the generic name on its label), ``event`` (which kind of approval), ``for_whom`` and ``ask``
(words with blanks between them), ``label`` (the reference of its label), and ``regulator_url``, what the regulator
tells everybody of it. What those words say to people stands here, so that it can be translated.
"""

from dataclasses import dataclass

from registry.domain.vocabulary import N_
from registry.education.figures import rows
from registry.education.references import references

FILE = "medicines.csv"

TITLES = {
    "tucatinib": N_("Tucatinib with trastuzumab"),
    "trastuzumab_deruxtecan": N_("Trastuzumab deruxtecan"),
}
KINDS = {"accelerated_approval": N_("Accelerated approval")}
FOR_WHOM = {
    "adults": N_("Adults."),
    "spread_or_inoperable": N_("The cancer has spread, or surgery cannot take it out."),
    "her2_positive": N_("The tumor is HER2-positive."),
    "ras_wild_type": N_("The tumor is RAS wild-type."),
    "after_three_chemotherapies": N_(
        "The cancer grew after chemotherapy with three medicines: a fluoropyrimidine, oxaliplatin and irinotecan."
    ),
    "ihc_3_plus_any_site": N_("The tumor is HER2-positive with an IHC score of 3+. It can be a tumor of any organ."),
    "after_treatment_no_other": N_("A treatment of the whole body came before, and no other choice is good enough."),
}
ASK = {
    "diarrhea": N_("Loose stools (diarrhea), which can be severe."),
    "liver": N_("Harm to the liver."),
    "lungs": N_("Swelling in the lungs, which can be severe. Doctors call it ILD."),
    "unborn_baby": N_("Harm to an unborn baby."),
}


@dataclass(frozen=True, slots=True)
class Medicine:
    """One approval. *approval* is the slug of its figure, *reference* and *label* are keys of references; *title*,
    *kind*, *for_whom* and *ask* are English source text.
    """

    approval: str
    title: str
    names: str
    kind: str
    for_whom: tuple[str, ...]
    ask: tuple[str, ...]
    reference: str
    label: str
    regulator_url: str

    @property
    def label_url(self) -> str:
        """Where the label is read."""
        return references()[self.label].address


def medicines() -> list[Medicine]:
    """The approvals in the order of the file; ``KeyError`` for a word in it that says nothing here."""
    return [
        Medicine(
            approval=row.slug,
            title=TITLES[row.more["medicine"]],
            names=row.more["names"],
            kind=KINDS[row.more["event"]],
            for_whom=tuple(FOR_WHOM[word] for word in row.more["for_whom"].split()),
            ask=tuple(ASK[word] for word in row.more["ask"].split()),
            reference=row.reference,
            label=row.more["label"],
            regulator_url=row.more["regulator_url"],
        )
        for row in rows(FILE)
    ]
