"""Reading a file in the CMS layout, whatever it is like: what is taken, what is refused and why."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.clia import layout, lines
from registry.clia.layout import OPTIONAL, REQUIRED, Refused, Row
from registry.clia.lines import MAX_LINE, LayoutError
from seed_data.cms_layout import COLUMNS
from tests.clia.reading import one, read, reason
from tests.support.cms import a_file, a_line

HEADER = ",".join(COLUMNS).encode() + b"\r\n"


def test_a_laboratory_is_read_with_all_that_we_use() -> None:
    cells = {"ADDTNL_FAC_NAME": "DEPT OF PATHOLOGY", "JCAHO_ACRDTD_Y_MATCH_SW": "Y", "AOA_ACRDTD_Y_MATCH_SW": "Y"}

    assert one(**cells) == Row(
        clia_number="00D0000001",
        name="INVENTED LABORATORY 1",
        additional_name="DEPT OF PATHOLOGY",
        name_key="invented laboratory 1",
        address_line1="1 INVENTED STREET",
        address_line2="SUITE 4",
        city="ATLANTA",
        state="GA",
        zip="30303",
        phone="4045550123",
        fax="4045550124",
        certificate_type="accreditation",
        certificate_code="3",
        certificate_effective=date(2026, 2, 1),
        expires_or_terminated=date(2028, 1, 31),
        program_status="active",
        program_code="00",
        facility_code="15",
        compliance="A",
        cap_matched=True,
        accreditors="achc tjc",
    )


def test_what_the_readme_of_one_importer_shows_is_read_as_it_says() -> None:
    lines = [
        a_line(PRVDR_NUM="01D0302047", STATE_CD="AL", CRTFCT_TYPE_CD="1", PGM_TRMNTN_CD="01"),
        a_line(PRVDR_NUM="01D1062626", STATE_CD="AL", ZIP_CD="35549", CRTFCT_TYPE_CD="2", PGM_TRMNTN_CD="00"),
        a_line(PRVDR_NUM="14D2237280", STATE_CD="IL", ZIP_CD="60416", CRTFCT_TYPE_CD="2", PGM_TRMNTN_CD="00"),
        a_line(PRVDR_NUM="36D0892007", STATE_CD="OH", ZIP_CD="43111", CRTFCT_TYPE_CD="2", PGM_TRMNTN_CD="08"),
    ]

    taken, refused, _ = read(a_file(lines))

    assert refused == []
    assert [(row.clia_number, row.certificate_type, row.program_status) for row in taken] == [
        ("01D0302047", "compliance", "closed"),
        ("01D1062626", "waiver", "active"),
        ("14D2237280", "waiver", "active"),
        ("36D0892007", "waiver", "terminated"),
    ]


@pytest.mark.parametrize(
    "columns",
    [
        tuple(name.lower() for name in COLUMNS),
        tuple(name.title() for name in COLUMNS),
        tuple(reversed(COLUMNS)),
        tuple(f" {name} " for name in COLUMNS),
        ("A_NEW_COLUMN", *COLUMNS, "ANOTHER"),
    ],
    ids=["lower case", "mixed case", "another order", "spaces", "more columns"],
)
def test_case_order_and_number_of_the_columns_do_not_matter(columns: tuple[str, ...]) -> None:
    taken, refused, _ = read(a_file([a_line()], columns=columns))

    assert refused == []
    assert taken == [one()]


def test_optional_columns_may_be_missing() -> None:
    taken, _, notes = read(a_file([a_line()], columns=REQUIRED))

    assert (taken[0].name, taken[0].phone, taken[0].cap_matched) == ("INVENTED LABORATORY 1", "", None)
    assert notes.missing == OPTIONAL


def test_missing_required_columns_are_named() -> None:
    columns = [name for name in COLUMNS if name not in {"ZIP_CD", "PRVDR_NUM"}]

    with pytest.raises(LayoutError, match="PRVDR_NUM, ZIP_CD"):
        read(a_file([a_line()], columns=columns))


def test_a_column_that_stands_there_twice_is_not_guessed_at() -> None:
    with pytest.raises(LayoutError, match="FAC_NAME more than once"):
        read(a_file([a_line()], columns=(*COLUMNS, "fac_name")))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "lacks PRVDR_NUM"),
        (b"\r\n", "lacks PRVDR_NUM"),
        (b"<!doctype html><html><body>Not found</body></html>", "lacks PRVDR_NUM"),
        (HEADER.replace(b",", b";"), "lacks PRVDR_NUM"),
        (HEADER.replace(b"\r\n", b"\r") * 2, "no CSV header"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "gzip"),
        (b"PK\x03\x04\x14\x00\x00\x00", "ZIP"),
        ("PRVDR_NUM,FAC_NAME\r\n".encode("utf-16"), "UTF-16"),
        (b"A" * (MAX_LINE + 5), "longer than 65,536 bytes"),
    ],
    ids=["nothing", "an empty line", "a web page", "semicolons", "CR only", "gzip", "zip", "UTF-16", "endless"],
)
def test_what_is_no_such_file_is_told_from_the_header(content: bytes, said: str) -> None:
    with pytest.raises(LayoutError, match=said):
        read(content)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["no mark", "byte order mark"])
def test_ends_of_lines_and_a_byte_order_mark_do_not_matter(end: str, start: bytes) -> None:
    taken, refused, _ = read(start + a_file([a_line(1), a_line(2)], end=end) + end.encode() * 3)

    assert ([row.clia_number for row in taken], refused) == (["00D0000001", "00D0000002"], [])


def test_the_last_line_needs_no_end() -> None:
    assert len(read(a_file([a_line(1), a_line(2)]).rstrip())[0]) == 2


def test_quoted_cells_hold_commas_quotation_marks_and_ends_of_lines() -> None:
    assert one(FAC_NAME='SMITH, "THE" & SONS').name == 'SMITH, "THE" & SONS'
    assert one(ST_ADR="1 MAIN ST\r\nREAR\r\nUPSTAIRS").address_line1 == "1 MAIN ST REAR UPSTAIRS"
    assert one(FAC_NAME="A\u2028LAB\x0b", ST_ADR="1,\nREAR").address_line1 == "1, REAR"


def test_after_a_cell_of_several_lines_the_numbers_of_lines_are_those_of_the_file() -> None:
    content = a_file([a_line(1, ST_ADR="A\r\nB"), a_line(2, FAC_NAME="")])

    assert read(content)[1] == [Refused(4, "FAC_NAME is empty")]


def test_a_quotation_mark_that_is_never_closed_costs_its_own_line_only() -> None:
    lines = a_file([a_line(number) for number in range(1, 9)]).split(b"\r\n")
    lines[2] = lines[2].replace(b"INVENTED LABORATORY 2", b'"INVENTED LABORATORY 2')

    taken, refused, _ = read(b"\r\n".join(lines))

    assert [row.clia_number[-1] for row in taken] == list("1345678")
    assert refused == [Refused(3, "a quotation mark is never closed")]


def test_an_inch_mark_within_a_cell_is_a_letter() -> None:
    content = a_file([a_line(1, FAC_NAME="@"), a_line(2)]).replace(b"@", b'6" PIPE LAB')

    taken, refused, _ = read(content)

    assert ([row.name for row in taken], refused) == (['6" PIPE LAB', "INVENTED LABORATORY 2"], [])


def test_letters_of_latin_1_are_read_as_such_and_counted() -> None:
    content = a_file([a_line(1, FAC_NAME="CLÍNICA NIÑO"), a_line(2, FAC_NAME="@")])

    taken, _, notes = read(content.replace(b"@", "HÔPITAL SAINT-RENÉ".encode("latin-1")))

    assert [row.name for row in taken] == ["CLÍNICA NIÑO", "HÔPITAL SAINT-RENÉ"]
    assert taken[0].name_key == "clinica nino"
    assert notes.recoded == 1


def test_bytes_that_no_code_has_do_no_harm() -> None:
    taken, _, _ = read(a_file([a_line(FAC_NAME="LAB @")]).replace(b"@", b"\x81\xff\xfe"))

    assert taken[0].name.startswith("LAB ")


@pytest.mark.parametrize("bad", ["\u202e", "\u200b", "\x07", "\ufeff"])
def test_what_cannot_be_seen_is_not_stored(bad: str) -> None:
    assert one(FAC_NAME=f"ALDER{bad}LAB").name == "ALDER LAB"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"PRVDR_NUM": ""}, "PRVDR_NUM is empty"),
        ({"PRVDR_NUM": "1D0302047"}, "PRVDR_NUM is no CLIA number"),
        ({"PRVDR_NUM": "٠٠D0000001"}, "PRVDR_NUM is no CLIA number"),
        ({"PRVDR_NUM": "PRVDR_NUM"}, "PRVDR_NUM is no CLIA number"),
        ({"FAC_NAME": "  "}, "FAC_NAME is empty"),
        ({"FAC_NAME": "A" * 201}, "FAC_NAME is longer than 200 characters"),
        ({"CITY_NAME": "A" * 101}, "CITY_NAME is longer than 100 characters"),
        ({"FAC_NAME": "A\0B"}, "the line holds a NUL byte"),
        ({"FAC_NAME": "A" * MAX_LINE}, "the line is longer than 65,536 bytes"),
    ],
)
def test_a_bad_line_is_refused_with_its_reason(cells: dict[str, str], said: str) -> None:
    assert reason(**cells) == said


def test_a_number_is_read_however_it_is_written() -> None:
    assert one(PRVDR_NUM=" 00d-0000001 ").clia_number == "00D0000001"


def test_lines_of_another_length_are_refused_unless_what_is_too_much_is_empty() -> None:
    good = a_file([a_line(1), a_line(2), a_line(3)]).split(b"\r\n")

    taken, refused, _ = read(b"\r\n".join([good[0], good[1] + b",,,", good[2] + b",X", good[3].rsplit(b",", 4)[0]]))

    assert [row.clia_number for row in taken] == ["00D0000001"]
    assert refused == [
        Refused(3, "the line has 104 cells where the header has 103"),
        Refused(4, "the line has 99 cells where the header has 103"),
    ]


def test_a_line_of_fifty_megabytes_is_passed_over() -> None:
    content = a_file([a_line(1)]) + b"A" * (50 << 20) + b"\r\n" + a_file([a_line(2)]).split(b"\r\n")[1]

    taken, refused, notes = read(content)

    assert [row.clia_number for row in taken] == ["00D0000001", "00D0000002"]
    assert refused == [Refused(3, "the line is longer than 65,536 bytes")]
    assert notes.read == len(content)


def test_the_second_line_of_a_number_is_refused() -> None:
    _, refused, _ = read(a_file([a_line(1), a_line(2), a_line(1)]))

    assert refused == [Refused(4, "the number 00D0000001 stands in an earlier line")]


def test_a_file_beyond_the_limits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = a_file(a_line(number) for number in range(5))
    monkeypatch.setattr(layout, "MAX_ROWS", 4)
    with pytest.raises(LayoutError, match="more than 4 lines"):
        read(content)

    monkeypatch.setattr(lines, "MAX_BYTES", len(content) - 1)
    with pytest.raises(LayoutError, match="larger than"):
        read(content)


@settings(max_examples=150)
@given(st.lists(st.binary(max_size=300), max_size=6))
def test_whatever_follows_a_header_is_taken_or_refused_line_by_line(garbage: list[bytes]) -> None:
    content = a_file([a_line(1)]) + b"\n".join(garbage) + b"\n" + a_file([a_line(2)]).split(b"\r\n")[1] + b"\r\n"

    taken, refused, _ = read(content)

    # Garbage may end within an open quotation mark, but that never reaches beyond the next lines.
    assert taken[0].clia_number == "00D0000001"
    assert all(row.line > 2 for row in refused)
    assert len({row.line for row in refused}) == len(refused)
