"""The operator's commands for accounts of staff: ``flask --app registry staff …``."""

import secrets

import click
from flask.cli import AppGroup

from registry.accounts import people
from registry.accounts.members import create_staff
from registry.extensions import begin_writing, db
from registry.models.account import ROLES
from registry.web import now

group = AppGroup("staff", help="Accounts of administrators, moderators, outreach and readers.")


@group.command("create")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--password", help="At least 12 characters; made up and printed when not given.")
def create(email: str, role: str, password: str | None) -> None:
    """Make an account for EMAIL."""
    chosen = password or secrets.token_urlsafe(15)
    begin_writing(db.session)
    try:
        create_staff(db.session, email=email, password=chosen, role=role, now=now())
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    click.echo(f"{email} may sign in as {role}." + ("" if password else f" Password: {chosen}"))


@group.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Take app, recovery codes and passkeys of EMAIL away and sign them out; the password stays."""
    begin_writing(db.session)
    user = people.operator_resets_second_factor(db.session, email=email, now=now())
    if user is None:
        raise click.ClickException(f"there is no account for {email}")
    state = "" if user.active else " The account is deactivated and stays so."
    address = user.email
    db.session.commit()
    click.echo(
        f"The authenticator app, the recovery codes and the passkeys of {address} are removed, and all its browsers "
        f"are signed out. At the next sign-in with the password the second step is set up anew.{state}"
    )
