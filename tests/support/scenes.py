"""The pages of the site in their main states, and the rows that make them appear.

Everything that looks at whole pages walks this list: the validator, axe, the screenshots.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy.orm import Session

from registry import accounts, mailboxes
from registry.domain.profile import Offering
from registry.domain.workflow import State
from registry.links import Purpose, find, issue, spend
from registry.registration import tests_services
from tests.support.changed import KEY as EDITORS_KEY
from tests.support.changed import set_changed
from tests.support.factories import a_profile, a_submission, an_offering, publish
from tests.support.hostile import set_hostile
from tests.support.known import set_known
from tests.support.managed import KEY, set_managed
from tests.support.mergers import set_merged
from tests.support.moderated import set_moderated
from tests.support.queued import set_queued
from tests.support.reports import a_report
from tests.support.staff import set_staff
from tests.support.twins import a_pair
from tests.support.whole import whole_profile

PASSWORD = "correct horse battery staple 7"
LONG_NAME = "Invented Laboratory of Molecular and Anatomic Pathology with a Name that Goes on " + "and on " * 12

STRANGER, AUTHOR, BEGINNER, SENDER, EDITOR, CONTACT, MODERATOR, OUTREACH, ADMIN = (
    "stranger",
    "author of a whole draft",
    "author of an empty draft",
    "sender",
    "editor of an entry",
    "contact",
    "moderator",
    "outreach",
    "admin",
)
_KEYS = {AUTHOR: "a" * 43, BEGINNER: "b" * 43, SENDER: "c" * 43, EDITOR: EDITORS_KEY}
STAFF = {MODERATOR: "moderator@scene.example", OUTREACH: "outreach@scene.example", ADMIN: "admin@scene.example"}


@dataclass(frozen=True)
class Look:
    """A page in one state: who looks, where (``{name}`` is filled from the scene), and the button they press
    then.
    """

    name: str
    address: str
    who: str = STRANGER
    press: str = ""
    status: int = 200


LOOKS = (
    Look("home", "/"),
    Look("home in Spanish", "/?lang=es"),
    Look("results", "/labs?near=30303"),
    Look("results in Spanish", "/labs?near=30303&method=ihc&within=any&lang=es"),
    Look("all laboratories", "/labs"),
    Look("second page", "/labs?page=2"),
    Look("nobody near", "/labs?near=96799&within=10"),
    Look("no laboratory matches", "/labs?method=rt_pcr"),
    Look("place not known", "/labs?near=00000", status=404),
    Look("place ambiguous", "/labs?near=Springfield", status=404),
    Look("search error", "/labs?near=30303&within=7", status=422),
    Look("search, all wrong", "/labs?near=&within=7&method=x&max_days=0&from_state=ny&sort=x&color=x", status=422),
    Look(
        "results, filtered",
        "/labs?near=30303&method=ihc&method=ish&specimen=ffpe_block&accreditation=cap&max_days=9&from_state=NY",
    ),
    Look("results, filtered, in Spanish", "/labs?method=ihc&outside=1&max_days=12&from_state=NY&sort=name&lang=es"),
    Look("results, by turnaround", "/labs?near=30303&sort=turnaround"),
    Look("results, turnaround unstated", "/labs?near=99501&within=any&max_days=14"),
    Look("specimens travel", "/labs?near=99501"),
    Look("results, second page", "/labs?near=30303&within=any&page=2"),
    Look("listing", "/labs/{lab}"),
    Look("listing with a long name", "/labs/{long}"),
    Look("listing in Spanish", "/labs/{whole}?lang=es"),
    Look("listing with all fields", "/labs/{whole}"),
    Look("listing overdue", "/labs/{overdue}"),
    Look("compare", "/labs/compare?lab={whole}&lab={lab}&lab={long}"),
    Look("compare in Spanish", "/labs/compare?lab={whole}&lab={lab}&lang=es"),
    Look("compare, only differences", "/labs/compare?lab={whole}&lab={lab}&only=differences"),
    Look("compare, nothing differs", "/labs/compare?lab={overdue}&lab={long}&only=differences"),
    Look("compare, one", "/labs/compare?lab={lab}"),
    Look("compare, none", "/labs/compare"),
    Look("compare, unknown", "/labs/compare?lab=nobody", status=404),
    Look("compare, too many", "/labs/compare?lab={whole}&lab={lab}&lab={long}&lab={overdue}&lab=x", status=422),
    Look("report", "/labs/{lab}/report"),
    Look("report in Spanish", "/labs/{lab}/report?lang=es"),
    Look("report, errors", "/labs/{lab}/report", press="Send", status=422),
    Look("report sent", "/labs/{lab}/report/thanks"),
    Look("no such page", "/nothing", status=404),
    Look("join", "/join"),
    Look("join with a draft", "/join", who=AUTHOR),
    Look("delete a draft", "/join/delete?draft={draft}", who=AUTHOR),
    Look("saved for later", "/join/saved", who=AUTHOR),
    Look("find", "/join/find"),
    Look("find, errors", "/join/find?clia_number=12", status=422),
    Look("find, listed", "/join/find?clia_number={listed_number}"),
    Look("find, in the file", "/join/find?clia_number={ended_number}&lang=es"),
    Look("find, nothing", "/join/find?name=Nobody&zip=99501"),
    Look("claim", "/manage/labs/{lab}/claim"),
    Look("claim, errors", "/manage/labs/{lab}/claim", press="Ask for access", status=422),
    Look("claim sent", "/manage/labs/{lab}/claim/sent"),
    Look("link that proves a claim", "/links/{proves_claim}"),
    Look("link that allows a claim", "/links/{allows_claim}"),
    Look("you", "/join/you"),
    Look("you, errors", "/join/you", who=BEGINNER, press="Save and continue", status=422),
    Look("laboratory", "/join/laboratory", who=AUTHOR),
    Look("laboratory, errors", "/join/laboratory", who=BEGINNER, press="Save and continue", status=422),
    Look("test", "/join/test-1", who=AUTHOR),
    Look("test, errors", "/join/test-1", who=BEGINNER, press="Save and continue", status=422),
    Look("test, like another", "/join/test-2?like=1", who=AUTHOR),
    Look("tests, one removed", "/join/tests", who=AUTHOR),
    Look("tests, not finished", "/join/tests", who=BEGINNER, press="Continue", status=422),
    Look("contact", "/join/contact", who=AUTHOR),
    Look("contact, errors", "/join/contact", who=BEGINNER, press="Save and continue", status=422),
    Look("check", "/join/check", who=AUTHOR),
    Look("check, errors", "/join/check", who=AUTHOR, press="Send", status=422),
    Look("check, much missing", "/join/check", who=BEGINNER),
    Look("sent", "/join/sent", who=SENDER),
    Look("link to confirm", "/links/{confirm}"),
    Look("link used", "/links/{used}", status=410),
    Look("link unknown", "/links/nothing", status=404),
    Look("stop mails", "/mail/stop/{stop}"),
    Look("mails stopped", "/mail/stop/{stopped}"),
    Look("stop mails, unknown", "/mail/stop/nothing", status=404),
    Look("manage, errors", "/manage", press="Mail me a link", status=422),
    Look("link to sign in", "/links/{signs_in}"),
    Look("link to speak for a laboratory", "/links/{accepts}"),
    Look("laboratories of a contact", "/manage", who=CONTACT),
    Look("own entry", "/manage/labs/{managed}", who=CONTACT),
    Look("own entry, leaving, in Spanish", "/manage/labs/{leaving}?lang=es", who=CONTACT),
    Look("own entry, left", "/manage/labs/{left}", who=CONTACT),
    Look("contacts, errors", "/manage/labs/{managed}/contacts", who=CONTACT, press="Ask the colleague", status=422),
    Look("last contact steps down", "/manage/labs/{leaving}/contacts/{me}/end", who=CONTACT),
    Look("leave, errors", "/manage/labs/{managed}/leave", who=CONTACT, press="Continue", status=422),
    Look("come back", "/manage/labs/{left}/come-back", who=CONTACT),
    Look("own entry with changes", "/manage/labs/{changed}", who=CONTACT),
    Look("colleague changes the entry", "/manage/labs/{changed}/edit", who=CONTACT),
    Look("request with remarks", "/manage/requests/{request}", who=CONTACT),
    Look("confirm, errors", "/manage/labs/{changed}/confirm", who=CONTACT, press="Confirm the ticked", status=422),
    Look("confirmed", "/manage/labs/{changed}/confirm?thanks=yes", who=CONTACT),
    Look("link to confirm an entry, in Spanish", "/links/{asks}?lang=es"),
    Look("remarks at fields", "/join/laboratory", who=EDITOR),
    Look("change of an entry, choices", "/join/check", who=EDITOR),
    Look("listing that left", "/labs/{left}", status=410),
    Look("listing that leaves", "/labs/{leaving}"),
    Look("listing that nobody confirmed", "/labs/{lapsed}", status=404),
    Look("compare, one overdue", "/labs/compare?lab={whole}&lab={overdue}&only=differences"),
    Look("own entry, not confirmed, in Spanish", "/manage/labs/{lapsed}?lang=es", who=CONTACT),
    Look("confirm an entry that is not shown", "/manage/labs/{lapsed}/confirm", who=CONTACT),
    Look("people", "/staff/people", who=ADMIN),
    Look("person", "/staff/people/{moderator}", who=ADMIN),
    Look("person, invited, in Spanish", "/staff/people/{invited}?lang=es", who=ADMIN),
    Look("invite, errors", "/staff/people/invite", who=ADMIN, press="Send the invitation", status=422),
    Look("own account", "/staff/account", who=ADMIN),
    Look("own password, errors", "/staff/account/password", who=ADMIN, press="Change the password", status=422),
    Look("prove oneself", "/staff/verify?sent=yes", who=ADMIN),
    Look("link of an invitation", "/links/{invites}"),
    Look("link of an invitation, errors", "/links/{invites}", press="Set the password", status=422),
    Look("sign in", "/staff/login"),
    Look("sign in, errors", "/staff/login", press="Sign in", status=422),
    Look("forbidden", "/staff/queue", who=OUTREACH, status=403),
    Look("queue", "/staff/queue", who=MODERATOR),
    Look("queue, decided", "/staff/queue?state=decided", who=MODERATOR),
    Look("queue, in Spanish", "/staff/queue?kind=new&lang=es", who=MODERATOR),
    Look("queue, not searched", "/staff/queue?q=%00&mine=1", who=MODERATOR, status=422),
    Look("several at once", "/staff/queue/approve?pick={waiting}", who=MODERATOR),
    Look("task", "/staff/tasks/{task}", who=MODERATOR),
    Look("keys", "/staff/shortcuts", who=MODERATOR),
    Look("submission", "/staff/submissions/{waiting}", who=MODERATOR),
    Look("submission, errors", "/staff/submissions/{waiting}", who=MODERATOR, press="Save the decision", status=422),
    Look("reports", "/staff/reports", who=MODERATOR),
    Look("duplicates", "/staff/duplicates", who=MODERATOR),
    Look("duplicates, none decided, in Spanish", "/staff/duplicates?state=dismissed&lang=es", who=MODERATOR),
    Look("reports, closed", "/staff/reports?state=handled", who=MODERATOR),
    Look("one report", "/staff/reports/{told}", who=MODERATOR),
    Look("one report, errors", "/staff/reports/{told}", who=MODERATOR, press="Close the report", status=422),
    Look("audit", "/staff/audit", who=MODERATOR),
    Look("audit, errors", "/staff/audit?since=x&actor=nobody", who=MODERATOR, status=422),
    Look("audit as a file", "/staff/audit/export", who=MODERATOR),
    Look("dashboard", "/staff/dashboard", who=MODERATOR),
    Look("submission decided", "/staff/submissions/{rejected}", who=MODERATOR),
    Look("submission, edit", "/staff/submissions/{edit}", who=MODERATOR),
    Look("submission, claim", "/staff/submissions/{claimed}", who=MODERATOR),
    Look("submission, hostile", "/staff/submissions/{hostile}", who=MODERATOR),
    Look("entries", "/staff/labs", who=MODERATOR),
    Look("entries, none in Spanish", "/staff/labs?q=nothing&state=hidden&lang=es", who=MODERATOR),
    Look("entry, hiding errors", "/staff/labs/{entry}", who=MODERATOR, press="Hide the entry", status=422),
    Look("version of an entry", "/staff/labs/{entry}/versions/{version}", who=MODERATOR),
    Look("text put right", "/staff/labs/{entry}/correct?field=city", who=MODERATOR, press="Put it right", status=422),
    Look("merge, which", "/staff/labs/merge?first=x", who=MODERATOR, status=422),
    Look("merge", "/staff/labs/merge?first={kite}&second={heron}", who=MODERATOR),
    Look("merger, changed since", "/staff/merges/{merger}", who=MODERATOR),
    Look("mergers", "/staff/merges", who=MODERATOR),
)


@dataclass(frozen=True)
class Scene:
    """The rows of the looks; ``names`` fills their addresses."""

    names: dict[str, str]

    def address(self, look: Look) -> str:
        """Where *look* is in this scene."""
        return look.address.format(**self.names)


def set_scene(app: Flask, own: Session) -> Scene:
    """Write what the looks show into the database of *app*, through *own*."""
    moment = datetime.now(UTC)
    fish = an_offering(name="HER2 FISH", method="fish", assay="pathvysion", reflex_policy="none")
    lab = publish(own, a_profile(offerings=(an_offering(), fish)))
    long = publish(own, a_profile(name=LONG_NAME[:200].strip(), website="", public_email=""))
    for number in range(24):
        publish(own, at=(33.75 + number / 50, -84.39))
    closed = an_offering(accepts_outside_specimens="no", tat_min=None, tat_max=None, tat_unit="", tat_clock_start="")
    publish(own, a_profile(city="Anchorage", state="AK", zip="99501", offerings=(closed,)), at=(61.22, -149.86))
    three = a_profile(offerings=(an_offering(), fish, an_offering(name=LONG_NAME[:200].strip())))
    author = a_submission(own, three, state=State.DRAFT, draft_key=_KEYS[AUTHOR])
    tests_services.remove_test(draft=author, position=2, now=moment)
    empty = replace(type(a_profile())(), offerings=(Offering(),))
    a_submission(own, empty, state=State.DRAFT, draft_key=_KEYS[BEGINNER], contact_name="", contact_email="")
    whole = publish(own, whole_profile(fish))
    overdue = publish(own, now=moment - timedelta(days=400))
    overdue.dispute(own, moment)
    told = a_report(own, lab, flags=["honeypot", "no_proof_of_work"])
    a_report(own, whole, kind="closed", state="handled", handled_at=moment, handled_by=STAFF[MODERATOR])
    a_pair(own, whole, lab)
    sent = a_submission(own, state=State.AWAITING_EMAIL, draft_key=_KEYS[SENDER])
    waiting = a_submission(own, flags=["too_fast", "no_proof_of_work"])
    rejected = a_submission(own, state=State.REJECTED, message="This is not a laboratory.")
    stop, stopped = (
        mailboxes.stop_token(str(app.secret_key), recipient=reader, kind="confirm_email")
        for reader in ("reader@example.org", "stopped@example.org")
    )
    stopped_hash = mailboxes.hash_of("stopped@example.org")
    mailboxes.stop(own, email_hash=stopped_hash, scope=mailboxes.Scope.UNASKED, now=moment)
    tokens = set_known(own, listed=lab, draft=three, moment=moment)
    tokens |= set_managed(own, successor=whole, moment=moment) | set_merged(own)
    tokens |= set_queued(own, lab=whole, moment=moment)
    tokens |= set_changed(own, moment=moment) | set_moderated(own, moment=moment) | set_hostile(own)
    for name in ("confirm", "used"):
        tokens[name] = issue(
            own, purpose=Purpose.CONFIRM_EMAIL, submission_id=sent.id, email=sent.contact_email, now=moment
        )
    own.flush()
    used = find(own, tokens["used"])
    assert used is not None
    spend(own, used, now=moment)
    own.commit()
    with app.app_context():
        for role, email in STAFF.items():
            accounts.create_staff(own, email=email, password=PASSWORD, role=role, now=moment)
        own.commit()
    tokens |= set_staff(own, owner=STAFF[ADMIN], colleague=STAFF[MODERATOR], moment=moment)
    return Scene(
        {
            "lab": lab.slug,
            "long": long.slug,
            "whole": whole.slug,
            "overdue": overdue.slug,
            "told": str(told.id),
            "draft": author.handle,
            "waiting": str(waiting.id),
            "rejected": str(rejected.id),
            "stop": stop,
            "stopped": stopped,
            **tokens,
        }
    )


def held_by(who: str) -> dict[str, object]:
    """What the browser of *who* holds in its session cookie."""
    if who == CONTACT:
        return {"contact_session": KEY}
    return {"drafts": [_KEYS[who]]} if who in _KEYS else {}


def cookie_of(app: Flask, held: dict[str, object]) -> str:
    """The session cookie of a browser that holds *held*."""
    with app.test_request_context("/"):
        session.update(held)
        serializer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert serializer is not None
        return str(serializer.dumps(dict(session)))
