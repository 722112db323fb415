"""Names cut to the room of a drawing. Pure."""

from unicodedata import east_asian_width


def shortened(label: str, room: int) -> str:
    """The label within so many letters, a Chinese character taking the room of two; … where something is cut."""
    kept = ""
    for character in label:
        room -= 2 if east_asian_width(character) in "WF" else 1
        if room < 0:
            return f"{kept[:-1]}…"
        kept += character
    return kept
