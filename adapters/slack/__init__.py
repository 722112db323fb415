"""Slack: an app that is written to in messages, channels, threads, commands and its Home tab."""

from adapters.slack.adapter import SlackAdapter
from adapters.slack.ports import Home, HomeSource, SlackPorts

__all__ = ["Home", "HomeSource", "SlackAdapter", "SlackPorts"]
