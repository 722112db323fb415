"""Every setting, with its meaning: from `xiaoce.toml` and the environment (XIAOCE_…, `__` between levels)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot.contracts.errors import ConfigurationError
from config.groups.attribution import Attribution
from config.groups.briefing import Briefing
from config.groups.calibration import Calibration
from config.groups.coaching import Coaching
from config.groups.email import Email
from config.groups.events import Events
from config.groups.freshness import Freshness
from config.groups.identity import Identity
from config.groups.llm import Llm
from config.groups.machines import Machines
from config.groups.metrics import Metrics
from config.groups.operations import Log, Retention
from config.groups.patterns import Patterns
from config.groups.quality import Quality
from config.groups.signin import Signin, networks
from config.groups.slack import Slack
from config.groups.slas import Slas
from config.groups.sources import Sources
from config.groups.speech import Speech
from config.groups.wecom_archive import WecomArchive
from config.groups.wecom_bot import WecomBot, WecomGroups
from config.languages import operator_language
from config.locales import t
from config.settings_faults import PREFIX, explain
from config.settings_file import read_settings_file


def _must(expected: str, value: str) -> ValueError:
    """A fault that the types can't express, in the words of the others."""
    lang = operator_language()
    return ValueError(t("settings.must", lang, expected=t(f"settings.expected.{expected}", lang), value=repr(value)))


