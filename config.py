"""Settings from the environment (prefix ``REGISTRY_``), typed and checked before anything starts."""

from datetime import date, timedelta
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent

DEVELOPMENT_SECRET = "development-only-not-a-secret"


class HelpLine(BaseModel):
    """People whom readers may call or write to. *spanish*: they answer in Spanish too."""

    model_config = {"frozen": True}

    name: str
    url: str = Field(default="", pattern=r"\A(?:https://[^\s]+)?\z")
    phone: str = ""
    spanish: bool = False


class Settings(BaseSettings):
    """What an operator decides. Unset values suit the demonstration; production refuses the ones that are unsafe."""

    model_config = SettingsConfigDict(env_prefix="REGISTRY_", frozen=True)

    mode: Literal["production", "demonstration", "test"] = "production"
    instance: Path = Field(
        default=ROOT / "instance", description="Folder for the SQLite file, demonstration mail and account."
    )
    database_url: str = Field(
        default="", description="SQLAlchemy address; empty means a SQLite file in the instance folder."
    )
    secret_key: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    password_salt: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    totp_secret: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    base_url: str = Field(default="http://127.0.0.1:8000", description="Public address; links in mails begin with it.")
    trusted_proxies: int = Field(default=0, ge=0, description="How many proxies in front may set X-Forwarded-*.")
    trusted_hosts: list[str] = Field(default_factory=list, description="Host names answered beside that of base_url.")

    mail_from: str = "HER2 Laboratory Registry <registry@example.org>"
    smtp_host: str = "localhost"
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    smtp_timeout: float = Field(default=20.0, gt=0, description="Seconds.")

    limiter_storage: str = Field(default="memory://", description="memory:// or redis://…; shared limits need Redis.")
    limits_enabled: bool = True
    staff_second_factor: bool | None = Field(
        default=None, description="Ask staff for a one-time code at sign-in; unset: all but the demonstration."
    )
    undo_minutes: float | None = Field(
        default=None,
        ge=0,
        le=60,
        description="How long a decision can be taken back; its mail waits so long. Unset: 10, in the demonstration 1.",
    )
    publish_small_edits: bool = Field(
        default=False, description="Publish a confirmed contact's change of phone or catalogue link at once."
    )
    small_edits_sampled: float = Field(
        default=0.2, ge=0, le=1, description="Share of the small changes published at once that staff look at after."
    )
    contact_email: str = Field(default="", description="Where people reach the operator; shown on pages and in mails.")
    operator: str = Field(default="", description="Who runs this list, as the pages about it say: name and place.")

    clinically_reviewed_by: str = Field(default="", description="The clinician who reviewed the pages to learn from.")
    clinically_reviewed_on: date | None = Field(default=None, description="The day of that review.")
    spanish_reviewed_by: str = Field(default="", description="The clinician who reviewed the Spanish text.")
    spanish_reviewed_on: date | None = Field(default=None, description="The day of that review.")
    help_lines: tuple[HelpLine, ...] = Field(
        default=(
            HelpLine(
                name="National Cancer Institute, Cancer Information Service",
                url="https://www.cancer.gov/contact",
                phone="1-800-422-6237",
                spanish=True,
            ),
        ),
        description='Whom readers may call, as JSON: [{"name": …, "phone": …, "url": …, "spanish": true}].',
    )
    trial_finder_name: str = "ClinicalTrials.gov"
    trial_finder_url: str = Field(
        default="https://clinicaltrials.gov/search?cond=Colorectal%20Cancer&term=HER2",
        pattern=r"\A(?:https://[^\s]+)?\z",
        description="Where readers look for clinical trials; empty: none is named.",
    )

    geocoder: Literal["", "nominatim", "photon", "pelias", "arcgis", "geocodio"] = Field(
        default="", description="Online geocoder for street addresses; empty: the ZIP code or city in them is used."
    )
    geocoder_url: str = Field(
        default="",
        pattern=r"\A(?:https?://[A-Za-z0-9.\-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/\-]*)?)?\z",
        description="Address of the geocoder's own host; empty: the provider's public one.",
    )
    geocoder_key: SecretStr = Field(default=SecretStr(""), description="Key of the geocoder, where it wants one.")
    geocoder_timeout: float = Field(default=2.0, gt=0, le=30, description="Seconds for one question; asked twice.")
    geocoder_per_second: float = Field(
        default=1.0, gt=0, le=1000, description="Questions a second of one process; divide by their number."
    )

    @property
    def demonstration(self) -> bool:
        return self.mode == "demonstration"

    @property
    def kept_from_search_engines(self) -> bool:
        """Whether search engines are told to stay away: from invented laboratories that others can reach."""
        return self.demonstration and urlsplit(self.base_url).hostname not in {"localhost", "127.0.0.1", "::1"}

    @property
    def asks_second_factor(self) -> bool:
        """Whether staff need a one-time code beside their password."""
        return not self.demonstration if self.staff_second_factor is None else self.staff_second_factor

    @property
    def undo_for(self) -> timedelta:
        """How long a decision can be taken back before its mail leaves."""
        minutes = self.undo_minutes
        return timedelta(minutes=(1 if self.demonstration else 10) if minutes is None else minutes)

    @property
    def behind_tls(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def database(self) -> str:
        """The SQLAlchemy address in force; ``postgresql://`` and ``postgres://`` mean psycopg 3."""
        url = self.database_url or f"sqlite:///{self.instance / 'registry.sqlite'}"
        for prefix in ("postgresql://", "postgres://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        return url

    @model_validator(mode="after")
    def _reviews_have_their_day(self) -> Self:
        for review in ("clinically_reviewed", "spanish_reviewed"):
            if bool(getattr(self, f"{review}_by")) != bool(getattr(self, f"{review}_on")):
                raise ValueError(f"REGISTRY_{review.upper()}_BY and _ON belong together: who reviewed, and when")
        return self

    @model_validator(mode="after")
    def _geocoder_can_be_asked(self) -> Self:
        if self.geocoder == "pelias" and not self.geocoder_url:
            raise ValueError("REGISTRY_GEOCODER_URL must name the host: Pelias has no public one")
        if self.geocoder == "geocodio" and not self.geocoder_key.get_secret_value():
            raise ValueError("REGISTRY_GEOCODER_KEY must be set: Geocodio asks for one")
        return self

    @model_validator(mode="after")
    def _fit_for_production(self) -> Self:
        if self.mode != "production":
            return self
        problems = [
            f"REGISTRY_{name.upper()} must be set to a secret of at least 32 characters"
            for name in ("secret_key", "password_salt", "totp_secret")
            if len(getattr(self, name).get_secret_value()) < 32
        ]
        if not self.behind_tls:
            problems.append("REGISTRY_BASE_URL must begin with https://")
        if not self.asks_second_factor:
            problems.append("REGISTRY_STAFF_SECOND_FACTOR may be off in the demonstration only")
        if problems:
            raise ValueError("; ".join(problems))
        return self
