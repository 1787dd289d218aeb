"""What single cells of a line in the CMS layout mean, and which of them are left out."""

from datetime import date

import pytest

from tests.clia.reading import emptied, one


@pytest.mark.parametrize(
    ("written", "code"),
    [("30303", "30303"), ("303031234", "30303"), ("30303-1234", "30303"), ("00501", "00501"), ("2134", ""), ("X", "")],
)
def test_a_zip_has_five_digits_or_nine(written: str, code: str) -> None:
    assert one(ZIP_CD=written).zip == code
    assert emptied(ZIP_CD=written) == ({} if code else {"ZIP_CD": 1})


@pytest.mark.parametrize(
    ("written", "day"),
    [("20260401", date(2026, 4, 1)), ("20240229", date(2024, 2, 29)), ("", None), ("00000000", None)],
)
def test_a_day_has_eight_digits_or_is_empty(written: str, day: date | None) -> None:
    assert one(TRMNTN_EXPRTN_DT=written).expires_or_terminated == day
    assert emptied(TRMNTN_EXPRTN_DT=written) == {}


@pytest.mark.parametrize("written", ["20260231", "20261301", "2026-04-01", "2025W011", "٢٠٢٦٠٤٠١", "x" * 500])
def test_a_day_that_is_none_is_left_out_and_counted(written: str) -> None:
    assert one(TRMNTN_EXPRTN_DT=written).expires_or_terminated is None
    assert emptied(TRMNTN_EXPRTN_DT=written) == {"TRMNTN_EXPRTN_DT": 1}


@pytest.mark.parametrize(
    ("written", "number"),
    [("4045550123", "4045550123"), ("(404) 555-0123", "4045550123"), ("14045550123", "4045550123"), ("", "")],
)
def test_a_telephone_number_has_ten_digits(written: str, number: str) -> None:
    assert one(PHNE_NUM=written).phone == number


def test_a_telephone_number_of_another_length_is_left_out_and_counted() -> None:
    assert emptied(PHNE_NUM="5550123") == {"PHNE_NUM": 1}
    assert one(PHNE_NUM="0000000000").phone == ""


@pytest.mark.parametrize(("switch", "matched"), [("Y", True), ("n", False), ("", None), ("?", None)])
def test_the_match_of_cap_is_yes_no_or_not_said(switch: str, matched: bool | None) -> None:
    assert one(CAP_ACRDTD_Y_MATCH_SW=switch).cap_matched is matched


def test_unknown_codes_are_kept_raw_and_mean_nothing() -> None:
    row = one(CRTFCT_TYPE_CD="7", PGM_TRMNTN_CD="66", CMPLNC_STUS_CD="C")

    assert (row.certificate_code, row.certificate_type) == ("7", "")
    assert (row.program_code, row.program_status) == ("66", "unknown")
    assert row.compliance == ""
