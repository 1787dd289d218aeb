"""Why a submission can be turned down."""

from registry.domain.vocabulary import N_, Term, Vocabulary

REJECTION_REASON = Vocabulary(
    "rejection_reason",
    Term("not_her2_colorectal", N_("The laboratory does not test HER2 in colorectal cancer")),
    Term("not_a_laboratory", N_("This is not a laboratory")),
    Term("not_authorized", N_("The sender may not speak for the laboratory")),
    Term("sender_not_confirmed", N_("The laboratory did not confirm that the sender works there")),
    Term("contacts_can_add", N_("The laboratory has contacts here, and any of them can add the sender")),
    Term("already_listed", N_("The laboratory is listed already")),
    Term("wrong_facts", N_("Important facts are wrong or could not be confirmed")),
    Term("other", N_("Another reason, given in the message")),
)
"""Why a submission is turned down; the laboratory reads the label."""

REASONS_OF_KIND = {
    "new": ("not_her2_colorectal", "not_a_laboratory", "not_authorized", "already_listed", "wrong_facts", "other"),
    "edit": ("not_her2_colorectal", "not_authorized", "already_listed", "wrong_facts", "other"),
    "claim": ("not_authorized", "sender_not_confirmed", "contacts_can_add", "other"),
}
"""The reasons that fit each kind of submission, in the order in which they are offered."""
