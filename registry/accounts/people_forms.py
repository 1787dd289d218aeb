"""What administrators and members of staff type about accounts."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import StopValidation

from registry.accounts.members import is_address
from registry.accounts.passwords import problem_of
from registry.accounts.people import NOT_AN_ADDRESS
from registry.domain.staff_acts import ROLE_LABELS
from registry.domain.text import plain
from registry.models.account import ROLES


class RoleForm(FlaskForm):  # type: ignore[misc]
    """One of the roles."""

    role = RadioField(_l("Role"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.flags.required = True
        self.role.choices = [SelectChoice(name, _(ROLE_LABELS[name])) for name in ROLES]

    def validate_role(self, field: RadioField) -> None:
        if field.data not in ROLES:
            raise StopValidation(_("Choose a role."))


class InviteForm(RoleForm):
    """Whom to invite, and for which role."""

    email = StringField(_l("E-mail"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email.flags.required = True

    def validate_email(self, field: StringField) -> None:
        field.data = plain(field.data or "") if len(field.data or "") < 1000 else ""
        if not is_address(field.data):
            raise StopValidation(_(NOT_AN_ADDRESS))


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, typed twice, for the account of *email*."""

    password = PasswordField(_l("New password"))
    again = PasswordField(_l("The new password again"))

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        for field in (self.password, self.again):
            field.flags.required = True

    def validate_password(self, field: PasswordField) -> None:
        problem = problem_of(field.data or "", self.email)
        if problem:
            raise StopValidation(_(problem))

    def validate_again(self, field: PasswordField) -> None:
        if not self.password.errors and field.data != self.password.data:
            raise StopValidation(_("The two are not the same. Type the new password twice."))
