"""A text that seems to speak of a patient is noticed; what laboratories are told of every day is not."""

import pytest

from registry.domain.patient_words import patient_words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DOB 3/14/1951", ("birth",)),
        ("d.o.b.: unknown", ("birth",)),
        ("She was born in Macon", ("birth",)),
        ("1951-03-14, result pending", ("birth",)),
        ("Fecha de nacimiento: 14 de marzo de 1951", ("birth",)),
        ("MRN 0048213", ("number",)),
        ("Accession # S26-10442 was lost", ("number",)),
        ("patient ID is 48213", ("number",)),
        ("078-05-1120", ("number",)),
        ("My mother's slides were lost", ("person",)),
        ("mi paciente esperó tres semanas", ("person",)),
        ("The patient was told to wait. MRN: 991827, born on 4 May 1949", ("birth", "number", "person")),
    ],
)
def test_words_about_a_patient_are_noticed(text: str, found: tuple[str, ...]) -> None:
    assert patient_words(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The number is (404) 555-0123 now, not 555-0199.",
        "They moved on 10/01/2026 to 1200 Peachtree Street, Suite 405, Atlanta, GA 30309-3448.",
        "CLIA 11D0987654 was terminated on 2026-03-31.",
        "They want one block and 10 slides, and answer in 12 days. Order code 88360-26.",
        "I am a patient and called three times.",
        "Cerrado desde el 3 de marzo de 2026.",
        "Our pathologist says that they use another clone.",
    ],
)
def test_what_is_told_of_laboratories_is_not(text: str) -> None:
    assert patient_words(text) == ()


def test_long_texts_are_read_at_once() -> None:
    assert patient_words("case number " * 80 + "9" * 40) == ("number",)
    assert patient_words("1" * 1000) == ()
