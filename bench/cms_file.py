"""An invented file in the layout of the CMS "Provider of Services File - Clinical Laboratories".

Names, streets and telephone lines are nobody's. The CLIA numbers begin with the digits of states, as the file's do;
so they may be somebody's, and the file is for measuring only.
"""

import random
from pathlib import Path

from registry.domain.states import US_STATES
from seed_data.cms_layout import ACCREDITORS, COLUMNS

SEED = 20260401
ROWS = 320_000
BAD_SHARE = 1 / 1_000
ENDED_SHARE = 0.35

_WORDS = (
    "ALDER", "BIRCH", "CEDAR", "DOGWOOD", "ELM", "FIR", "GINKGO", "HAZEL", "JUNIPER", "LARCH", "MAPLE", "OAK",
)  # fmt: skip
_KINDS = (
    "FAMILY PRACTICE PA", "PATHOLOGY ASSOCIATES LLC", "MEMORIAL HOSPITAL LAB", "REGIONAL MEDICAL CTR", "DIALYSIS",
    "URGENT CARE", "DEPT OF HEALTH", "PHARMACY #1234", "ONCOLOGY, P.C.", "CLINICAL LABORATORIES INC",
)  # fmt: skip
_TOWNS = ("SAMPLETON", "EXAMPLE CITY", "NOWHERE", "FICTION SPRINGS", "PLACEHOLDER", "DEMOVILLE")
_CERTIFICATES = (("1", 6), ("2", 76), ("3", 6), ("4", 10), ("9", 2))
_ENDED = ("01", "02", "03", "04", "08", "09", "12", "20", "33", "99")
_DAYS = [f"{year}{month:02}{day:02}" for year in range(2016, 2029) for month in range(1, 13) for day in (1, 9, 17, 28)]


def write(path: Path, rows: int = ROWS, *, seed: int = SEED, lower: bool = False, without: tuple[str, ...] = ()) -> int:
    """Write that many rows to *path*, one in a thousand of them bad. Returns how many are good.

    *lower* writes the header in small letters; *without* names columns that this quarter lacks.
    """
    chance = random.Random(seed)
    columns = [name for name in COLUMNS if name not in without]
    states = tuple(US_STATES)
    kinds, weights = zip(*_CERTIFICATES, strict=True)
    good = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(",".join(name.lower() if lower else name for name in columns) + "\r\n")
        for number in range(rows):
            certificate = chance.choices(kinds, weights)[0]
            cells = _cells(chance, number, states[number * len(states) // rows], certificate)
            line = [cells.get(name, "") for name in columns]
            if chance.random() < BAD_SHARE:
                line = chance.choice((line[:-3], [*line, "X"], ["\0", *line[1:]], ["?"] * len(line)))
            else:
                good += 1
            stream.write(",".join(line) + "\r\n")
    return good


def _cells(chance: random.Random, number: int, state: str, certificate: str) -> dict[str, str]:
    ended = chance.random() < ENDED_SHARE
    name = f"{chance.choice(_WORDS)} {chance.choice(_WORDS)} {chance.choice(_KINDS)}"
    county = f"{chance.randrange(1000):03}"
    began, expires = chance.choice(_DAYS), chance.choice(_DAYS)
    cap = certificate == "3" and chance.random() < 0.6
    return {
        "PRVDR_CTGRY_SBTYP_CD": "01",
        "PRVDR_CTGRY_CD": "22",
        "CHOW_CNT": "0",
        "CITY_NAME": chance.choice(_TOWNS),
        "ACPTBL_POC_SW": "N",
        "CMPLNC_STUS_CD": "A" if chance.random() < 0.97 else "B",
        "SSA_CNTY_CD": county,
        "CRTFCTN_DT": began,
        "ELGBLTY_SW": "Y",
        "FAC_NAME": f'"{name}"' if "," in name else name,
        "ORGNL_PRTCPTN_DT": began,
        "PRVDR_NUM": f"{10 + number // 40_000:02}D{number:07}",
        "RGN_CD": "04",
        "SKLTN_REC_SW": "N",
        "STATE_CD": state,
        "SSA_STATE_CD": "11",
        "STATE_RGN_CD": "001",
        "ST_ADR": f"{chance.randrange(1, 9999)} EXAMPLE STREET",
        "PHNE_NUM": f"{chance.randrange(201, 990)}55501{chance.randrange(100):02}",
        "PGM_TRMNTN_CD": chance.choice(_ENDED) if ended else "00",
        "TRMNTN_EXPRTN_DT": expires,
        "CRTFCTN_ACTN_TYPE_CD": "3",
        "GNRL_CNTL_TYPE_CD": "04",
        "ZIP_CD": f"{chance.randrange(501, 99951):05}",
        "FIPS_STATE_CD": "13",
        "FIPS_CNTY_CD": county,
        "CBSA_URBN_RRL_IND": "U",
        "CBSA_CD": "12060",
        "ADDTNL_ST_ADR": f"SUITE {chance.randrange(100, 900)}" if chance.random() < 0.3 else "",
        **{f"{body}_ACRDTD_Y_MATCH_SW": "N" for body in ACCREDITORS},
        "CAP_ACRDTD_Y_MATCH_SW": "Y" if cap else "N",
        "CAP_ACRDTD_Y_MATCH_DT": began if cap else "",
        "APLCTN_RCVD_DT": began,
        "APLCTN_TYPE_CD": "1",
        "GNRL_FAC_TYPE_CD": chance.choice(("14", "15", "21", "06", "24", "29")),
        "CRTFCT_EFCTV_DT": began,
        "CRTFCT_MAIL_DT": began,
        "CRTFCT_TYPE_CD": certificate,
        "CURRENT_CLIA_LAB_CLSFCTN_CD": "10",
        "CLIA_LAB_CLASSIFICATION_CD_1": "10",
        "FORM_116_ACRDTD_TEST_VOL_CNT": "0",
        "FORM_116_TEST_VOL_CNT": "0",
        "DRCTLY_AFLTD_LAB_CNT": "0",
        "FAX_PHNE_NUM": f"{chance.randrange(201, 990)}55501{chance.randrange(100):02}",
        "FY_END_MO_DAY_CD": "1231",
        "MLT_SITE_EXCPTN_SW": "N",
        "HOSP_LAB_EXCPTN_SW": "N",
        "NON_PRFT_EXCPTN_SW": "N",
        "LAB_TEMP_TSTG_SITE_SW": "N",
        "LAB_SITE_CNT": "0",
        "PPMP_TEST_VOL_CNT": "0",
        "SHR_LAB_SW": "N",
        "FORM_1557_TEST_VOL_CNT": "0",
        "WVD_TEST_VOL_CNT": str(chance.randrange(20_000)),
    }
