"""The pages to learn from, in the order in which they are read and their references are numbered."""

from dataclasses import dataclass

from registry.domain.vocabulary import N_

PATIENTS, CLINICIANS, EVERYBODY, LABORATORIES = "patients", "clinicians", "everybody", "laboratories"


@dataclass(frozen=True, slots=True)
class LearnPage:
    """One page: its template is ``education/<name>.html``. *title* and *summary* are marked for translation."""

    name: str
    address: str
    audience: str
    title: str
    summary: str


PAGES = (
    LearnPage(
        "her2",
        "/learn/her2",
        PATIENTS,
        N_("What is HER2?"),
        N_("What it does, what can go wrong with it, and how often that is found."),
    ),
    LearnPage(
        "testing",
        "/learn/testing",
        PATIENTS,
        N_("When and how is HER2 tested?"),
        N_("When people talk about a test, and what the laboratory does."),
    ),
    LearnPage(
        "report",
        "/learn/report",
        PATIENTS,
        N_("Reading your report"),
        N_("What 0 to 3+, amplified and equivocal mean."),
    ),
    LearnPage(
        "results",
        "/learn/results",
        PATIENTS,
        N_("What a result can mean"),
        N_("How a result can matter for the choices you talk about."),
    ),
    LearnPage(
        "questions",
        "/learn/questions",
        PATIENTS,
        N_("Questions to take along"),
        N_("A list to tick and print for your next visit."),
    ),
    LearnPage(
        "help",
        "/learn/help",
        PATIENTS,
        N_("Where to find help"),
        N_("People to call, and how to look for a clinical trial."),
    ),
    LearnPage("glossary", "/learn/glossary", PATIENTS, N_("Glossary"), N_("The words of a report in plain language.")),
    LearnPage(
        "clinicians",
        "/learn/clinicians",
        CLINICIANS,
        N_("HER2 testing in colorectal cancer"),
        N_("Methods, position of regulators and guidelines, and what the laboratories do."),
    ),
    LearnPage(
        "scoring",
        "/learn/clinicians/scoring",
        CLINICIANS,
        N_("Scoring criteria side by side"),
        N_("What each scheme calls positive, equivocal and negative, and when it asks for ISH."),
    ),
    LearnPage(
        "specimens",
        "/learn/clinicians/specimens",
        CLINICIANS,
        N_("Specimens and validation"),
        N_("What laboratories take, and why a test validated for this tumor matters."),
    ),
    LearnPage(
        "ordering",
        "/learn/clinicians/ordering",
        CLINICIANS,
        N_("Writing the request"),
        N_("What to write on the request, and which states ask for a permit."),
    ),
    LearnPage(
        "numbers",
        "/learn/numbers",
        EVERYBODY,
        N_("HER2 in numbers"),
        N_("How often HER2 is found across cancers, and which rules laboratories use."),
    ),
    LearnPage(
        "why_test",
        "/learn/why-test",
        LABORATORIES,
        N_("Why test for HER2 in colorectal cancer?"),
        N_("What the numbers say to a laboratory that thinks of offering the test."),
    ),
    LearnPage(
        "references",
        "/learn/references",
        EVERYBODY,
        N_("References"),
        N_("Every source of these pages, numbered as they are cited."),
    ),
)

BY_NAME = {page.name: page for page in PAGES}


def following(page: LearnPage) -> LearnPage | None:
    """The page that the same readers go on to; none after their last."""
    same = [each for each in PAGES if each.audience == page.audience]
    return next(iter(same[same.index(page) + 1 :]), None)
