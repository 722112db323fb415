"""Who of a customer's people wrote: by account, else by name, else nobody."""

from __future__ import annotations

import pytest

from knowledge.listening.people import Directory
from storage.repositories.customer_people import CustomerPerson

PEOPLE = (
    CustomerPerson("P1", "C1", "王建国", decides=True, email="wang@example.com", wecom="wm1", slack="U1"),
    CustomerPerson("P2", "C1", "李燕", wecom="wm2"),
    CustomerPerson("P3", "C1", "Chris Lee", email="office@example.com"),
    CustomerPerson("P4", "C1", "张伟", email="office@example.com"),
    CustomerPerson("P5", "C1", "张伟"),
)


@pytest.mark.parametrize(
    ("account", "name", "who"),
    [
        ("wm1", "王总", "王建国"),
        ("Wang@Example.com", "", "王建国"),
        ("U1", "", "王建国"),
        ("wm2", "王建国", "李燕"),  # the account is surer than a name
        ("wm9", "李 燕", "李燕"),
        ("", "CHRIS LEE", "Chris Lee"),
        ("", "王总", None),
        ("office@example.com", "", None),  # several people's
        ("wm9", "", None),
        ("", "", None),
        ("", "说话人1", None),
    ],
)
def test_nobody_is_guessed(account: str, name: str, who: str | None) -> None:
    """A5, A16: unknown is unknown."""
    found = Directory(PEOPLE).who(account, name)
    assert (found.name if found else None) == who


def test_two_of_one_name_are_two() -> None:
    """A name that two people carry says nothing."""
    assert Directory(PEOPLE[3:]).who("", "张伟") is None
