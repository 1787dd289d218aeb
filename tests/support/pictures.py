"""Pictures of the components: how they are taken, how they are kept, and how two of them differ."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Browser, FloatRect, Page

from config import ROOT
from tests.support.answering import HOST, answer_from
from tests.support.blockfont import style
from tests.support.client import PageClient

KEPT = ROOT / "tests" / "looks"
WIDTHS = (320, 1280)
ADDRESS = "/dev/components?lang=en"
# Pictures are half the size of the page: small to keep, and a line of one pixel still changes them.
_SCALE = 0.5
_COLORS = 256
# Components alone, each from an even pixel to an even one: what changes in one moves no other by half a pixel.
_ALONE = """
  .skip, .ribbon, .site, .site-foot, [data-sample] > :not(section) { display: none !important }
  main { padding: 16px !important }
  .sample { margin: 0 !important; overflow: hidden }
"""
_ROUND_UP = """() => {
  for (const one of document.querySelectorAll("[data-component]")) {
    one.style.height = "";
    one.style.height = `${2 * Math.ceil(one.getBoundingClientRect().height / 2)}px`;
  }
}"""
_BOXES = """() => Object.fromEntries([...document.querySelectorAll("[data-component]")].map((one) => {
  const box = one.getBoundingClientRect();
  return [one.dataset.component, [box.left, box.top + scrollY, box.right, box.bottom + scrollY].map(Math.round)];
}))"""

_CELL = 4
"""Pixels of a picture that are looked at as one: what moves by less is no change."""
SEEN = 12
"""How far a cell must be from its fellow, of 255 in any of red, green and blue, to count as another."""
MOST_CELLS = 0.004
"""The share of cells that may be others."""
MOST_SIZE = 0.02
"""How much a picture may be higher or lower."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How two pictures differ: ``size``, the share by which one is larger, and ``cells``, the share that look
    different.
    """

    size: float
    cells: float

    @property
    def seen(self) -> bool:
        """Whether it is more than machines differ by."""
        return self.size > MOST_SIZE or self.cells > MOST_CELLS


def difference(kept: Image.Image, taken: Image.Image) -> Difference:
    """How *taken* differs from *kept*."""
    size = max(abs(1 - one / other) for one, other in zip(taken.size, kept.size, strict=True))
    if size > MOST_SIZE:
        return Difference(size, 1.0)
    one, other = (_cells(picture, kept.size) for picture in (kept, taken))
    apart = ImageChops.difference(one, other)
    # The greatest of the three channels.
    red, green, blue = apart.split()
    greatest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    counts = greatest.histogram()
    return Difference(size, sum(counts[SEEN + 1 :]) / sum(counts))


def _cells(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    alike = picture.convert("RGB").crop((0, 0, *size)) if picture.size != size else picture.convert("RGB")
    return alike.filter(ImageFilter.BoxBlur(1)).reduce(_CELL)


@contextmanager
def components(browser: Browser, client: PageClient) -> Iterator[Page]:
    """A browser's page with the components, answered by *client*: without scripts, and with blocks for letters."""
    # Before the browser asks: what is wrong with the page is said here, and not by a time-out.
    client.load(ADDRESS)
    context = browser.new_context(device_scale_factor=_SCALE, bypass_csp=True, reduced_motion="reduce")
    answer_from(client, context)
    context.route("**/*.js", lambda route: route.abort())
    page = context.new_page()
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    page.goto(f"{HOST}{ADDRESS}")
    page.add_style_tag(content=style() + _ALONE)
    page.evaluate("document.fonts.ready.then(() => null)")
    yield page
    context.close()


def take(page: Page, width: int, only: str = "") -> dict[str, Image.Image]:
    """The picture of each component at *width* CSS pixels, by its name; that of one when *only* names it."""
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(_ROUND_UP)
    boxes: dict[str, list[int]] = page.evaluate(_BOXES)
    if only:
        x, y, right, bottom = boxes[only]
        clip: FloatRect = {"x": x, "y": y, "width": right - x, "height": bottom - y}
        return {only: _opened(page.screenshot(full_page=True, clip=clip))}
    whole = _opened(page.screenshot(full_page=True))
    return {name: whole.crop(tuple(round(edge * _SCALE) for edge in box)) for name, box in boxes.items()}  # type: ignore[arg-type]


def _opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def file_of(name: str, width: int) -> Path:
    """Where the picture of a component is kept."""
    return KEPT / f"{name}-{width}.png"


def keep(pictures: dict[str, Image.Image], width: int) -> None:
    """Keep *pictures* as those to compare with."""
    for name, picture in pictures.items():
        picture.quantize(_COLORS, dither=Image.Dither.NONE).save(file_of(name, width), optimize=True)
