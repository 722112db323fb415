"""A browser in the words of its owner: enough to tell their phone from their laptop."""

from __future__ import annotations

# The first that is found names it; others pretend to be those that come later.
_PROGRAMS = (
    ("wxwork", "WeCom"),
    ("micromessenger", "WeChat"),
    ("slack", "Slack"),
    ("edg/", "Edge"),
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("crios", "Chrome"),
    ("chrome", "Chrome"),
    ("safari", "Safari"),
)
_SYSTEMS = (
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("harmony", "HarmonyOS"),
    ("android", "Android"),
    ("windows", "Windows"),
    ("mac os", "Mac"),
    ("linux", "Linux"),
)
SEPARATOR = " · "


def device_of(user_agent: str) -> str:
    """ "WeCom · iPhone"; "" when nothing is known."""
    text = user_agent.lower()
    found = (next((name for part, name in table if part in text), "") for table in (_PROGRAMS, _SYSTEMS))
    return SEPARATOR.join(name for name in found if name)
