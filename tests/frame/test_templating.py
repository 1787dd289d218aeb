"""What a language settles is settled when a template is compiled, and in no other language."""

import pytest
from flask import Flask, render_template_string
from markupsafe import Markup
from sqlalchemy.orm import Session

from registry.skeleton import Skeleton, Slots
from tests.support.client import PageClient
from tests.support.factories import publish


def in_language(app: Flask, language: str, source: str, **values: object) -> str:
    with app.test_request_context(f"/?lang={language}"):
        return render_template_string(source, **values)


def test_a_constant_message_is_in_the_language_of_each_page(app: Flask) -> None:
    source = "<p>{{ _('Find laboratories') }}</p>"
    english, spanish = in_language(app, "en", source), in_language(app, "es", source)
    assert english == "<p>Find laboratories</p>"
    assert spanish not in {english, ""}
    assert in_language(app, "en", source) == english


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_put_into_a_message_is_escaped(app: Flask, language: str) -> None:
    shown = in_language(app, language, "{{ _('HER2 laboratories near %(place)s', place=place) }}", place="<b>&")
    assert "&lt;b&gt;&amp;" in shown
    assert "<b>" not in shown


def test_a_percent_sign_stands_for_itself(app: Flask) -> None:
    assert "%d" in in_language(app, "en", "{{ _('%%d suggestions. Use the arrow keys.') }}")


def test_addresses_keep_the_chosen_language_and_the_mount(app: Flask) -> None:
    source = "{{ url_for('directory.search') }}"
    assert in_language(app, "es", source) == "/labs?lang=es"
    with app.test_request_context("/"):
        assert render_template_string(source) == "/labs"
    with app.test_request_context("/", base_url="http://localhost/registry"):
        assert render_template_string(source) == "/registry/labs"


def test_filters_remember_by_language(app: Flask) -> None:
    source = "{{ 'plasma' | shown('specimens') }} {{ '2026-11-01' | day }}"
    assert in_language(app, "en", source) == "Plasma November 1, 2026"
    assert in_language(app, "es", source) == "Plasma 1 de noviembre de 2026"


def test_pages_of_two_languages_in_turn(session: Session, client: PageClient) -> None:
    publish(session, name="Twofold Heron")
    for language, heading in (
        ("en", "HER2 laboratories near"),
        ("es", "Laboratorios de HER2 cerca de"),
        ("en", "HER2"),
    ):
        page = client.load(f"/labs?near=30303&lang={language}")
        assert page.h1.startswith(heading)
        assert "Twofold Heron" in page.text


def test_a_skeleton_is_filled_in_its_places() -> None:
    at = Slots()
    skeleton = Skeleton(str(Markup("<p>{}, {}: {}</p>").format(at.name, at("mark", "a"), at.name)))
    assert skeleton.names == ("name", "mark a", "name")
    assert skeleton.fill(name="N", **{"mark a": "!"}) == "<p>N, !: N</p>"
    assert skeleton.fill_in_order(["1", "2", "3"]) == "<p>1, 2: 3</p>"
    with pytest.raises(KeyError):
        skeleton.fill(name="N")
