"""WeCom (企业微信): a self-built app that is written to and writes."""

from adapters.wecom.adapter import WecomAdapter

__all__ = ["WecomAdapter"]
