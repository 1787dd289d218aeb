"""What keeps the public forms from being abused, and people from being refused by it.

A public form that writes or mails::

    class ClaimForm(GuardedForm, FlaskForm): ...

    {% from "components/guard.html" import guard %}
    <form method="post">{{ form.csrf_token }} … {{ guard(form) }} … </form>

    form.suspicions()   # after the form was found in order: slugs of SUSPICION, to be kept with what was sent
    form.is_trapped     # a field that people do not see was filled in: keep it, but mail nothing
"""

from registry.guard.form import GuardedForm

__all__ = ["GuardedForm"]
