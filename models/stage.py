"""How the cast of a scenario is run: memory, inner life, hearing, narrator, turn-taking, endings; each can be switched.

Kept as one JSON document in `scenario.stage`. The defaults are what a new scenario has; what costs requests to the
weights is off.
"""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from models.fields import MAX_TEXT_CHARS

Id = Annotated[str, StringConstraints(max_length=64)]
Prose = Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS)]
Share = Annotated[float, Field(ge=0, le=1)]
MAX_LISTED = 10_000


class Part(BaseModel):
    """Part of the rules."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Recall(StrEnum):
    """How memories are found again. Unless off, a persona's own leave the prompt and come back when they matter."""

    OFF = "off"
    GENERATIVE = "generative"
    """Recency, importance and relevance (Generative Agents)."""
    RELEVANCE = "relevance"
    """Nearness of meaning alone."""
    EMOTION_SUM = "emotion_sum"
    """Distance of meaning plus distance of mood (Emotional RAG, C-A)."""
    EMOTION_PRODUCT = "emotion_product"
    """The one times the other (C-M)."""
    MEANING_FIRST = "meaning_first"
    """The nearest in meaning, then of those the nearest in mood (S-C)."""
    MOOD_FIRST = "mood_first"
    """The nearest in mood, then of those the nearest in meaning (S-S)."""


class MemoryRules(Part):
    """What characters remember beside the lines that they still see."""

    recall: Recall = Recall.OFF
    n_recalled: int = Field(default=3, ge=1, le=50)
    """Memories told before a turn at most."""
    recency_weight: float = Field(default=1.0, ge=0, le=100)
    importance_weight: float = Field(default=1.0, ge=0, le=100)
    relevance_weight: float = Field(default=1.0, ge=0, le=100)
    asks_importance: bool = False
    """The weights say how important a memory is; otherwise its words do."""
    sessions: bool = False
    """A pause in the story closes a session, of which a summary is kept (LD-Agent)."""
    session_gap_s: float = Field(default=3600.0, ge=1, le=1e9)
    """A pause in the time of the story that is longer closes the session."""
    reflects: bool = False
    """When enough has happened, the character draws conclusions from what it remembers."""
    reflect_at: float = Field(default=150.0, ge=1, le=1e6)
    """Sum of importance since the last reflection that makes the next one."""
    seconds_per_turn: float = Field(default=60.0, ge=0, le=1e6)
    """How long a turn lasts in the time of the story."""


class Reasoning(StrEnum):
    """How much a character thinks before it speaks."""

    NONE = "none"
    BOUNDED = "bounded"
    """A note of a few tokens."""
    FREE = "free"


class ThoughtState(StrEnum):
    """What a thought is about (ToMATO)."""

    BELIEF = "belief"
    INTENTION = "intention"
    DESIRE = "desire"
    EMOTION = "emotion"
    KNOWLEDGE = "knowledge"


class ThoughtRules(Part):
    """Thought before speech. Whether there is any is `scenario.thoughts`."""

    reasoning: Reasoning = Reasoning.FREE
    max_tokens: int = Field(default=60, ge=1, le=10_000)
    """Of a bounded note."""
    states: Annotated[tuple[ThoughtState, ...], Field(max_length=5)] = ()
    """What the thoughts are about, one after the other; empty: whatever they like."""
    about_others: bool = False
    """Every other thought is about what somebody else thinks (second order)."""
    keeps: bool = True
    """A character reads its own earlier thoughts again."""


class PlanRules(Part):
    """A short plan that is kept and revised."""

    plans: bool = False
    n_steps: int = Field(default=3, ge=1, le=10)
    revise_every: int = Field(default=4, ge=1, le=1000)
    """Own turns after which a plan is looked at again; a reached goal revises it at once."""
    asks_weights: bool = False
    """The weights write the plan; otherwise it follows from the goal by rule."""
    coach: dict[Id, Prose] = {}
    """Role id -> a line of advice before each of its turns (EPO)."""


class MindRules(Part):
    """Mood, sides of a persona, what moves a character, and what it cannot know."""

    mood: bool = False
    """A mood follows from what a character perceives, and is told to it."""
    workspace: bool = False
    """Emotion, memory, norms, plan and goal bid for what a turn is about (CogniPair)."""
    variants: bool = True
    """The situation chooses a side of the persona, where its author wrote any."""
    guards_horizon: bool = True
    """Asked about what lies beyond its horizon, a character is told that it cannot know it."""
    reminders: bool = False
    """When drift passes its bound, the character is reminded of who it is (Drift No More)."""


