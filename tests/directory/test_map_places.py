"""The map where the country is widest: the Aleutians on both sides of the 180th meridian, and the Pacific."""

import math

import pytest

from tests.directory.maps import Visitor, box_of, opened
from tests.support.browser import Live
from tests.support.factories import publish

pytestmark = pytest.mark.parametrize("live", ["sqlite"], indirect=True)

LABORATORIES = {
    "Invented Guam": ((13.50, 144.80), "96910", "Hagatna", "GU"),
    "Invented Saipan": ((15.19, 145.75), "96950", "Saipan", "MP"),
    "Invented Oahu": ((21.31, -157.86), "96813", "Honolulu", "HI"),
    "Invented Fairbanks": ((64.84, -147.72), "99701", "Fairbanks", "AK"),
    "Invented Adak": ((51.88, -176.65), "99546", "Adak", "AK"),
    "Invented Shemya": ((52.71, 174.11), "99546", "Adak", "AK"),
    "Invented Pago Pago": ((-14.28, -170.70), "96799", "Pago Pago", "AS"),
    "Invented San Juan": ((18.46, -66.10), "00901", "San Juan", "PR"),
}
# Whether the land is drawn at a point of the window; the shapes take no part in what the pointer meets.
ON_LAND = """(land, [x, y]) => {
  const point = new DOMPoint(x, y).matrixTransform(land.getScreenCTM().inverse());
  return land.isPointInFill(point);
}"""


@pytest.fixture(scope="module", autouse=True)
def laboratories(live: Live) -> None:
    """One in each of the far places."""
    with live.session() as session:
        for name, (at, zip_code, city, state) in LABORATORIES.items():
            publish(session, name=name, at=at, zip=zip_code, city=city, state=state)


def test_the_aleutians_lie_together_across_the_meridian(live: Live, visitor: Visitor) -> None:
    section = opened(visitor(), live, "near=99546&within=500")

    canvas = box_of(section.locator("[data-map-canvas]"))
    radius = box_of(section.locator(".map-radius"))
    centre = box_of(section.locator(".map-centre")).middle
    shemya = box_of(section.get_by_title("Invented Shemya")).middle

    assert radius.width < canvas.width
    assert radius.left < centre[0] < radius.right
    # 390 miles to the west-north-west of the middle of a circle of 500.
    assert math.dist(centre, shemya) / (radius.width / 2) == pytest.approx(390 / 500, abs=0.06)
    assert shemya[0] < centre[0] - 0.6 * radius.width / 2


def test_from_guam_hawaii_and_alaska_lie_to_the_east(live: Live, visitor: Visitor) -> None:
    section = opened(visitor(), live, "near=96910&within=any")

    canvas = box_of(section.locator("[data-map-canvas]"))
    centre = box_of(section.locator(".map-centre")).middle
    fairbanks = box_of(section.get_by_title("Invented Fairbanks")).middle
    for name in LABORATORIES:
        pin = box_of(section.get_by_title(name))
        assert canvas.left <= pin.left
        assert pin.right <= canvas.right
        assert pin.middle[0] > centre[0] - 60
    assert fairbanks[0] > centre[0] + 40
    assert section.locator(".map-land").evaluate(ON_LAND, list(fairbanks))


@pytest.mark.parametrize(
    ("near", "name", "counties"),
    [
        ("96910", "Guam", None),
        ("96950", "Northern Mariana Islands", "69"),
        ("96799", "American Samoa", "60"),
        ("96813", "Hawaii", "15"),
        ("00901", "Puerto Rico", "72"),
    ],
)
def test_islands_bear_their_names_and_bring_their_own_counties(
    live: Live, visitor: Visitor, near: str, name: str, counties: str | None
) -> None:
    page = visitor()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    section = opened(page, live, f"near={near}&within=100")

    assert name in section.locator(".map-label-islands").all_inner_texts()
    assert any(f"/counties/{counties}-" in url for url in asked) == (counties is not None)


def test_far_states_are_not_asked_for_their_counties(live: Live, visitor: Visitor) -> None:
    page = visitor()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    opened(page, live, "near=99701&within=50")
    opened(page, live, "near=96813&within=any")

    loaded = [url.rpartition("/")[2][:2] for url in asked if "/counties/" in url]
    assert loaded == ["02"]
