"""Each field: what it takes, what it makes of it, what it refuses."""

from typing import Any

import pytest

from registry.registration.addresses import web_address
from registry.registration.forms import ContactForm, LaboratoryForm, YouForm
from registry.registration.offering_form import OfferingForm
from registry.registration.step_form import StepForm
from tests.registration.walk import CONTACT, LABORATORY, TEST, YOU

FORMS: dict[type[StepForm], dict[str, Any]] = {
    YouForm: YOU,
    LaboratoryForm: LABORATORY,
    OfferingForm: TEST,
    ContactForm: CONTACT,
}

NAME_OF_200 = "مختبر " * 33 + "مخ"
TEN_CODES = [str(88360 + number) for number in range(10)]


def typed(form: type[StepForm], **changes: Any) -> StepForm:
    """*form* as somebody typed it who wrote what is usual but for *changes*; None leaves a field out."""
    values = {name: value for name, value in {**FORMS[form], **changes}.items() if value is not None}
    lists = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    filled = form.showing(lists, csrf=False)
    filled.check()
    return filled


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_what_is_usual_is_good(form: type[StepForm]) -> None:
    assert typed(form).errors == {}


GOOD = [
    (YouForm, "contact_name", "  Robin \t Invented ", "Robin Invented"),
    (YouForm, "contact_name", "Ame\u0301lie", "Am\u00e9lie"),
    (YouForm, "contact_email", "Robin@Laboratory.Example", "robin@laboratory.example"),
    (YouForm, "contact_email", "robin@b\u00fccher.example", "robin@xn--bcher-kva.example"),
    (LaboratoryForm, "name", NAME_OF_200, NAME_OF_200),
    (LaboratoryForm, "name", "O'Invented <b> & {{7*7}} =1+1", "O'Invented <b> & {{7*7}} =1+1"),
    (LaboratoryForm, "clia_number", " 00d-765 4321 ", "00D7654321"),
    (LaboratoryForm, "zip", "30303-0001", "30303-0001"),
    (LaboratoryForm, "certificate_type", "waiver", "waiver"),
    (LaboratoryForm, "address_line2", "", ""),
    (OfferingForm, "tat_min", "0", 0),
    (OfferingForm, "tat_max", " 365 ", 365),
    (
        OfferingForm,
        "specimens",
        ["unstained_slides", "ffpe_block", "ffpe_block"],
        ["ffpe_block", "unstained_slides"],
    ),
    (OfferingForm, "specimen_notes", "one\r\n\r\n\r\n\r\ntwo  ", "one\n\ntwo"),
    (OfferingForm, "specimen_notes", "x" * 500, "x" * 500),
    (LaboratoryForm, "state_permits", [], []),
    (LaboratoryForm, "state_permits", ["ri_health", "ny_clep"], ["ny_clep", "ri_health"]),
    (LaboratoryForm, "accreditations", ["iso_15189", "cap", "cap"], ["cap", "iso_15189"]),
    (OfferingForm, "slides_min", "", None),
    (OfferingForm, "slides_min", "1", 1),
    (OfferingForm, "slides_min", " 50 ", 50),
    (OfferingForm, "tumor_content_min_pct", "100", 100),
    (OfferingForm, "path_report_required", "", ""),
    (OfferingForm, "path_report_required", "no", "no"),
    (OfferingForm, "transport_temp", "cool_pack", "cool_pack"),
    (OfferingForm, "service_level", "", ""),
    (OfferingForm, "service_level", "technical_only", "technical_only"),
    (OfferingForm, "cpt_codes", "", ""),
    (OfferingForm, "cpt_codes", " , ", ""),
    (OfferingForm, "cpt_codes", "88360", "88360"),
    (OfferingForm, "cpt_codes", " 88360,88377\t0242u; 88360 ,", "88360, 88377, 0242U"),
    (OfferingForm, "cpt_codes", " ".join(TEN_CODES), ", ".join(TEN_CODES)),
    (OfferingForm, "assay", "", ""),
    (OfferingForm, "assay", "lab_developed", "lab_developed"),
    (OfferingForm, "catalogue_url", "www.laboratory.example/her2", "https://www.laboratory.example/her2"),
    (ContactForm, "phone", "+1 404.555.0123 x12", "(404) 555-0123 ext. 12"),
    (ContactForm, "phone", "684-555-0100", "(684) 555-0100"),
    (ContactForm, "public_email", "", ""),
    (
        ContactForm,
        "website",
        "HTTP://Laboratory.Example:8080/a?b=c#d",
        "http://laboratory.example:8080/a?b=c#d",
    ),
]


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(("form", "name", "value", "stored"), GOOD)
def test_a_good_value_is_stored_clean(form: type[StepForm], name: str, value: Any, stored: Any) -> None:
    filled = typed(form, **{name: value})
    assert filled.errors == {}
    assert filled[name].data == stored


