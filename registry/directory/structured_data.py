"""A listing as other machines read it in its page: schema.org, release 30.0."""

import json
from typing import Any

from registry.directory.listing_text import web_page
from registry.domain.profile import LabProfile, Offering
from registry.domain.vocabulary import SPECIMEN_TYPE, TEST_METHOD

_ON_TISSUE = frozenset({"protein", "ish"})


def json_ld(profile: LabProfile, *, lat: float, lon: float, url: str) -> str:
    """The laboratory at WGS84 *lat*, *lon* as ``DiagnosticLab``, whose page here is *url*.

    What could end the element around it is escaped, and so are the two line ends that JavaScript knows and
    JSON does not.
    """
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "DiagnosticLab",
        "@id": url,
        "name": profile.name,
        "url": web_page(profile) or url,
        "mainEntityOfPage": url,
        "telephone": profile.phone,
        "address": _address(profile),
        # A DiagnosticLab is an organization, not a place: its point stands under its location.
        "location": {
            "@type": "Place",
            "address": _address(profile),
            "geo": {"@type": "GeoCoordinates", "latitude": lat, "longitude": lon},
        },
        "medicalSpecialty": ["Pathology", "Oncologic"],
        "availableTest": [_test(offering) for offering in profile.offerings],
    }
    if profile.public_email:
        data["email"] = profile.public_email
    if profile.clia_number:
        data["identifier"] = {"@type": "PropertyValue", "propertyID": "CLIA", "value": profile.clia_number}
    return _inside_a_page(json.dumps(data, ensure_ascii=False))


def _address(profile: LabProfile) -> dict[str, str]:
    return {
        "@type": "PostalAddress",
        "streetAddress": ", ".join(filter(None, (profile.address_line1, profile.address_line2))),
        "addressLocality": profile.city,
        "addressRegion": profile.state,
        "postalCode": profile.zip,
        "addressCountry": "US",
    }


def _test(offering: Offering) -> dict[str, Any]:
    """Only what looks at tissue under the microscope is a ``PathologyTest``, which alone has a ``tissueSample``."""
    known = offering.method in TEST_METHOD
    on_tissue = known and TEST_METHOD[offering.method].group in _ON_TISSUE
    test: dict[str, Any] = {"@type": "PathologyTest" if on_tissue else "MedicalTest", "name": offering.name}
    if known:
        test["description"] = TEST_METHOD[offering.method].label
    if offering.assay_name:
        test["usesDevice"] = {"@type": "MedicalDevice", "name": offering.assay_name}
    if offering.cpt_codes:
        test["code"] = [
            {"@type": "MedicalCode", "codeValue": code, "codingSystem": "CPT"} for code in offering.cpt_codes
        ]
    if on_tissue:
        test["tissueSample"] = ", ".join(SPECIMEN_TYPE.label(slug) for slug in offering.specimens)
    return test


def _inside_a_page(text: str) -> str:
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
