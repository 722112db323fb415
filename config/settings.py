"""Every setting, with its meaning: from `xiaoce.toml` and the environment (XIAOCE_…, `__` between levels)."""

from __future__ import annotations

import secrets
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.contracts.errors import ConfigurationError

SETTINGS_FILE = "xiaoce.toml"


class Web(BaseModel, extra="forbid"):
    """The web server that the console and the platforms' callbacks share."""

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 behind a reverse proxy.")
    port: int = Field(8080, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "",
        description="Address under which people reach the console, for links in cards; empty: http://host:port.",
    )
    upload_limit_mb: int = Field(25, ge=1, le=2048, description="Largest file that a person may send, in MB.")


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
                raise ValueError(f"set wecom.{', wecom.'.join(missing)}, or wecom.enabled = false")
            if len(self.aes_key.get_secret_value()) != 43:
                raise ValueError("wecom.aes_key must have 43 characters: copy EncodingAESKey again")
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
        description="use | e5 (both come with the installation) | langchain:module.Class for any Embeddings.",
    )


class Delivery(BaseModel, extra="forbid"):
    """How replies go out."""

    retry_seconds: tuple[float, ...] = Field(
        (1, 5, 15, 60, 300),
        description="Waits between attempts; after the last one the reply is a dead letter.",
    )


class Retention(BaseModel, extra="forbid"):
    """How long history is kept."""

    workflows_days: int = Field(7, ge=1, description="Days that finished workflows stay in the engine's tables.")


class Log(BaseModel, extra="forbid"):
    """What the program tells its operator."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Lowest level that is written.")
    json_lines: bool = Field(False, description="One JSON object a line, for log collectors.")


class Settings(BaseSettings):
    """All settings. Unknown keys are errors, so that a misspelt one is noticed."""

    model_config = SettingsConfigDict(
        env_prefix="XIAOCE_", env_nested_delimiter="__", extra="forbid", toml_file=SETTINGS_FILE, frozen=True
    )

    data: Path = Field(Path("data"), description="Folder for the database, vectors, uploads and generated files.")
    company: str = Field("", description="Name of the company, shown in the console; empty: the sample company.")
    time_zone: str = Field("Asia/Shanghai", description="IANA time zone in which people live and dates are meant.")
    executor_id: str = Field("local", description="Stable, unique name of this process among its peers.")
    web: Web = Field(default_factory=Web)
    database: Database = Field(default_factory=Database)
    wecom: Wecom = Field(default_factory=Wecom)
    console: Console = Field(default_factory=Console)
    playbook: PlaybookSettings = Field(default_factory=PlaybookSettings)
    retrieval: Retrieval = Field(default_factory=Retrieval)
    delivery: Delivery = Field(default_factory=Delivery)
    retention: Retention = Field(default_factory=Retention)
    log: Log = Field(default_factory=Log)

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
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def database_url(self) -> str:
        """The URL that is really used."""
        return self.database.url.get_secret_value() or f"sqlite:///{(self.data / 'xiaoce.db').resolve()}"

    @property
    def public_url(self) -> str:
        """Address of the console as people reach it, without a slash at the end."""
        return (self.web.public_url or f"http://{self.web.host}:{self.web.port}").rstrip("/")


def load_settings(**overrides: object) -> Settings:
    """Read file and environment. Raises ConfigurationError that names file, key, line and remedy."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks the values itself
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{SETTINGS_FILE}: {error}. Mend that line and start again.") from error
    except ValidationError as error:
        raise ConfigurationError("\n".join(_explain(error))) from error


def _explain(error: ValidationError) -> list[str]:
    return [_sentence(".".join(str(part) for part in item["loc"]), item["msg"]) for item in error.errors()]


def _sentence(key: str, message: str) -> str:
    place = (
        f"{SETTINGS_FILE}:{line}" if (line := _line_of(key)) else f"environment XIAOCE_{key.upper().replace('.', '__')}"
    )
    return f"{place}: {key}: {message}. docs/settings.md lists every setting."


def _line_of(key: str) -> int | None:
    """Line of a dotted key in the settings file; None when it isn't there (set by environment)."""
    path = Path(SETTINGS_FILE)
    if not path.exists():
        return None
    table, _, name = key.rpartition(".")
    current = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            current = stripped.strip("[]").strip()
            if current == key:
                return number
        elif current == table and stripped.split("=")[0].strip() == name:
            return number
    return None


def new_token() -> str:
    """A secret that nobody can guess, for signing in: 192 bits, URL-safe."""
    return secrets.token_urlsafe(24)