BAD = [
    (YouForm, "contact_name", ""),
    (YouForm, "contact_name", "   "),
    (YouForm, "contact_name", None),
    (YouForm, "contact_name", "x" * 201),
    (YouForm, "contact_name", "x" * 100_000),
    (YouForm, "contact_name", "Robin\r\nBcc: everybody@laboratory.example"),
    (YouForm, "contact_name", "Robin\x00"),
    (YouForm, "contact_name", "Robin\u202e"),
    (YouForm, "contact_name", "Ro\u200bbin"),
    (YouForm, "contact_name", "Robin\u2028"),
    (YouForm, "contact_name", "Robin\ufffd"),
    (YouForm, "contact_name", "Robin\ud800"),
    (YouForm, "contact_email", "robin"),
    (YouForm, "contact_email", "robin@laboratory"),
    (YouForm, "contact_email", "Robin <robin@laboratory.example>"),
    (YouForm, "contact_email", "robin@laboratory.example, other@laboratory.example"),
    (YouForm, "contact_email", "robin@laboratory.example\r\nBcc: other@laboratory.example"),
    (YouForm, "contact_email", "robin@[127.0.0.1]"),
    (YouForm, "contact_email", "r" * 250 + "@laboratory.example"),
    (YouForm, "contact_role", ""),
    (LaboratoryForm, "name", NAME_OF_200 + "تبر"),
    (LaboratoryForm, "lab_kind", ""),
    (LaboratoryForm, "lab_kind", "spaceship"),
    (LaboratoryForm, "lab_kind", None),
    (LaboratoryForm, "clia_number", ""),
    (LaboratoryForm, "clia_number", "00D765432"),
    (LaboratoryForm, "clia_number", "00D76543211"),
    (LaboratoryForm, "clia_number", "00X7654321"),
    (LaboratoryForm, "clia_number", "\u0660\u0660D7654321"),
    (LaboratoryForm, "certificate_type", ""),
    (LaboratoryForm, "certificate_type", "gold"),
    (LaboratoryForm, "clia_absence_reason", "pending"),
    (LaboratoryForm, "address_line1", ""),
    (LaboratoryForm, "city", ""),
    (LaboratoryForm, "state", "XX"),
    (LaboratoryForm, "state", "ga"),
    (LaboratoryForm, "zip", ""),
    (LaboratoryForm, "zip", "3030"),
    (LaboratoryForm, "zip", "\u0663\u0660\u0663\u0660\u0663"),
    (LaboratoryForm, "zip", "00000"),
    (LaboratoryForm, "zip", "02134"),
    (OfferingForm, "name", ""),
    (OfferingForm, "method", "reading_tea_leaves"),
    (OfferingForm, "assay", "pathvysion"),
    (OfferingForm, "scoring_criterion", None),
    (OfferingForm, "reflex_policy", "whenever"),
    (OfferingForm, "specimens", []),
    (OfferingForm, "specimens", ["ffpe_block", "moon_rock"]),
    (OfferingForm, "specimen_notes", "x" * 501),
    (OfferingForm, "specimen_notes", "one\x07two"),
    (OfferingForm, "tat_min", ""),
    (OfferingForm, "tat_min", "-1"),
    (OfferingForm, "tat_min", "1.5"),
    (OfferingForm, "tat_min", "1_0"),
    (OfferingForm, "tat_min", "\u0663"),
    (OfferingForm, "tat_min", "1e1"),
    (OfferingForm, "tat_min", "9" * 30),
    (OfferingForm, "tat_max", "366"),
    (OfferingForm, "tat_max", "2"),
    (OfferingForm, "tat_unit", "fortnights"),
    (OfferingForm, "tat_clock_start", ""),
    (OfferingForm, "regulatory_status", "fda_approved_cdx_crc"),
    (OfferingForm, "regulatory_status", "research_use_only"),
    (OfferingForm, "accepts_outside_specimens", None),
    (LaboratoryForm, "state_permits", ["ny_clep", "tx_none"]),
    (LaboratoryForm, "accreditations", ["gold_star"]),
    (OfferingForm, "slides_min", "0"),
    (OfferingForm, "slides_min", "51"),
    (OfferingForm, "slides_min", "a few"),
    (OfferingForm, "tumor_content_min_pct", "0"),
    (OfferingForm, "tumor_content_min_pct", "101"),
    (OfferingForm, "tumor_content_min_pct", "20%"),
    (OfferingForm, "path_report_required", "unknown"),
    (OfferingForm, "transport_temp", "warm"),
    (OfferingForm, "service_level", "spaceship"),
    (OfferingForm, "cpt_codes", "8836"),
    (OfferingForm, "cpt_codes", "88360, 883600"),
    (OfferingForm, "cpt_codes", "0242M"),
    (OfferingForm, "cpt_codes", "88360-26"),
    (OfferingForm, "cpt_codes", "\u0668\u0668\u0663\u0666\u0660"),
    (OfferingForm, "cpt_codes", " ".join(str(88360 + number) for number in range(11))),
    (OfferingForm, "cpt_codes", "88360 " * 100),
    (OfferingForm, "order_code", "x" * 61),
    (OfferingForm, "catalogue_url", "javascript:alert(1)"),
    (OfferingForm, "catalogue_url", "https://laboratory.example/" + "x" * 280),
    (ContactForm, "phone", ""),
    (ContactForm, "phone", "555-0123"),
    (ContactForm, "phone", "404-555-01234567"),
    (ContactForm, "phone", "call us"),
    (ContactForm, "phone", "4" * 1000),
    (ContactForm, "contact_role", ""),
    (ContactForm, "public_email", "her2"),
    (ContactForm, "website", "https://user:secret@laboratory.example/"),
]


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(("form", "name", "value"), BAD)
def test_a_bad_value_is_refused_at_its_field_and_only_there(form: type[StepForm], name: str, value: Any) -> None:
    filled = typed(form, **{name: value})
    assert list(filled.errors) == [name]
    assert len(filled.errors[name]) == 1


