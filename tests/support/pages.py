"""A page as a person meets it: its words, links and forms; and what must be true of every page."""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from tests.support.elements import Builder, Element

__all__ = ["Element", "Page", "fill", "is_local", "values"]


class Page:
    """A parsed HTML answer and the address it came from."""

    def __init__(self, html: str, url: str = "/") -> None:
        builder = Builder()
        builder.feed(html)
        builder.close()
        self.html = html
        self.url = url
        self.root = builder.root

    def all(self, *tags: str, **attributes: str) -> list[Element]:
        return self.root.all(*tags, **attributes)

    def one(self, *tags: str, **attributes: str) -> Element:
        return self.root.one(*tags, **attributes)

    @property
    def text(self) -> str:
        """All readable text of the body."""
        return self.one("body").text

    @property
    def main(self) -> Element:
        """What the page is about, without header and footer."""
        return self.one("main")

    @property
    def title(self) -> str:
        # A drawing has titles of its own.
        titles = [title for title in self.all("title") if title.parent is not None and title.parent.tag == "head"]
        return titles[0].raw_text.strip() if titles else ""

    @property
    def h1(self) -> str:
        return self.one("h1").text

    def link(self, text: str) -> str:
        """The address of the first link whose text or ``aria-label`` contains *text*."""
        for link in self.all("a"):
            if "href" in link.attributes and (text in link.text or text in link.get("aria-label")):
                return urljoin(self.url, link["href"])
        raise AssertionError(f"no link “{text}” on {self.url}: {[link.text for link in self.all('a')]}")

    def form(self, button: str | None = None) -> Element:
        """The form that holds the button with this text; without *button*, the only POST form, else the only
        one, of <main>.
        """
        forms = self.all("form")
        if button is not None:
            found = [form for form in forms if any(button in _face(one) for one in buttons(form))]
            offered = [_face(one) for form in forms for one in buttons(form)]
            assert found, f"no button “{button}” on {self.url}: {offered}"
            return found[0]
        within = self.main.all("form") or forms
        posting = [form for form in within if form.get("method").lower() == "post"]
        chosen = posting or within
        assert len(chosen) == 1, f"{len(chosen)} forms on {self.url}: say which button"
        return chosen[0]

    def errors(self) -> dict[str, str]:
        """Control name to the error text that ``aria-describedby`` ties to it, for every control marked
        invalid.
        """
        by_id = {element["id"]: element for element in self.root.walk() if "id" in element.attributes}
        return {
            control.get("name") or control.get("id"): " ".join(
                by_id[one].text for one in control.get("aria-describedby").split() if one in by_id
            )
            for control in self.root.walk()
            if control.get("aria-invalid") == "true"
        }


def buttons(form: Element) -> list[Element]:
    """What sends *form* when pressed."""
    return [
        control
        for control in form.all("button", "input")
        if control.get("type", "submit" if control.tag == "button" else "text") in {"submit", "image"}
    ]


def _face(button: Element) -> str:
    return button.get("value") if button.tag == "input" else button.text or button.get("aria-label")


def values(form: Element) -> list[tuple[str, str]]:
    """What a browser would send of *form* as it stands, without any button."""
    found: list[tuple[str, str]] = []
    for control in form.all("input", "select", "textarea"):
        name = control.get("name")
        if not name or _disabled(control):
            continue
        kind = control.get("type", "text").lower()
        if control.tag == "select":
            options = control.all("option")
            chosen = [option for option in options if "selected" in option.attributes]
            if "multiple" not in control.attributes:
                chosen = chosen[-1:] or options[:1]
            found += [(name, _option_value(option)) for option in chosen]
        elif control.tag == "textarea":
            found.append((name, control.raw_text.removeprefix("\n")))
        elif kind in {"checkbox", "radio"}:
            if "checked" in control.attributes:
                found.append((name, control.get("value", "on")))
        elif kind not in {"submit", "button", "image", "reset", "file"}:
            found.append((name, control.get("value")))
    return found


def fill(form: Element, fields: dict[str, Any], button: str | None) -> list[tuple[str, str]]:
    """What a browser would send of *form* after a person changed *fields* and pressed *button*.

    A field is a string; True or False for a single check box; a list of values for check boxes and multiple
    selections; None leaves nothing chosen. Only what the page offers can be sent: an unknown name, option or
    box is an AssertionError.
    """
    sent = values(form)
    for name, wanted in fields.items():
        controls = form.all("input", "select", "textarea", name=name)
        assert controls, f"the form has no field {name!r}: {sorted({one.get('name') for one in form.walk()})}"
        place = next((at for at, (other, _) in enumerate(sent) if other == name), len(sent))
        sent = [pair for pair in sent if pair[0] != name]
        sent[place:place] = [(name, value) for value in _chosen(controls, wanted)]
    if button is not None:
        pressed = next(one for one in buttons(form) if button in _face(one))
        if pressed.get("name"):
            sent.append((pressed["name"], pressed.get("value")))
    return sent


def _chosen(controls: list[Element], wanted: Any) -> list[str]:
    first = controls[0]
    kind = first.get("type", "text").lower()
    if first.tag == "select":
        offered = [_option_value(option) for option in first.all("option")]
    elif kind in {"checkbox", "radio"}:
        offered = [control.get("value", "on") for control in controls]
        if isinstance(wanted, bool):
            assert len(controls) == 1, f"{first.get('name')} has several boxes: name their values"
            return offered if wanted else []
    else:
        return [] if wanted is None else [str(wanted)]
    if wanted is None:
        return []
    chosen = [str(value) for value in wanted] if isinstance(wanted, list | tuple | set) else [str(wanted)]
    missing = [value for value in chosen if value not in offered]
    assert not missing, f"{first.get('name')} does not offer {missing}; it offers {offered}"
    return [value for value in offered if value in chosen]


def _option_value(option: Element) -> str:
    return option.get("value") if "value" in option.attributes else option.text


def _disabled(control: Element) -> bool:
    fieldsets = (node for node in control.ancestors if node.tag == "fieldset")
    return "disabled" in control.attributes or any("disabled" in node.attributes for node in fieldsets)


def is_local(address: str) -> bool:
    """Whether a browser would stay with this server for *address*."""
    parts = urlsplit(address.strip())
    slashes = re.match(r"[\\/]{2}", address.strip())
    return not parts.netloc and not slashes and parts.scheme in {"", "tel", "mailto"}
