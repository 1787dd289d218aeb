"""What a moderator should know of whoever sent a submission: pure functions, as all checks are."""

from registry.domain.mail_services import is_free
from registry.domain.matching import host_of, related_hosts
from registry.domain.vocabulary import N_
from registry.moderation.findings import Check, Facts, Outcome, SameNumber

MOST_COUNTED = 1000
"""How many submissions of one domain are counted at most."""


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


def earlier_submissions(facts: Facts) -> Check:
    """What became of the other submissions of the same mailbox."""
    name = N_("What the sender sent before")
    sender = facts.sender
    raw: tuple[tuple[str, str], ...] = (
        (N_("From this mailbox"), str(sender.count)),
        (N_("Of these, rejected"), str(sender.rejected)),
    )
    if sender.of_domain is not None:
        raw += ((N_("From others of its domain"), _count(sender.of_domain)),)
    if sender.rejected:
        return Check(name, Outcome.LOOK, N_("Something that this mailbox sent was rejected."), raw)
    if sender.count:
        return Check(name, Outcome.OK, N_("Nothing that this mailbox sent was rejected."), raw)
    return Check(name, Outcome.OK, N_("This is the first that this mailbox sent."), raw)


def duplicates(facts: Facts) -> Check:
    """Whether a listing may be the same laboratory."""
    name = N_("Possible duplicates")
    # The same number is a finding of its own.
    others = [near for near in facts.near if not near.same_number and not near.dismissed]
    if not others:
        return Check(name, Outcome.OK, N_("No other listing is much like this."))
    entries = tuple(SameNumber(near.id, near.profile.name, near.profile.state, near.slug) for near in others)
    raw = ((N_("Highest likeness, of 100"), f"{100 * max(near.likeness.score for near in others):.0f}"),)
    reason = N_("Listings are much like this. “Possible duplicates” below shows each side by side.")
    return Check(name, Outcome.LOOK, reason, raw, entries)


def _count(number: int) -> str:
    return f"{number}" if number < MOST_COUNTED else f"{MOST_COUNTED}+"
