"""Why an entry is kept from the public, in words for staff and for the laboratory."""

from registry.domain.vocabulary import N_, Term, Vocabulary

UNCONFIRMED = "unconfirmed"
UNDONE = "undone"

HIDING_REASON = Vocabulary(
    "hiding_reason",
    Term(UNCONFIRMED, N_("Nobody confirmed it"), N_("It was not confirmed within a year and a half.")),
    Term("closed", N_("The laboratory seems to be closed"), N_("We have reason to think that the laboratory closed.")),
    Term(
        "certificate",
        N_("Its certificate ended or does not allow the test"),
        N_("The CMS file says that the certificate ended or does not allow tests of high complexity."),
    ),
    Term("wrong", N_("Important facts are wrong"), N_("Important facts in it seem to be wrong.")),
    Term("abuse", N_("Somebody else put it on the list"), N_("It may not come from the laboratory.")),
    Term(UNDONE, N_("Its approval was taken back"), N_("Its approval was taken back.")),
    Term("other", N_("Another reason"), N_("The moderators have another reason.")),
)
"""The label is what staff choose, the explanation what the laboratory reads."""

BY_STAFF = ("closed", "certificate", "wrong", "abuse", "other")
"""The reasons that a person may choose."""