@pytest.mark.usefixtures("words")
def test_a_reason_stands_in_for_a_clia_number_and_its_certificate() -> None:
    filled = typed(LaboratoryForm, clia_number="", clia_absence_reason="dod_clip")
    assert filled.errors == {}
    assert filled["certificate_type"].data == ""


@pytest.mark.usefixtures("words")
def test_a_zip_code_of_another_state_names_that_state() -> None:
    assert "Massachusetts" in typed(LaboratoryForm, zip="02134").errors["zip"][0]


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize("nothing", ["", None])
def test_the_method_is_asked_where_no_assay_tells_it(nothing: str | None) -> None:
    assert list(typed(OfferingForm, method=nothing, assay="").errors) == ["method"]
    assert typed(OfferingForm, method=nothing)["method"].data == "ihc"


@pytest.mark.usefixtures("words")
def test_sequencing_says_whether_it_reports_the_copy_number() -> None:
    sequencing = {"method": "ngs_tissue", "assay": "foundationone_cdx"}
    assert list(typed(OfferingForm, **sequencing).errors) == ["reports_copy_number"]
    assert typed(OfferingForm, **sequencing, reports_copy_number="unknown").errors == {}
    assert typed(OfferingForm, reports_copy_number="yes")["reports_copy_number"].data == ""


@pytest.mark.usefixtures("words")
def test_another_assay_needs_its_name() -> None:
    assert list(typed(OfferingForm, assay="other").errors) == ["assay_name"]
    assert typed(OfferingForm, assay="other", assay_name="Clone XY1").errors == {}


@pytest.mark.usefixtures("words")
def test_hours_may_be_more_than_days() -> None:
    assert typed(OfferingForm, tat_unit="hours", tat_max="2000").errors == {}
    assert list(typed(OfferingForm, tat_unit="hours", tat_max="2001").errors) == ["tat_max"]


@pytest.mark.usefixtures("words")
def test_the_regulatory_status_may_be_left_out() -> None:
    form = typed(OfferingForm, regulatory_status=None)
    assert isinstance(form, OfferingForm)
    assert form.errors == {}
    assert form.offering().regulatory_status == "unknown"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x.y",
        "ftp://laboratory.example/",
        "//laboratory.example",
        "laboratory.example",
        "https://",
        "https://laboratory",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f.0x1/",
        "https://2130706433/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://user@laboratory.example/",
        "https://user:secret@laboratory.example/",
        "https://laboratory.example:99999/",
        "https://laboratory.example:port/",
        "https://laboratory.example\\@elsewhere.example/",
        "https://laboratory.example/<script>",
        'https://laboratory.example/"onclick',
        "https://laboratory.example/\nSet-Cookie: a=b",
        "https://laboratory.example/ b",
        "https://-laboratory.example/",
        "https://labo..example/",
        "https://" + "a" * 64 + ".example/",
    ],
)
def test_an_address_that_is_no_public_page_is_refused(address: str) -> None:
    assert web_address(address) is None


@pytest.mark.parametrize(
    ("address", "stored"),
    [
        ("https://laboratory.example", "https://laboratory.example"),
        ("https://laboratory.example./a", "https://laboratory.example/a"),
        ("https://b\u00fccher.example/\u00e4", "https://xn--bcher-kva.example/\u00e4"),
        ("https://laboratory.example/a;b?c=%20&d=e(f)", "https://laboratory.example/a;b?c=%20&d=e(f)"),
    ],
)
def test_an_address_of_a_public_page_is_taken(address: str, stored: str) -> None:
    assert web_address(address) == stored