class Web(BaseModel, extra="forbid"):
    """The web server that the console and the platforms' callbacks share."""

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 behind a reverse proxy.")
    port: int = Field(8080, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "",
        description="Address under which people reach the console, for links in cards; empty: http://host:port.",
    )
    upload_limit_mb: int = Field(25, ge=1, le=2048, description="Largest file that a person may send, in MB.")
    metrics_token: SecretStr = Field(
        SecretStr(""),
        description="Bearer token for /metrics and the reasons of /readyz; without it only this machine may see them.",
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks of reverse proxies, with commas; only they may set X-Forwarded-*.",
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        networks(value)
        return value

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise _must("address", value)
        return value


class Database(BaseModel, extra="forbid"):
    """Where rows live."""

    url: SecretStr = Field(
        SecretStr(""),
        description="SQLAlchemy URL; empty: SQLite in the data folder; postgresql+psycopg://… else.",
    )


class Wecom(BaseModel, extra="forbid"):
    """A self-built WeCom app; docs/connect-wecom.md shows where each value is found."""

    enabled: bool = Field(False, description="Whether the WeCom adapter is started.")
    corp_id: str = Field("", description="企业 ID (我的企业 → 企业信息).")
    agent_id: int = Field(0, ge=0, description="AgentId of the app.")
    secret: SecretStr = Field(SecretStr(""), description="Secret of the app.")
    token: SecretStr = Field(SecretStr(""), description="Token of 接收消息 → 设置API接收.")
    aes_key: SecretStr = Field(SecretStr(""), description="EncodingAESKey of 设置API接收, 43 characters.")
    base_url: str = Field("https://qyapi.weixin.qq.com", description="Address of the WeCom API.")
    callback_path: str = Field("/wecom/callback", description="Path of the callback URL, without host.")

    @model_validator(mode="after")
    def _complete(self) -> Wecom:
        if self.enabled:
            missing = [name for name, value in self._needed().items() if not value]
            if missing:
                names = ", ".join(f"wecom.{name}" for name in missing)
                raise ValueError(t("settings.wecom.missing", operator_language(), names=names))
            if len(self.aes_key.get_secret_value()) != 43:
                raise ValueError(t("settings.wecom.aes_key", operator_language()))
        return self

    def _needed(self) -> dict[str, object]:
        return {
            "corp_id": self.corp_id,
            "agent_id": self.agent_id,
            "secret": self.secret.get_secret_value(),
            "token": self.token.get_secret_value(),
            "aes_key": self.aes_key.get_secret_value(),
        }


class Console(BaseModel, extra="forbid"):
    """The web console."""

    enabled: bool = Field(True, description="Whether the web console is served.")
    session_hours: int = Field(12, ge=1, le=720, description="How long a sign-in lasts, in hours.")


class PlaybookSettings(BaseModel, extra="forbid"):
    """The talk-tracks."""

    vocabulary: Path | None = Field(
        None, description="YAML file with your stages, industries, products, regions; empty: the sample company's."
    )


class Retrieval(BaseModel, extra="forbid"):
    """How talk-tracks are found."""

    embedder: str = Field(
        "use",
        description="use or e5, which come with the installation; langchain:PROVIDER:MODEL or "
        "langchain:MODULE.CLASS for any other.",
    )
    chroma_url: str = Field(
        "", description="A Chroma server for all processes, http://host:port; empty: each keeps its own files."
    )

    @field_validator("chroma_url")
    @classmethod
    def _server(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise _must("address", value)
        return value.rstrip("/")

    @field_validator("embedder")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in {"use", "e5"} and not value.startswith("langchain:"):
            raise _must("embedder", value)
        return value


class Delivery(BaseModel, extra="forbid"):
    """How replies go out."""

    retry_seconds: tuple[float, ...] = Field(
        (1, 5, 15, 60, 300),
        description="Waits between attempts; after the last one the reply is a dead letter.",
    )


class Settings(BaseSettings):
    """All settings. Unknown keys are errors, so that a misspelt one is noticed."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    data: Path = Field(Path("data"), description="Folder for the database, vectors, uploads and generated files.")
    company: str = Field("", description="Name of the company, shown in the console; empty: the sample company.")
    time_zone: str = Field("Asia/Shanghai", description="IANA time zone in which people live and dates are meant.")
    web: Web = Field(default_factory=Web)
    database: Database = Field(default_factory=Database)
    wecom: Wecom = Field(default_factory=Wecom)
    wecom_bot: WecomBot = Field(default_factory=WecomBot)
    wecom_groups: WecomGroups = Field(default_factory=WecomGroups)
    wecom_archive: WecomArchive = Field(default_factory=WecomArchive)
    slack: Slack = Field(default_factory=Slack)
    email: Email = Field(default_factory=Email)
    llm: Llm = Field(default_factory=Llm)
    speech: Speech = Field(default_factory=Speech)
    signin: Signin = Field(default_factory=Signin)
    console: Console = Field(default_factory=Console)
    playbook: PlaybookSettings = Field(default_factory=PlaybookSettings)
    retrieval: Retrieval = Field(default_factory=Retrieval)
    delivery: Delivery = Field(default_factory=Delivery)
    coaching: Coaching = Field(default_factory=Coaching)
    calibration: Calibration = Field(default_factory=Calibration)
    attribution: Attribution = Field(default_factory=Attribution)
    metrics: Metrics = Field(default_factory=Metrics)
    patterns: Patterns = Field(default_factory=Patterns)
    briefing: Briefing = Field(default_factory=Briefing)
    freshness: Freshness = Field(default_factory=Freshness)
    identity: Identity = Field(default_factory=Identity)
    quality: Quality = Field(default_factory=Quality)
    sources: Sources = Field(default_factory=Sources)
    events: Events = Field(default_factory=Events)
    slas: Slas = Field(default_factory=Slas)
    retention: Retention = Field(default_factory=Retention)
    machines: Machines = Field(default_factory=Machines)
    log: Log = Field(default_factory=Log)

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (OSError, ValueError, LookupError) as error:
            raise _must("zone", value) from error
        return value

    @field_validator("wecom_archive")
    @classmethod
    def _whose_archive(cls, value: WecomArchive, info: ValidationInfo) -> WecomArchive:
        wecom = info.data.get("wecom")  # not there when it has a fault of its own
        corp_id = value.corp_id or (wecom.corp_id if isinstance(wecom, Wecom) else "")
        if value.enabled and not corp_id:
            raise ValueError(t("wecom_archive.settings.missing", operator_language(), names="wecom_archive.corp_id"))
        return value.model_copy(update={"corp_id": corp_id})

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file; arguments win over both."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, read_settings_file())

    @property
    def database_url(self) -> str:
        """The URL that is really used."""
        return self.database.url.get_secret_value() or f"sqlite:///{(self.data / 'xiaoce.db').resolve()}"

    @property
    def public_url(self) -> str:
        """Address of the console as people reach it, without a slash at the end."""
        return (self.web.public_url or f"http://{self.web.host}:{self.web.port}").rstrip("/")


def load_settings(**overrides: object) -> Settings:
    """Read file and environment. Raises ConfigurationError that names file, line, setting and remedy."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks the values itself
    except ValidationError as error:
        raise ConfigurationError("\n".join(explain(error, Settings))) from error
    except SettingsError as error:  # a variable for a whole group, which would have to be JSON
        group = next((name for name in Settings.model_fields if f'"{name}"' in str(error)), "")
        sentence = t("settings.environment_json", operator_language(), name=f"{PREFIX}{group.upper()}")
        raise ConfigurationError(sentence) from error


def make_data_folder(settings: Settings) -> None:
    """Make the data folder if it isn't there. Raises ConfigurationError when nothing can be written into it."""
    folder, lang = settings.data.resolve(), operator_language()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(t("settings.data.cannot_make", lang, folder=folder, reason=error.strerror)) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigurationError(t("settings.data.cannot_write", lang, folder=folder))


def new_token() -> str:
    """A secret that nobody can guess, for signing in: 192 bits, URL-safe."""
    return secrets.token_urlsafe(24)
