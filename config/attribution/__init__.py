"""What is known of channels before anybody says otherwise: `channels.yaml`, checked when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.contracts.errors import ConfigurationError
from config.languages import operator_language
from config.locales import t

OURS = Path(__file__).parent / "channels.yaml"


class Channels(BaseModel):
    """Confidence in percent by channel, English names, and names of direct traffic."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    confidence: Mapping[str, int] = Field(default_factory=dict)
    otherwise: int = Field(60, ge=0, le=100)
    english: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    direct: tuple[str, ...] = ()

    def of(self, channel: str) -> int:
        """The default of a channel, in percent."""
        return self.confidence.get(channel, self.otherwise)

    def name(self, channel: str, language: str) -> str:
        """What readers of a language call it; the name in the data where nothing else is known."""
        names = self.english.get(channel, ()) if language == "en" else ()
        return names[0] if names else channel

    def names(self, channel: str) -> tuple[str, ...]:
        """All that it is called in questions, in any language."""
        return (channel, *self.english.get(channel, ()))


_used: list[Channels] = []  # at most one: what the composition root chose


def use(channels: Channels) -> None:
    """From now on these are the process's channels."""
    _used[:] = [channels]


def known() -> Channels:
    """Those in use; ours where nobody chose any."""
    if not _used:
        use(load_channels())
    return _used[0]


def load_channels(path: Path | None = None) -> Channels:
    """Raises ConfigurationError that names the file and what is wrong."""
    path = path or OURS
    try:
        found = Channels.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
        wrong = [f"{name}: {value}" for name, value in found.confidence.items() if not 0 <= value <= 100]
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise _fault(path, str(error)) from error
    except ValidationError as error:
        raise _fault(
            path, "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        ) from error
    if wrong:
        raise _fault(path, "; ".join(wrong))
    return found


def _fault(path: Path, reason: str) -> ConfigurationError:
    return ConfigurationError(t("attribution.errors.channels", operator_language(), file=path, reason=reason))
