"""Slack's errors as data: which pass by themselves, and what an operator does about the others."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from bot.contracts.errors import DeliveryFailure, PermanentFailure, TemporaryFailure
from config.locales import t


class Refused(PermanentFailure):
    """Slack answered ok: false. `error` is its name for the reason."""

    def __init__(self, message: str, error: str) -> None:
        super().__init__(message)
        self.error = error


BUSY = frozenset({
    "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org",
    "rollup_error", "backend_error", "server_error", "ratelimited", "rate_limited", "message_limit_exceeded",
})  # fmt: skip

# Which sentence of config/locales/slack.*.yaml explains an error.
_SENTENCES: Mapping[str, tuple[str, ...]] = {
    "invalid_auth": ("invalid_auth", "not_authed", "token_expired", "not_allowed_token_type", "no_permission"),
    "account_inactive": ("account_inactive", "token_revoked", "app_uninstalled", "org_login_required"),
    "channel_not_found": ("channel_not_found", "invalid_channel", "thread_not_found", "channel_type_not_supported"),
    "not_in_channel": ("not_in_channel",),
    "is_archived": ("is_archived",),
    "restricted_action": (
        "restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel", "restricted_action_thread_locked", "ekm_access_denied",
        "accesslimited", "access_denied", "team_access_not_granted", "no_dual_broadcast_content_update",
    ),
    "missing_scope": ("missing_scope",),
    "cannot_dm": (
        "cannot_dm_bot", "user_not_found", "user_disabled", "user_not_visible", "messages_tab_disabled",
        "users_not_found", "invalid_users", "cannot_message_user",
    ),
    "invalid_blocks": ("invalid_blocks", "invalid_blocks_format", "invalid_attachments", "invalid_arguments",
                       "invalid_metadata_format", "metadata_too_large"),
    "too_long": ("msg_too_long", "msg_blocks_too_long", "no_text", "view_too_large"),
    "message_not_found": ("message_not_found", "cant_update_message", "edit_window_closed", "cant_delete_message",
                          "message_not_in_streaming_state", "message_not_owned_by_app", "streaming_state_conflict"),
    "file": ("file_not_found", "file_upload_size_restricted", "blocked_file_type", "file_uploads_disabled",
             "file_uploads_except_images_disabled", "file_upload_failed", "storage_limit_reached",
             "posting_to_channel_denied", "file_deleted", "malware_detected"),
    "trigger": ("trigger_expired", "expired_trigger_id", "exchanged_trigger_id", "trigger_exchanged",
                "invalid_trigger_id"),
}  # fmt: skip
_SENTENCE_OF = {error: sentence for sentence, errors in _SENTENCES.items() for error in errors}

# The card is at fault, not app or addressee: saying it plainly will do.
BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_arguments"})
# The message can't be changed; a new one can be sent.
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "message_not_owned_by_app"})


def failure(method: str, status: int, answer: Mapping[str, Any], headers: Mapping[str, str]) -> DeliveryFailure:
    """The error of ours for an answer that isn't ok. `headers` may have any case."""
    error = str(answer.get("error") or "")
    if status == 429 or error in ("ratelimited", "rate_limited"):
        seconds = retry_after(headers)
        return TemporaryFailure(t("slack.errors.ratelimited", seconds=f"{seconds:g}"), retry_after=seconds)
    if error in BUSY or (status >= 500 and not error):
        return TemporaryFailure(t("slack.errors.busy", error=error or f"HTTP {status}"))
    if not error:
        if status >= 300:
            return PermanentFailure(t("slack.errors.wrong_address", status=status))
        return TemporaryFailure(t("slack.errors.odd_answer", method=method, status=status))
    return Refused(_sentence(method, error, answer), error)


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds that Slack asks us to wait; a minute when it doesn't say."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        seconds = float(value)
    except ValueError:
        return 60.0
    return min(max(seconds, 1.0), 3600.0) if math.isfinite(seconds) else 60.0


def _sentence(method: str, error: str, answer: Mapping[str, Any]) -> str:
    name = _SENTENCE_OF.get(error, "unknown")
    if method == "apps.connections.open" and name == "invalid_auth":
        name = "app_token"
    detail = answer.get("response_metadata")
    messages = detail.get("messages") if isinstance(detail, Mapping) else None
    return t(
        f"slack.errors.{name}",
        error=error[:80],
        method=method,
        needed=str(answer.get("needed", "?"))[:200],
        detail="; ".join(str(message) for message in messages or ())[:500],
    )
