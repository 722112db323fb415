"""The card of 我的设置."""

from __future__ import annotations

from uuid import uuid4

from bot.contracts import Action, Card, Fact, Field, Form, Person
from config.locales import t

LANGUAGES = ("zh", "en")


def settings_card(person: Person, language: str, *, chosen: bool) -> Card:
    """What is set for a person, with a button for the other language."""
    other = next(code for code in LANGUAGES if code != language)
    how = "preferences.chosen" if chosen else "preferences.default"
    return Card(
        id=f"pref-{uuid4().hex}",
        headline=t("preferences.headline", language, name=person.name),
        summary=t("preferences.summary", language, language=t(f"preferences.{language}", language)),
        source=t("preferences.title", language),
        facts=(
            Fact(t("preferences.language", language), t(f"preferences.{language}", language)),
            Fact(t("preferences.origin", language), t(how, language)),
        ),
        actions=(
            Action(f"language_{other}", t(f"preferences.switch_{other}", language)),
            Action("change", t("preferences.change", language), form=_form(language)),
        ),
    )


def _form(language: str) -> Form:
    choices = tuple((code, t(f"preferences.{code}", language)) for code in LANGUAGES)
    field = Field("language", t("preferences.language", language), choices=choices, value=language)
    return Form(t("preferences.title", language), t("preferences.save", language), (field,))
