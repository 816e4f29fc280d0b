"""A user's own measures: phrases, regular expressions, and Python functions that were allowed."""

from core.fidelity.own.definition import OwnDefinition
from core.fidelity.own.own_measure import own_measure

__all__ = ["OwnDefinition", "own_measure"]
