"""How evenly a cast shares a scene, and how often the weights went on as somebody else. Pure functions of the turns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.fidelity.words.balance import count_words, gini, normalised_entropy
from models.playtest import Origin, SpeakerKind, TurnBase

SILENT = "silent"
"""How a turn in which nobody speaks is finished."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one member of the cast has of a scene."""

    role_id: str
    n_turns: int
    n_words: int
    turn_share: float | None
    """Of the turns of the cast, in [0, 1]; None while there are none."""
    word_share: float | None
    """Of its words, in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Balance:
    """How evenly a cast shares a scene."""

    shares: tuple[Share, ...]
    """In the order of the cast, those who never spoke too."""
    gini: float | None
    """Of words, see `gini`; None while nobody has said a word."""
    entropy: float | None
    """Of speakers by turns, see `normalised_entropy`; None while nobody has spoken, or with a cast of one."""
    n_silences: int
    """Turns in which nobody spoke."""
    n_written: int
    """Turns that the weights wrote."""
    n_bled: int
    """Of these, how many went on as somebody else and were cut."""

    @property
    def bleed_rate(self) -> float | None:
        """Share of the turns by weights that had to be cut, in [0, 1]; None where there are none."""
        return self.n_bled / self.n_written if self.n_written else None

    def to_document(self, names: Mapping[str, str]) -> dict[str, Any]:
        """Returns it as JSON: numbers with four digits.

        Args:
            names: Role id -> what the speaker is called there.
        """
        return {
            "gini": _rounded(self.gini),
            "entropy": _rounded(self.entropy),
            "silences": self.n_silences,
            "bleed_rate": _rounded(self.bleed_rate),
            "speakers": {
                names.get(share.role_id, share.role_id): {
                    "turns": share.n_turns,
                    "words": share.n_words,
                    "turn_share": _rounded(share.turn_share),
                    "word_share": _rounded(share.word_share),
                }
                for share in self.shares
            },
        }


def measure(path: Sequence[TurnBase], role_ids: Sequence[str]) -> Balance:
    """Measures a path of turns.

    Lines of the user and the narrator, and what the director does, count for nobody. An empty turn of a character is a
    turn without words.

    Args:
        role_ids: The whole cast, in its order.
    """
    lines = [turn for turn in path if turn.kind == SpeakerKind.CHARACTER and turn.origin != Origin.STAGE]
    turns = [sum(turn.speaker_id == role_id for turn in lines) for role_id in role_ids]
    words = [sum(count_words(turn.text) for turn in lines if turn.speaker_id == role_id) for role_id in role_ids]
    written = [turn for turn in lines if turn.origin == Origin.WEIGHTS]
    return Balance(
        tuple(
            Share(role_id, n_turns, n_words, _part(n_turns, sum(turns)), _part(n_words, sum(words)))
            for role_id, n_turns, n_words in zip(role_ids, turns, words, strict=True)
        ),
        gini(words),
        normalised_entropy(turns),
        sum(turn.origin == Origin.STAGE and turn.finish == SILENT for turn in path),
        len(written),
        sum(turn.record.get("bled") is True for turn in written),
    )


def _part(count: int, total: int) -> float | None:
    return count / total if total else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
