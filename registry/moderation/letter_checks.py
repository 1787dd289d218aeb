"""Whether letters look like others: in the name, and in the hosts of web and mail addresses. Pure functions."""

from registry.domain.matching import host_of, related_hosts
from registry.domain.vocabulary import N_
from registry.moderation.findings import Check, Facts, Outcome
from registry.moderation.scripts import (
    disguised_words,
    host_in_ascii,
    host_in_letters,
    mixed_words,
    scripts_of,
    skeleton,
    spelled_out,
)

MOST_HOSTS = 12


def name_letters(facts: Facts) -> Check:
    """Whether the name has letters of several scripts, or of one that imitates another."""
    name = N_("Letters of the name")
    text = facts.profile.name
    found = scripts_of(text)
    raw = ((N_("Scripts"), ", ".join(found)),)
    if words := mixed_words(text):
        reason = N_("Words mix letters of several scripts. They may look like another name; here is each letter.")
        return Check(name, Outcome.PROBLEM, reason, raw + words)
    if disguised := disguised_words(text):
        reason = N_("Words look as if they were written in Latin letters, and are not; here is each letter.")
        spelled = tuple(pair for word in disguised for pair in spelled_out(word))
        return Check(name, Outcome.PROBLEM, reason, raw + spelled)
    if len(found) < 2:
        return Check(name, Outcome.OK, N_("All letters are of one script."), raw)
    return Check(name, Outcome.LOOK, N_("Words of different scripts stand side by side."), raw)


def host_letters(facts: Facts) -> Check:
    """Whether a web or mail address has letters that make it look like another one."""
    name = N_("Letters of web and mail addresses")
    hosts = _hosts(facts)
    shown = {host: host_in_letters(host) for host in hosts}
    foreign = {host: seen for host, seen in shown.items() if not seen.isascii()}
    raw = tuple(
        pair
        for host, seen in foreign.items()
        for pair in ((N_("Looks like"), seen), (N_("In the network"), host_in_ascii(seen)), *_beyond_ascii(seen))
    )
    if any(_deceives(seen) for seen in foreign.values()):
        reason = N_("An address has letters that look like others. It may lead elsewhere than it seems.")
        return Check(name, Outcome.PROBLEM, reason, raw)
    mailbox, web = host_of(facts.contact_email), host_of(facts.profile.website)
    if mailbox and web and not related_hosts(mailbox, web) and skeleton(shown[mailbox]) == skeleton(shown[web]):
        reason = N_("The mailbox’s domain looks like the web site’s, and is another.")
        return Check(name, Outcome.PROBLEM, reason, ((N_("Mailbox"), mailbox), (N_("Web site"), web)))
    if foreign:
        return Check(name, Outcome.LOOK, N_("An address has letters beyond the English alphabet."), raw)
    return Check(name, Outcome.OK, N_("No address has letters that look like others."))


def _hosts(facts: Facts) -> tuple[str, ...]:
    profile = facts.profile
    pages = [offering.catalogue_url for offering in profile.offerings]
    found = (host_of(address) for address in (facts.contact_email, profile.website, profile.public_email, *pages))
    return tuple(dict.fromkeys(host for host in found if host))[:MOST_HOSTS]


def _beyond_ascii(host: str) -> list[tuple[str, str]]:
    return spelled_out("".join(dict.fromkeys(letter for letter in host if not letter.isascii())))


def _deceives(host: str) -> bool:
    labels = host.replace(".", " ").replace("-", " ")
    return bool(mixed_words(labels) or disguised_words(labels))
