"""The components look as their kept pictures do, and colors can be told apart.

After a change that is meant: ``python -m tests.frame.renew_looks``, and look at what it wrote.
"""

from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from registry.development.tokens import contrast, swatches
from tests.support.client import PageClient
from tests.support.looks_client import demonstration
from tests.support.pictures import (
    ADDRESS,
    KEPT,
    MOST_SIZE,
    WIDTHS,
    Difference,
    components,
    difference,
    file_of,
    take,
)

MOST_BYTES = 400_000


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> PageClient:
    """Who looks at the demonstration."""
    return demonstration(tmp_path_factory.mktemp("demonstration"))


@pytest.fixture(scope="module")
def sample(browser: Browser, client: PageClient) -> Iterator[Page]:
    """A browser's page with the components."""
    with components(browser, client) as page:
        yield page


def changed(pictures: dict[str, Image.Image], width: int) -> dict[str, Difference]:
    """The components that look otherwise than they did, and by how much."""
    found = {}
    for name, picture in pictures.items():
        with Image.open(file_of(name, width)) as kept:
            apart = difference(kept, picture)
        if apart.seen:
            found[name] = apart
    return found


@pytest.mark.parametrize("width", WIDTHS)
def test_components_look_as_they_did(sample: Page, width: int) -> None:
    pictures = take(sample, width)

    kept = {file.name.removesuffix(f"-{width}.png") for file in KEPT.glob(f"*-{width}.png")}
    assert set(pictures) == kept, "renew the pictures"
    assert changed(pictures, width) == {}


@pytest.mark.parametrize(
    ("component", "mutation"),
    [
        ("buttons", ":root { --accent: #0b6b77 }"),
        ("buttons", ".button { padding-block: 1rem !important }"),
        ("buttons", ".button-quiet { border-color: transparent !important }"),
        ("fields-error", ".field-broken { border-left-color: transparent !important }"),
        ("fields-error", "[aria-invalid] { border-color: #6b7d85 !important }"),
        ("notices", ".notice { background: none !important }"),
        ("badges", ".badge { border-radius: 0 !important }"),
        ("cards", "h3 { font-weight: 400 !important }"),
        ("choices", ".hint { display: none !important }"),
        ("changes", "del { text-decoration: none !important; background: none !important }"),
    ],
)
def test_a_change_of_the_look_is_seen(sample: Page, component: str, mutation: str) -> None:
    style = sample.add_style_tag(content=mutation)

    found = changed(take(sample, WIDTHS[0], only=component), WIDTHS[0])

    style.evaluate("one => one.remove()")
    assert found


def test_the_pictures_are_small() -> None:
    assert sum(file.stat().st_size for file in KEPT.glob("*.png")) < MOST_BYTES


def test_a_picture_of_another_size_differs() -> None:
    kept = Image.new("RGB", (100, 100), "white")

    assert difference(kept, Image.new("RGB", (100, 101), "white")).seen is False
    assert difference(kept, Image.new("RGB", (100, round(101 + 100 * MOST_SIZE)), "white")).seen is True


def test_a_shade_is_no_difference_and_a_line_is_one() -> None:
    kept = Image.new("RGB", (200, 100), (255, 255, 255))
    line = kept.copy()
    line.paste((107, 125, 133), (20, 50, 180, 51))

    assert difference(kept, Image.new("RGB", (200, 100), (250, 252, 250))).seen is False
    assert difference(kept, line).seen is True


def test_every_color_can_be_told_from_its_ground() -> None:
    too_weak = [f"{one.name} on {one.ground_name}: {one.ratio:.2f}" for one in swatches() if one.ratio < one.needed]

    assert too_weak == []


def test_the_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.005)
    with pytest.raises(ValueError, match="hexadecimal"):
        contrast("teal", "#fff")


def test_the_page_of_components_is_in_english_and_for_nobody_to_find(client: PageClient) -> None:
    page = client.load(ADDRESS.replace("lang=en", "lang=es"))

    assert page.main.all("div", lang="en")
    assert page.one("meta", name="robots")["content"] == "noindex"
