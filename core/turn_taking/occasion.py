"""What a policy of turn-taking has to go by, and what it decides. Everything it knows comes in here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from models.stage import TurnTakingRules

DEFAULT_TALKATIVENESS = 0.5
MAX_SILENCES = 2
"""So many turns in a row may pass in silence; then whoever wants most to speak does."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member of the cast."""

    role_id: str
    name: str
    nickname: str = ""
    goal: str = ""
    talkativeness: float = DEFAULT_TALKATIVENESS
    """As its card says, in [0, 1]."""
    is_taken: bool = False
    """A person plays it: it is chosen like the others, but no weights are asked on its behalf."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the scene: what the director or the stage itself does is none."""

    speaker_id: str
    speaker: str
    text: str
    hearers: frozenset[str] | None = None
    """Role ids of those who heard it beside the speaker; None: everybody."""
    in_round: int | None = None
    """The simultaneous round that it was spoken in."""

    def is_heard_by(self, role_id: str) -> bool:
        """Whether a role heard it: its own always."""
        return self.hearers is None or role_id == self.speaker_id or role_id in self.hearers


class Questions(Protocol):
    """Asks the weights that play a character, at the end of its own view. None: they cannot be asked.

    Both raise Stopped when the user stopped meanwhile.
    """

    def weigh(self, role_id: str, question: str, answers: Sequence[str]) -> tuple[float, ...] | None:
        """Returns how likely each answer is against the others: by the log-probability of a token of it."""
        ...

    def choose(self, role_id: str, question: str, options: Sequence[str]) -> tuple[float, ...] | None:
        """Returns how likely each option is, listed in every order so that no place in the list gains."""
        ...


def never_heated(_text: str) -> float:
    """Returns 0: nothing is known of the heat of a line."""
    return 0.0


@dataclass(frozen=True, slots=True)
class Occasion:
    """A moment at which somebody is to speak. Everything in it is a function of the path that leads there."""

    candidates: Sequence[Candidate]
    """The whole cast in its order, those who are away too."""
    lines: Sequence[Line]
    """Oldest first."""
    rules: TurnTakingRules
    draw: Callable[[str], float]
    """What is drawn for -> a number in [0, 1), the same each time."""
    away: frozenset[str] = frozenset()
    aside: frozenset[str] = frozenset()
    """Role ids of those who speak only when no policy asks for it: the facilitator, and the role that narrates."""
    queue: Sequence[str] = ()
    """Role ids of those who were chosen before the last line, and still wait to speak."""
    n_silences: int = 0
    """Turns that have passed in silence since the last line."""
    ask: Questions | None = None
    """None: only look, and say what is known without the weights."""
    subject: Sequence[str] = ()
    """What the talk is about, a text each."""
    heat_of: Callable[[str], float] = never_heated
    """A text -> how angry or disgusted it is, in [0, 1]."""

    @property
    def present(self) -> list[Candidate]:
        """Who may be chosen by a policy: all in the scene, and those who stand aside only when nobody else is."""
        here = [one for one in self.candidates if one.role_id not in self.away]
        return [one for one in here if one.role_id not in self.aside] or here

    @property
    def able(self) -> list[Candidate]:
        """Those present who have not just spoken; the last speaker where nobody else is."""
        last = self.last_id
        return [one for one in self.present if one.role_id != last] or self.present

    @property
    def last(self) -> Line | None:
        """The last line."""
        return self.lines[-1] if self.lines else None

    @property
    def last_id(self) -> str | None:
        """Who spoke it; the user and the narrator too."""
        return self.lines[-1].speaker_id if self.lines else None

    @property
    def spoken_ids(self) -> list[str]:
        """Role ids of the cast in the order in which they spoke, one a line."""
        ids = {one.role_id for one in self.candidates}
        return [line.speaker_id for line in self.lines if line.speaker_id in ids]

    @property
    def in_order(self) -> list[Candidate]:
        """Those present, beginning behind the member of the cast who spoke last."""
        here = {one.role_id for one in self.present}
        ids = [one.role_id for one in self.candidates]
        last = next((line.speaker_id for line in reversed(self.lines) if line.speaker_id in ids), None)
        first = ids.index(last) + 1 if last is not None else 0
        return [one for one in (*self.candidates[first:], *self.candidates[:first]) if one.role_id in here]

    @property
    def may_be_silent(self) -> bool:
        """Whether this turn may pass without anybody."""
        return self.rules.allows_silence and self.n_silences < MAX_SILENCES

    def name(self, role_id: str) -> str:
        """Returns the name of a member of the cast; empty for anybody else."""
        return next((one.name for one in self.candidates if one.role_id == role_id), "")

    def pick(self, candidates: Sequence[Candidate], what: str) -> Candidate:
        """Draws one of some candidates, each as likely as the others."""
        return candidates[min(int(self.draw(what) * len(candidates)), len(candidates) - 1)]


@dataclass(frozen=True, slots=True)
class Decision:
    """Who acts next."""

    role_id: str | None
    """None: nobody. A silence, or see `waits`."""
    why: str
    """A few words for people, behind "speaks next"."""
    bids: Mapping[str, float] = field(default_factory=dict)
    """Role id -> how much it wants to speak, on the scale of the policy."""
    queue: tuple[str, ...] = ()
    """Who speaks after that, in order, before the policy is asked again."""
    in_round: int | None = None
    """The simultaneous round that the turn is spoken in."""
    waits: bool = False
    """Nobody is chosen yet: the user has to say, or the weights have to be asked."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What else the turn's record keeps: how the bids came about, what was measured. JSON."""


THE_CAST_DECIDES = Decision(None, "the cast decides", waits=True)
