"""The sealed envelope of a callback: JSON inside and outside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.emulators.wecom.envelope import Sealer


class BotSealer(Sealer):
    """Seals callbacks for an AI bot; its company has no corpid, so the receiveid is empty."""

    def _inside(self, fields: Mapping[str, Any]) -> str:
        return json.dumps(fields, ensure_ascii=False)

    def _outside(self, encrypted: str) -> bytes:
        return json.dumps({"encrypt": encrypted}).encode()
