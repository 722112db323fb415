"""Key clauses of e-mails and contracts: price, payment terms, delivery, penalty, exclusivity, validity, renewal."""

from __future__ import annotations

from knowledge.clauses.clause import Anchors, Clause, Field
from knowledge.clauses.find import find_clauses

__all__ = ["Anchors", "Clause", "Field", "find_clauses"]
