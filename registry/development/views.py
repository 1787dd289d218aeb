"""Pages of the demonstration: the mails that it keeps instead of sending, and all components in all states."""

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template
from werkzeug.security import safe_join

from registry.development import samples
from registry.development.tokens import swatches, tokens
from registry.directory.cards import CardWriter
from registry.headers import set_policy
from registry.language import current_language
from registry.letters import mail_folder
from registry.web import no_store, now

bp = Blueprint("dev", __name__, url_prefix="/dev")
bp.after_request(no_store)

SHOWN = 100
_LINK = re.compile(r"https?://[^\s<>\"]{1,500}[^\s<>\".,;:)]")


@dataclass(frozen=True, slots=True)
class KeptMail:
    """One mail of the demonstration."""

    name: str
    subject: str
    recipient: str
    sent: str
    text: str
    html: str

    @property
    def links(self) -> tuple[str, ...]:
        """The addresses in the plain text, in their order."""
        return tuple(dict.fromkeys(_LINK.findall(self.text)))


@bp.get("/mail")
def mails() -> str:
    """The newest mails first."""
    return render_template("dev/mails.html", mails=[_read(file) for file in _newest()[:SHOWN]])


@bp.get("/mail/<name>")
def mail(name: str) -> str:
    """One mail as text, with its links."""
    return render_template("dev/mail.html", mail=_read(_file(name)))


@bp.get("/mail/<name>/html")
def mail_html(name: str) -> Response:
    """The HTML part as the mail program would get it, in a page without rights."""
    # Mail programs know no style sheets, so a mail carries its styles; nothing else may load or run here.
    set_policy("default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'")
    return Response(_read(_file(name)).html, mimetype="text/html")


@bp.get("/components")
def components() -> str:
    """What pages are made of, in all its states, by the templates that the pages use."""
    moment = now()
    return render_template(
        "dev/components.html",
        samples=samples,
        moment=moment,
        swatches=swatches(),
        tokens=tokens(),
        cards=CardWriter(current_language()).write(samples.cards(moment.date()), moment.date()),
        newest_mail=next(iter(_newest()), None),
    )


def _newest() -> list[Path]:
    folder = mail_folder(current_app.extensions["settings"])
    return sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)


def _file(name: str) -> Path:
    path = safe_join(str(mail_folder(current_app.extensions["settings"])), name)
    if path is None or not path.endswith(".log") or not Path(path).is_file():
        abort(404)
    return Path(path)


def _read(path: Path) -> KeptMail:
    message = email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=email.policy.default)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    return KeptMail(
        name=path.name,
        subject=str(message["Subject"]),
        recipient=str(message["To"]),
        sent=str(message["Date"]),
        text=str(plain.get_content()) if plain else "",
        html=str(html.get_content()) if html else "",
    )
