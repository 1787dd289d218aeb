"""Texts that moderators write again and again, ready to be put into a message and edited there."""

from dataclasses import dataclass

from registry.domain.vocabulary import N_
from registry.moderation.reasons import REASONS_OF_KIND


@dataclass(frozen=True, slots=True)
class ReadyText:
    """English source text, translated into the language of whom it is for.

    ``field`` is the field of the laboratory, or of a test where ``of_test``, at which it is a remark; a ``reason`` is a
    slug of ``REJECTION_REASON``, and the text then a message.
    """

    slug: str
    text: str
    field: str = ""
    of_test: bool = False
    reason: str = ""


def _laboratory(field: str, text: str) -> ReadyText:
    return ReadyText(field, text, field=field)


def _test(field: str, text: str) -> ReadyText:
    return ReadyText(f"test-{field}", text, field=field, of_test=True)


def _reason(reason: str, text: str) -> ReadyText:
    return ReadyText(f"reason-{reason}", text, reason=reason)


READY_TEXTS = (
    _laboratory("name", N_("Please write the name under which the laboratory reports, as on its CLIA certificate.")),
    _laboratory(
        "clia_number",
        N_("In the CMS file this CLIA number belongs to another laboratory. Please compare it with the certificate."),
    ),
    _laboratory(
        "certificate_type", N_("The CMS file says another type of certificate. Please check which one you hold today.")
    ),
    _laboratory("npi", N_("This NPI is not the laboratory’s. Please give the laboratory’s own, or leave it empty.")),
    _laboratory(
        "address_line1",
        N_("The CMS file has another address. Please give that of the site where the test is done."),
    ),
    _laboratory("zip", N_("The ZIP code does not belong to this city. Please check both.")),
    _laboratory("phone", N_("Please give a number at which clinicians reach the laboratory itself.")),
    _laboratory("public_email", N_("Please give a mailbox of the laboratory, not of one person, if there is one.")),
    _laboratory("website", N_("This page does not open. Please give one that does, or leave it empty.")),
    _test("assay", N_("The assay and the method do not go together. Please check both.")),
    _test("scoring_criterion", N_("Please say by which criteria the result is scored in colorectal cancer.")),
    _test("specimens", N_("Please mark every kind of specimen that you accept.")),
    _test("tat_max", N_("Please give the turnaround from the receipt of the specimen to the report.")),
    _test("accepts_outside_specimens", N_("Please say whether you accept specimens from other institutions.")),
    _test("regulatory_status", N_("Your catalog says another regulatory status. Please check which one is right.")),
    _test(
        "catalogue_url", N_("This page does not describe the test. Please give the one that does, or leave it empty.")
    ),
    _reason(
        "not_her2_colorectal",
        N_("The list is of laboratories that test HER2 in colorectal cancer. If you begin to, please join it then."),
    ),
    _reason("not_a_laboratory", N_("The list takes laboratories that do the test themselves, at a site of their own.")),
    _reason(
        "not_authorized", N_("Please ask somebody of the laboratory to send it, or to name you as one of its contacts.")
    ),
    _reason("sender_not_confirmed", N_("We asked the laboratory, and it did not confirm that you work there.")),
    _reason(
        "contacts_can_add",
        N_("The laboratory has contacts here. Please ask one of them to name you; that takes a minute."),
    ),
    _reason(
        "already_listed",
        N_("The laboratory is on the list already. Its contacts can change the entry and name you as one of them."),
    ),
    _reason(
        "wrong_facts", N_("We could not confirm what the entry says. Please send it again if you can name a source.")
    ),
)


def ready_texts(kind: str) -> tuple[ReadyText, ...]:
    """Those that fit a submission of *kind*."""
    return tuple(one for one in READY_TEXTS if (one.reason in REASONS_OF_KIND[kind] if one.reason else kind != "claim"))
