"""Fields of the registration: what a stranger types, bounded, cleaned and checked one value at a time."""

from collections.abc import Callable
from typing import Any, ClassVar

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget, RadioInput

from registry.domain.text import (
    is_clia,
    is_zip,
    normalise_clia,
    plain,
    plain_lines,
    unwelcome_character,
)
from registry.domain.vocabulary import Vocabulary
from registry.registration.addresses import web_address

REPLACEMENT = "\ufffd"
"""Stands for a character that cannot be shown; refused itself, so that it never reaches a listing."""

_choose_from_the_list = lazy_gettext("Choose from the list.")


def visible(text: str, *, lines: bool = False) -> str:
    """*text* as typed, with ``REPLACEMENT`` for what can be neither shown nor stored."""
    return "".join(REPLACEMENT if unwelcome_character(letter, lines=lines) else letter for letter in text)


class Line(StringField):
    """One line of text: NFC, trimmed, at most *longest* characters, nothing invisible in it."""

    several_lines = False

    def __init__(self, label: Any = None, validators: Any = None, *, longest: int, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.longest = longest

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = valuelist[0] if valuelist else ""
        # Cleaning costs time in proportion to the length: what is far too long is refused as it is.
        if len(typed) > 4 * self.longest or self._unwelcome(typed):
            self.data = typed
        else:
            self.data = plain_lines(typed) if self.several_lines else plain(typed)

    def pre_validate(self, form: Any) -> None:
        text = self.data or ""
        if len(text) > self.longest:
            raise StopValidation(
                _(
                    "Write at most %(longest)s characters; these are %(length)s.",
                    longest=self.longest,
                    length=len(text),
                )
            )
        found = self._unwelcome(text)
        if found is not None:
            raise StopValidation(
                _(
                    "This text holds a character that cannot be shown (U+%(code)s). Take it out.",
                    code=f"{ord(found):04X}",
                )
            )
        if text:
            self.check(text)

    def check(self, text: str) -> None:
        """Refuse *text* by raising ``StopValidation``, or put its clean form into ``self.data``."""

    def _unwelcome(self, text: str) -> str | None:
        if REPLACEMENT in text:
            return REPLACEMENT
        return unwelcome_character(text, lines=self.several_lines)

    def _value(self) -> str:
        typed = self.raw_data[0] if self.raw_data else self.data
        return visible(str(typed or ""), lines=self.several_lines)


class Lines(Line, TextAreaField):
    """Several lines of text."""

    several_lines = True


class MailAddress(Line):
    """An e-mail address that can be written to without asking whether its host exists."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, longest=254, **kwargs)

    def check(self, text: str) -> None:
        try:
            found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
        except EmailNotValidError:
            raise StopValidation(_("Write an e-mail address like name@laboratory.example.")) from None
        self.data = found.ascii_email or text


class Mailbox(MailAddress):
    """The address of a person we write to, in lower case.

    No mail service in use tells mailboxes apart by case; limits and comparisons need one spelling.
    """

    def check(self, text: str) -> None:
        super().check(text)
        self.data = (self.data or "").lower()


class CliaNumber(Line):
    """A CLIA number, stored as CMS writes it."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, longest=40, **kwargs)

    def check(self, text: str) -> None:
        number = normalise_clia(text)
        if not is_clia(number):
            raise StopValidation(_("A CLIA number has two digits, the letter D and seven digits, like 00D0000001."))
        self.data = number


class ZipCode(Line):
    """A ZIP code or ZIP+4."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, longest=20, **kwargs)

    def check(self, text: str) -> None:
        if not is_zip(text):
            raise StopValidation(_("A ZIP code has five digits, like 00501, or nine with a hyphen, like 00501-0001."))


class Phone(Line):
    """A phone number, stored as it is dialed within the United States, with its extension."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, longest=60, **kwargs)

    def check(self, text: str) -> None:
        refusal = StopValidation(_("Write a phone number with its area code, like (202) 555-0100 ext. 12."))
        try:
            number = phonenumbers.parse(text, "US")
        except phonenumbers.NumberParseException:
            raise refusal from None
        if not (phonenumbers.is_valid_number(number) or _has_the_american_shape(number)):
            raise refusal
        national = phonenumbers.PhoneNumberFormat.NATIONAL
        international = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        self.data = phonenumbers.format_number(number, national if number.country_code == 1 else international)


def _has_the_american_shape(number: phonenumbers.PhoneNumber) -> bool:
    # The library's tables lag behind new exchanges of small areas; the shape of the numbering plan does not.
    digits = phonenumbers.national_significant_number(number)
    return number.country_code == 1 and len(digits) == 10 and digits[0] > "1" and digits[3] > "1"


class WebAddress(Line):
    """The address of a public page."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, longest=300, **kwargs)

    def check(self, text: str) -> None:
        address = web_address(text)
        if address is None:
            raise StopValidation(_("Write a web address like https://laboratory.example/her2."))
        if len(address) > self.longest:
            raise StopValidation(_("Write at most %(longest)s characters.", longest=self.longest))
        self.data = address


class WholeNumber(IntegerField):
    """A whole number from *least* on, up to *most* where there is a limit, in ASCII digits."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, least: int = 0, most: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.least = least
        self.most = most

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.most is not None and not self.least <= self.data <= self.most:
            raise StopValidation(
                _("Write a whole number from %(least)s to %(most)s.", least=self.least, most=self.most)
            )

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        typed = valuelist[0].strip() if valuelist else ""
        if not typed:
            return
        if len(typed) > 6 or not (typed.isascii() and typed.isdigit()):
            raise ValueError(_("Write a whole number, like 5."))
        self.data = int(typed)

    def _value(self) -> str:
        if self.raw_data:
            return visible(str(self.raw_data[0]))
        return "" if self.data is None else str(self.data)


def offered(vocabulary: Vocabulary, *, empty: bool = False) -> Callable[[], list[SelectChoice]]:
    """The terms of *vocabulary* that a form offers; with *empty* a first line that says nothing."""
    return lambda: [
        *([SelectChoice("", _("Choose one"))] if empty else []),
        *(SelectChoice(term.slug, _(term.label)) for term in vocabulary.offered),
    ]


def offered_or_not_stated(vocabulary: Vocabulary) -> Callable[[], list[SelectChoice]]:
    """The terms of *vocabulary* that a form offers, and a last line for who does not say."""
    return lambda: [*offered(vocabulary)(), SelectChoice("", _("Not stated"))]


class SometimesNeeded:
    """Marks a field as not optional although another answer may make it empty; checks nothing."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """The form knows when."""


class OneOf(RadioField):
    """One term of a vocabulary, as radio buttons; with *may_be_left* a last one that takes the answer back."""

    option_widget = RadioInput()

    def __init__(
        self, label: Any, validators: Any, *, vocabulary: Vocabulary, may_be_left: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(
            label,
            validators,
            choices=offered_or_not_stated(vocabulary) if may_be_left else offered(vocabulary),
            default="" if may_be_left else None,
            **kwargs,
        )
        self.invalid_choice_message = _choose_from_the_list
        self.vocabulary = vocabulary
        # The components tell kinds of fields apart by the library's names.
        self.type = "RadioField"


class Choice(SelectField):
    """One value of a list that opens."""

    def __init__(self, label: Any, validators: Any, *, choices: Any, **kwargs: Any) -> None:
        super().__init__(label, validators, choices=choices, **kwargs)
        self.invalid_choice_message = _choose_from_the_list

    def process_formdata(self, valuelist: list[Any]) -> None:
        # A form without the field says the same as one with the empty line chosen.
        super().process_formdata(valuelist or [""])


class SomeOf(SelectMultipleField):
    """Several terms of a vocabulary, as check boxes; kept in the vocabulary's order, each once."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any, validators: Any, *, vocabulary: Vocabulary, **kwargs: Any) -> None:
        super().__init__(label, validators, choices=offered(vocabulary), **kwargs)
        self.vocabulary = vocabulary
        self.type = "SelectMultipleField"

    def pre_validate(self, form: Any) -> None:
        chosen = set(self.data or ())
        if not chosen <= {term.slug for term in self.vocabulary.offered}:
            raise StopValidation(_("Choose from the list."))
        self.data = [slug for slug in self.vocabulary.slugs if slug in chosen]
