"""The checks that every page goes through find what they are for; without that their silence means nothing."""

import socket
from collections.abc import Callable

import pytest
from playwright.sync_api import Page as BrowserPage
from werkzeug.datastructures import Headers

from tests.support.browser import accessibility_faults
from tests.support.checks import faults
from tests.support.network import NetworkForbidden
from tests.support.pages import Page, fill

HEADERS = Headers({"Content-Security-Policy": "default-src 'none'; script-src 'nonce-abc'"})
SOUND = """<!doctype html>
<html lang="en"><head><meta name="viewport" content="width=device-width"><title>A page – Site</title>
<script src="/static/app.js" nonce="abc"></script></head>
<body><main id="main"><h1>A page</h1>
<form method="post" action="/join"><input type="hidden" name="csrf_token" value="t">
<label for="a">Name</label><input id="a" name="a" value="old">
<fieldset><legend>Colors</legend>
<label><input type="checkbox" name="colors" value="red" checked>Red</label>
<label><input type="checkbox" name="colors" value="blue">Blue</label></fieldset>
<label for="s">Size</label><select id="s" name="s"><option
value="">None</option><option>Small</option></select> <label for="n">Note</label><textarea id="n" name="n">
kept</textarea>
<label><input type="checkbox" name="yes" value="y">Yes</label>
<label for="d">Gone</label><input id="d" name="d" value="x" disabled>
<button name="then" value="go">Go on</button><button name="then" value="later">Later</button></form>
</main></body></html>"""

BROKEN = {
    "two headings": ("<h1>A page</h1>", "<h1>A page</h1><h1>Again</h1>", "2 <h1>"),
    "no title": ("<title>A page – Site</title>", "<title></title>", "no <title>"),
    "no language": ('<html lang="en">', "<html>", "<html lang>"),
    "no viewport": ('<meta name="viewport" content="width=device-width">', "", "viewport"),
    "a wrong nonce": ('nonce="abc"', 'nonce="abd"', "nonce"),
    "an inline script": ("</main>", '<script nonce="abc">x()</script></main>', "inline script"),
    "an inline style": ("<h1>", '<h1 style="color:red">', "inline style="),
    "a handler": ("<h1>", '<h1 onclick="x()">', "inline onclick="),
    "a scripted link": ("</main>", '<a href="javascript:x()">x</a></main>', "scripted address"),
    "no label": ('<label for="a">Name</label>', "", "no label"),
    "a double id": ("<h1>", '<h1 id="a">', "stands 2 times"),
    "a dead reference": ('name="a"', 'name="a" aria-describedby="gone"', "leads nowhere"),
    "a foreign image": ("</main>", '<img alt="" src="//cdn.example/x.png"></main>', "another machine"),
    "a link without rel": ("</main>", '<a href="https://x.example/">x</a></main>', "rel lacks"),
    "no token": ('<input type="hidden" name="csrf_token" value="t">', "", "csrf_token"),
    "a heading left out": ("</form>", "</form><h3>x</h3>", "heading level"),
}


def test_a_sound_page_has_no_fault() -> None:
    assert faults(Page(SOUND), HEADERS) == []


@pytest.mark.parametrize(("right", "wrong", "told"), BROKEN.values(), ids=BROKEN)
def test_a_fault_is_found(right: str, wrong: str, told: str) -> None:
    assert right in SOUND

    found = faults(Page(SOUND.replace(right, wrong, 1)), HEADERS)

    assert [fault for fault in found if told in fault], found


@pytest.mark.parametrize("policy", ["", "default-src 'none'; script-src 'unsafe-inline'", "default-src *"])
def test_a_weak_policy_is_found(policy: str) -> None:
    assert "weak" in " ".join(faults(Page(SOUND), Headers({"Content-Security-Policy": policy})))


def test_a_form_is_sent_as_a_browser_sends_it() -> None:
    form = Page(SOUND).form()

    assert fill(form, {}, "Go on") == [
        ("csrf_token", "t"),
        ("a", "old"),
        ("colors", "red"),
        ("s", ""),
        ("n", "kept"),
        ("then", "go"),
    ]


def test_fields_are_changed_as_a_person_changes_them() -> None:
    sent = fill(Page(SOUND).form(), {"a": "new", "colors": ["blue"], "s": "Small", "n": "", "yes": True}, "Later")

    assert sent == [
        ("csrf_token", "t"),
        ("a", "new"),
        ("colors", "blue"),
        ("s", "Small"),
        ("n", ""),
        ("yes", "y"),
        ("then", "later"),
    ]


@pytest.mark.parametrize("fields", [{"nothing": "x"}, {"s": "Large"}, {"colors": ["green"]}])
def test_what_the_page_does_not_offer_cannot_be_sent(fields: dict[str, object]) -> None:
    with pytest.raises(AssertionError):
        fill(Page(SOUND).form(), fields, None)


@pytest.mark.parametrize(
    "call",
    [
        lambda: socket.getaddrinfo("example.org", 443),
        lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
    ],
    ids=["a look-up", "a connection", "a datagram"],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_world_cannot_be_reached(call: Callable[[], object]) -> None:
    with pytest.raises(NetworkForbidden):
        call()


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as own:
        assert own.getpeername() == server.getsockname()


def test_axe_and_the_width_find_what_is_wrong(page: BrowserPage) -> None:
    page.set_content('<html><body><p style="color:#aaa;width:2000px">faint and wide</p><img src="x"></body></html>')

    found = " ".join(accessibility_faults(page, (320,)))

    for told in ("color-contrast", "image-alt", "html-has-lang", "too wide"):
        assert told in found
