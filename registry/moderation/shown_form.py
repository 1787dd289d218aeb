"""What a page of a submission says that it shows, and the button that takes it into review."""

from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import Length

from registry.domain.profile import LabProfile
from registry.models import Lab, Submission


class ShownForm(FlaskForm):  # type: ignore[misc]
    """What was on the screen: the submission's revision and the fingerprint of its profile."""

    revision = HiddenField(validators=[Length(max=20)])
    digest = HiddenField(validators=[Length(max=64)])

    def shows(self, submission: Submission, profile: LabProfile, listing: Lab | None = None) -> None:
        """Say that the page about to be rendered shows *profile*, whatever an earlier page said."""
        self.revision.data = str(submission.revision)
        self.digest.data = profile.digest

    @property
    def expect_revision(self) -> int:
        """The revision that was shown; 0, which no submission has, when the page did not say."""
        typed = self.revision.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


class ReviewForm(ShownForm):
    """The button that takes a submission into review."""
