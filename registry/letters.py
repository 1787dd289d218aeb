"""Mails made from their templates, and the transport that carries them."""

from functools import partial
from pathlib import Path

from flask import Flask, current_app, render_template
from flask_babel import force_locale
from flask_mailman import EmailMultiAlternatives

from config import Settings
from registry import mailboxes
from registry.extensions import mail
from registry.language import DEFAULT, PARAMETER, locale_of
from registry.mail import Rendered
from registry.models import OutboxMessage

DEMONSTRATION_MAIL = "mail"
"""Folder under the instance folder where the demonstration keeps its mails instead of sending them."""


def init_letters(app: Flask, settings: Settings) -> None:
    """Set the transport: SMTP from the settings, files in the demonstration."""
    app.config.update(
        MAIL_SERVER=settings.smtp_host,
        MAIL_PORT=settings.smtp_port,
        MAIL_USERNAME=settings.smtp_user or None,
        MAIL_PASSWORD=settings.smtp_password.get_secret_value() or None,
        MAIL_USE_TLS=settings.smtp_tls == "starttls",
        MAIL_USE_SSL=settings.smtp_tls == "tls",
        MAIL_TIMEOUT=settings.smtp_timeout,
        MAIL_DEFAULT_SENDER=settings.mail_from,
        MAIL_BACKEND="file" if settings.demonstration else "smtp",
        MAIL_FILE_PATH=str(mail_folder(settings)) if settings.demonstration else None,
    )
    if settings.demonstration:
        mail_folder(settings).mkdir(parents=True, exist_ok=True, mode=0o700)
    # Reads the settings above when it is bound, and never again.
    mail.init_app(app)
    app.config["REGISTRY_BASE_URL"] = settings.base_url.rstrip("/")


def mail_folder(settings: Settings) -> Path:
    """Where the demonstration keeps its mails."""
    return settings.instance / DEMONSTRATION_MAIL


def render(message: OutboxMessage, token: str | None) -> Rendered:
    """*message* in its language; *token* becomes its link. Needs an application context."""
    base_url = current_app.config["REGISTRY_BASE_URL"]
    folder = f"email/{message.kind}"
    at = partial(_address, base_url, message.language)
    stop = "" if message.kind in mailboxes.OPERATORS else at(f"/mail/stop/{_stop_token(message)}")
    with current_app.test_request_context(base_url=base_url), force_locale(locale_of(message.language)):
        values = {
            **message.context,
            "base_url": base_url,
            "at": at,
            "link": at(f"/links/{token}") if token else None,
            "stop": stop,
            "unasked": message.kind in mailboxes.UNASKED,
        }
        subject = " ".join(render_template(f"{folder}/subject.txt", **values).split())
        text = render_template(f"{folder}/body.txt", **values).strip() + "\n"
        html = render_template(f"{folder}/body.html", **values)
    domain = base_url.partition("://")[2].partition("/")[0].partition(":")[0]
    # The same for every attempt, so that a mailbox that got it twice can tell.
    message_id = f"<outbox-{message.id}.{int(message.created_at.timestamp())}@{domain}>"
    return Rendered(message.recipient, subject, text, html, message_id, stop)


def _address(base_url: str, language: str, path: str) -> str:
    """The page at *path* as a mail in *language* names it: in that language, whatever the reader's browser asks for.

    English says nothing of what the reader prefers, so there the browser decides.
    """
    return f"{base_url}{path}" if language == DEFAULT else f"{base_url}{path}?{PARAMETER}={language}"


def _stop_token(message: OutboxMessage) -> str:
    return mailboxes.stop_token(str(current_app.secret_key), recipient=message.recipient, kind=message.kind)


def send(letter: Rendered) -> None:
    """Hand *letter* to the transport; raises what the transport raises."""
    headers = {"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"}
    if letter.stop:
        headers["List-Unsubscribe"] = f"<{letter.stop}>"
    if letter.stop.startswith("https://"):
        # RFC 8058: the reader's mail program may offer one button for it, and only over TLS.
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail = EmailMultiAlternatives(letter.subject, letter.text, to=[letter.recipient], headers=headers)
    mail.attach_alternative(letter.html, "text/html")
    mail.send()