class HearingRules(Part):
    """Who perceives what."""

    by_place: bool = True
    """Roles in other places of the world do not hear."""
    overhears: Share = 0.0
    """Probability that somebody present overhears a whisper, and somebody next door what is said aloud."""
    learns: bool = True
    """A fact that is spoken is known to those who hear it."""


class NarratorMode(StrEnum):
    """Who decides what comes of the acts of characters."""

    OFF = "off"
    RULES = "rules"
    """The world's own rules; the narrator says in one sentence what came of it."""
    WEIGHTS = "weights"
    """The weights judge and tell; the world's rules have the last word, and differences are counted."""


class NarratorRules(Part):
    """Acts of characters, and the points that a scene is to reach."""

    mode: NarratorMode = NarratorMode.OFF
    role: Id = ""
    """Role id of the character who narrates; empty: nobody of the cast."""
    asks_for_acts: bool = False
    """After it has spoken, a character chooses an act among those that are possible."""
    advances_after: int = Field(default=0, ge=0, le=1000)
    """Turns without a step in the story after which the next open way is taken (HAMLET: 4); 0: never."""
    moves_meters: bool = False
    """Where the weights judge: numbers that everybody knows may go up or down by one with an act."""


class TurnTakingRules(Part):
    """What the policies of turn-taking need; which one it is stands in `scenario.turn_policy`."""

    weights: dict[Id, Annotated[float, Field(ge=0, le=1000)]] = {}
    """Role id -> how often (weighted), or how talkative in [0, 1] (mention); missing: as the character's card says."""
    order: Annotated[tuple[Id, ...], Field(max_length=MAX_LISTED)] = ()
    """Role ids of the scripted order."""
    reply_probability: Share = 0.5
    gate: Share = 0.5
    """Probability of "yes" above which a silent character speaks."""
    allows_silence: bool = True
    """When nobody wants to speak, nobody does: the turn passes in silence."""
    facilitator: Id = ""
    """Role id of somebody who steps in; empty: nobody."""
    facilitate_every: int = Field(default=6, ge=1, le=1000)
    """Turns after which the facilitator looks whether the talk has left its subject or grown heated."""


class EndingRules(Part):
    """What ends a run beside its cap."""

    natural: bool = True
    """The cast parts."""
    asks_weights: bool = False
    """The weights are asked whether the last lines are a close; otherwise two farewells in a row are one."""
    loop_guard: bool = True
    when_goals_met: bool = False
    """All goals that have a test are reached."""


class StageRules(Part):
    """All of it."""

    memory: MemoryRules = MemoryRules()
    thought: ThoughtRules = ThoughtRules()
    plan: PlanRules = PlanRules()
    mind: MindRules = MindRules()
    hearing: HearingRules = HearingRules()
    narrator: NarratorRules = NarratorRules()
    turns: TurnTakingRules = TurnTakingRules()
    ending: EndingRules = EndingRules()

    @classmethod
    def read(cls, document: dict[str, Any]) -> Self:
        """Reads the document of a row. Raises pydantic.ValidationError when it is not one."""
        return cls.model_validate(document)

    def to_document(self) -> dict[str, Any]:
        """Returns what a row keeps: all that is not as in the defaults."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def with_value(self, path: str, value: Any) -> Self:
        """Returns rules with another value at a path such as `memory.recall`.

        Raises:
            KeyError: There is no such rule.
            pydantic.ValidationError: It cannot have this value.
        """
        part_name, _, name = path.partition(".")
        part = getattr(self, part_name) if part_name in type(self).model_fields else None
        if part is None or name not in type(part).model_fields:
            raise KeyError(path)
        document = self.model_dump(mode="json")
        document[part_name][name] = value
        return type(self).model_validate(document)


PLAIN = StageRules()
"""What costs nothing."""
EVERYTHING = StageRules.read(
    {
        "memory": {"recall": "generative", "sessions": True, "reflects": True, "reflect_at": 60.0},
        "thought": {"reasoning": "bounded", "states": [state.value for state in ThoughtState], "about_others": True},
        "plan": {"plans": True},
        "mind": {"mood": True, "workspace": True, "reminders": True},
        "hearing": {"overhears": 0.1},
        "narrator": {"mode": "rules", "asks_for_acts": True, "advances_after": 6},
    }
)
"""Each part at work, to see what there is."""
