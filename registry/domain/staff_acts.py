"""What members of staff are called by their role, and what is done to their accounts: English source text."""

from registry.domain.vocabulary import N_

ROLE_LABELS = {
    "admin": N_("Administrator"),
    "moderator": N_("Moderator"),
    "outreach": N_("Outreach"),
    "reader": N_("Reader"),
}

ROLE_MEANINGS = {
    "admin": N_("Decides like a moderator, invites staff and gives them their roles."),
    "moderator": N_("Reads and decides what laboratories and the public send."),
    "outreach": N_("Writes to laboratories; does not decide."),
    "reader": N_("Reads what moderators read and changes nothing."),
}

STATE_LABELS = {
    "active": N_("Active"),
    "invited": N_("Invited"),
    "taken_back": N_("Invitation taken back"),
    "no_password": N_("Has to choose a new password"),
    "deactivated": N_("Deactivated"),
}

STAFF_ACTS = {
    "invite_staff": N_("Invited"),
    "take_back_invitation": N_("Invitation taken back"),
    "accept_invitation": N_("Invitation accepted"),
    "change_role": N_("Role changed"),
    "deactivate_staff": N_("Account deactivated"),
    "reactivate_staff": N_("Account reactivated"),
    "end_sessions": N_("Signed-in browsers ended"),
    "reset_password": N_("Password reset"),
    "reset_second_factor": N_("Second step reset"),
    "change_password": N_("Password changed"),
    "add_passkey": N_("Passkey added"),
    "remove_passkey": N_("Passkey removed"),
}
"""Acts of the audit whose subject is a member of staff."""
