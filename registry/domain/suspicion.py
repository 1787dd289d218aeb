"""What can speak against a person having filled a form in. None of it is proof: people are never refused for it."""

from registry.domain.vocabulary import N_, Term, Vocabulary

HONEYPOT = "honeypot"
TOO_FAST = "too_fast"
NO_PROOF_OF_WORK = "no_proof_of_work"
PROOF_WRONG = "proof_wrong"
STALE_FORM = "stale_form"

SUSPICION = Vocabulary(
    "suspicion",
    Term(
        HONEYPOT,
        N_("A field that people do not see was filled in"),
        N_("Programs fill in every field. Now and then a browser does it for a person."),
    ),
    Term(
        TOO_FAST,
        N_("Filled in within seconds"),
        N_("A person takes longer to read the form, unless the browser filled it in."),
    ),
    Term(
        NO_PROOF_OF_WORK,
        N_("Sent without JavaScript"),
        N_("A browser with JavaScript does a small calculation first, which makes mass mailing costly."),
    ),
    Term(
        PROOF_WRONG,
        N_("The calculation of the browser was wrong or used before"),
        N_("This happens to programs that copy what a browser once sent."),
    ),
    Term(
        STALE_FORM,
        N_("The form was old or was not opened here"),
        N_("A window that stayed open for weeks, or a program that never opened the form."),
    ),
)
"""The slugs that travel with what was sent to those who decide about it."""
