"""What a moderator should know of whoever sent a submission: pure functions, as all checks are."""

from registry.domain.mail_services import is_free
from registry.domain.matching import host_of, related_hosts
from registry.domain.vocabulary import N_
from registry.moderation.findings import Check, Facts, Outcome


def mail_domain(facts: Facts) -> Check:
    """Whether the mailbox that was proved belongs to the laboratory's web site."""
    name = N_("E-mail and web site")
    mailbox, host = host_of(facts.contact_email), host_of(facts.profile.website)
    raw = (
        (N_("Mailbox that was proved"), facts.contact_email),
        (N_("Web site"), facts.profile.website),
    )
    if is_free(mailbox):
        return Check(name, Outcome.LOOK, N_("Anybody can open a mailbox with this mail service."), raw)
    if not host:
        return Check(name, Outcome.LOOK, N_("There is no web site to compare the mailbox with."), raw)
    if related_hosts(mailbox, host):
        return Check(name, Outcome.OK, N_("Mailbox and web site share their domain."), raw)
    return Check(name, Outcome.LOOK, N_("Mailbox and web site have different domains."), raw)


def standing(facts: Facts) -> Check:
    """Whether the mailbox that sent a change of a listing may speak for its laboratory now."""
    name = N_("May the sender speak for the laboratory?")
    raw = ((N_("Mailbox that was proved"), facts.contact_email),)
    if facts.speaks:
        return Check(name, Outcome.OK, N_("The mailbox is one of the laboratory’s contacts."), raw)
    reason = N_("The mailbox is none of the laboratory’s contacts, or not any more, so this cannot be approved.")
    return Check(name, Outcome.PROBLEM, reason, raw)


def filled_in(facts: Facts) -> Check:
    """Whether anything spoke against a person when the form was filled in."""
    name = N_("How the form was filled in")
    if facts.flags:
        reason = N_("Something speaks for a program, or for an unusual browser. “Who sent it” below says what.")
        return Check(name, Outcome.LOOK, reason)
    return Check(name, Outcome.OK, N_("Nothing speaks against a person."))
