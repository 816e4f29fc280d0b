"""Scenes that never were: random casts, places, comings and goings, whispers, rounds and branches, without weights.

Each turn has a word of its own, `heard<number>` in its text and `thought<number>` in its thought. Each role has a
secret, a persona and a lorebook with words of their own, and the world has facts that are told in some of the lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from core.hearing.perception import ROUND_KEY, before_round
from core.inference.request import Engine
from core.minds.mind import prepare
from core.playtest.directing.consequences import Consequences
from core.playtest.minds import Minds
from core.playtest.script import NARRATOR_ID, USER_ID, Part, Script
from core.playtest.settings import PlaySettings, WhenFull
from core.playtest.story.story_play import StoryPlay
from core.playtest.tree import path_to
from core.playtest.view.context_room import ContextRoom
from core.playtest.view.long_scene import LongScene, Perceived
from core.project import Project
from core.world.graph import StoryRole
from models.character import CharacterBase
from models.lore import LoreEntryBase
from models.playtest import Origin, SpeakerKind, Turn, TurnBase
from models.scenario import RoleBase, ScenarioBase

NAMES = ("Mara Voss", "Theo Brand", "Ilse Ruud", "Nils Berg", "Old Gus")
PLACES = [
    {"id": "p1", "name": "hall", "adjacent": ["p2"]},
    {"id": "p2", "name": "attic"},
    {"id": "p3", "name": "cellar"},
]
N_FACTS = 3
FILLER = "and the rain goes on over the roofs of the town while nobody counts the hours of the bell"
SPOKEN = 12
"""Turns whose words call up lore."""
MINDS = {
    "memory": {"recall": "generative", "reflects": True, "reflect_at": 20.0, "sessions": True, "session_gap_s": 90.0},
    "mind": {"mood": True, "workspace": True, "guards_horizon": True},
    "plan": {"plans": True},
}


@dataclass(frozen=True)
class Act:
    """What happens next."""

    kind: str
    """say, tell, user, motive, set or round."""
    who: int = 0
    to: tuple[int, ...] | None = None
    fact: int | None = None
    where: str = ""
    is_written: bool = False
    """A whisper that the words begin with, as weights would write it."""
    back: int | None = None
    """Turns to go back before: a branch."""


@dataclass
class Performance:
    """A script, all turns, and the machinery that a director would have."""

    script: Script
    project: Project
    engine: Engine
    settings: PlaySettings
    turns: list[Turn] = field(default_factory=list)
    head: int | None = None

    def __post_init__(self) -> None:
        self.story = StoryPlay(self.script)
        self.consequences = Consequences(self.script, self.story)
        self.scene = LongScene(self.project, self.script, "p")
        self.minds = Minds(self.project, self.script, "p")
        self.room = ContextRoom(self.engine, self.script)
        self.n_rounds = 0

    @property
    def path(self) -> list[Turn]:
        return path_to(self.turns, self.head)

    def part(self, role_id: str, path: Sequence[Turn], in_round: int | None = None) -> Part:
        part = self.script.part(role_id)
        assert part is not None
        return self.story.part_now(part, before_round(path, in_round))

    def perceive(self, role_id: str, path: Sequence[Turn], in_round: int | None = None) -> Perceived:
        """What a role reads before its turn after a path, as the director finds it."""
        part = self.part(role_id, path, in_round)
        inner = prepare(self.minds.moment(part, path, None, in_round))
        return self.scene.perceive(part, path, self.settings, self.room, inner=inner, in_round=in_round)

    def read(self, role_id: str, path: Sequence[Turn], perceived: Perceived, in_round: int | None = None) -> str:
        view = self.scene.view(self.part(role_id, path, in_round), perceived)
        return "\n".join(message.content for message in view.messages)

    def commit(self, draft: TurnBase, path: list[Turn] | None = None) -> Turn:
        path = self.path if path is None else path
        done = self.consequences.of(draft, path)
        place = {"id": len(self.turns) + 1, "playtest_id": "p", "number": len(path) + 1}
        turn = Turn.model_validate(done.model_dump() | place | {"parent_id": path[-1].id if path else None})
        self.turns.append(turn)
        self.head = turn.id
        return turn

    def do(self, act: Act) -> None:
        if act.back is not None and self.path:
            path = self.path
            self.head = path[-1 - act.back].id if act.back < len(path) else None
        ids = [part.role_id for part in self.script.parts]
        who = ids[act.who % len(ids)]
        to = None if act.to is None else [ids[place % len(ids)] for place in act.to]
        match act.kind:
            case "say":
                self._say(who, to, act)
            case "round":
                self.n_rounds += 1
                for role_id in ids:
                    self._say(role_id, to if role_id == who else None, act, self.n_rounds)
            case "tell" | "user":
                speaker = (NARRATOR_ID, "Narrator") if act.kind == "tell" else (USER_ID, "You")
                audience = to if act.kind == "user" else None
                kind = SpeakerKind.NARRATOR if act.kind == "tell" else SpeakerKind.USER
                self.commit(self._draft(*speaker, kind, act, audience))
            case "motive":
                self.commit(self._draft("director", "Director", SpeakerKind.DIRECTOR, act, [who]))
            case "set":
                effects = f"{self.script.part(who).character.name.split()[0]} {act.where}"
                record = self.story.set_by_hand(effects, self.path)
                self.commit(_turn("director", "Director", SpeakerKind.DIRECTOR, effects, audience=[], record=record))

    def _say(self, role_id: str, to: list[str] | None, act: Act, in_round: int | None = None) -> None:
        part = self.script.part(role_id)
        assert part is not None
        path = self.path
        perceived = self.perceive(role_id, path, in_round)
        draft = self._draft(role_id, part.character.name, SpeakerKind.CHARACTER, act, to)
        record: dict[str, Any] = {"weights": {"name": "none"}, "earlier": perceived.record}
        if perceived.lore.record:
            record["lore"] = perceived.lore.record
        if perceived.inner.record:
            record["mind"] = perceived.inner.record
        if in_round is not None:
            record[ROUND_KEY] = in_round
        if to is not None and act.is_written:
            names = [self.script.part(one).character.name for one in to if one != role_id]
            text = f"(whispers to {' and '.join(names)}) {draft.text}" if names else f"(thinks) {draft.text}"
            draft = draft.model_copy(update={"text": text, "audience": None})
        self.commit(draft.model_copy(update={"record": record}))

    def _draft(self, speaker_id: str, speaker: str, kind: SpeakerKind, act: Act, to: list[str] | None) -> TurnBase:
        number = len(self.turns) + 1
        words = [f"heard{number} is what I say {FILLER}."]
        if act.fact is not None:
            words.append(fact_text(act.fact))
        thought = f"thought{number}" if kind == SpeakerKind.CHARACTER else None
        return _turn(speaker_id, speaker, kind, " ".join(words), thought, to)


def fact_text(number: int) -> str:
    """Returns a fact that nobody says by chance."""
    return f"Glorb{number} wumps{number} under frall{number}."


def _turn(
    speaker_id: str,
    speaker: str,
    kind: SpeakerKind,
    text: str,
    thought: str | None = None,
    audience: list[str] | None = None,
    record: dict[str, Any] | None = None,
) -> TurnBase:
    return TurnBase(
        speaker_id=speaker_id,
        speaker=speaker,
        kind=kind,
        text=text,
        thought=thought,
        origin=Origin.WEIGHTS,
        audience=audience,
        record=record or {},
    )


def part_of(number: int) -> Part:
    """Returns a part all of whose private words end with its number."""
    character = CharacterBase(
        name=NAMES[number],
        description=f"description-of-{number}",
        statements=[f"statement-of-{number}"],
        layers={"horizon": {"secrets": [f"persona-secret-of-{number}"]}, "memories": [{"text": f"memory-of-{number}"}]},
    )
    role = RoleBase(name="", goal=f"goal-of-{number}", secret=f"secret-of-{number}")
    return Part(role_id=f"role-{number}", role=role, character=character)


def lore_of(n_parts: int) -> dict[str, Any]:
    """A book of the project that each word of a turn calls up, and a book of each role."""

    def entry(entry_id: str, **fields: Any) -> dict[str, Any]:
        return LoreEntryBase(**fields).model_dump(mode="json", exclude_defaults=True, exclude={"extra"}) | {
            "id": entry_id
        }

    shared = [
        entry(f"e{n}", name=f"e{n}", keys=[f"heard{n}"], content=f"lore{n}x", sticky=3, scan_depth=4)
        for n in range(1, SPOKEN)
    ]
    books = [{"id": "b", "owner": "", "name": "Shared", "entries": shared}]
    for number in range(n_parts):
        own = [entry(f"o{number}", name="own", constant=True, content=f"book-of-{number}")]
        books.append({"id": f"b{number}", "owner": f"role-{number}", "name": "Own", "entries": own})
    return {"books": books}


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """Draws a cast, where everybody is, who knows what, and the rules of hearing."""
    n_parts = draw(st.integers(2, len(NAMES)))
    parts = tuple(map(part_of, range(n_parts)))
    ids = st.sampled_from([part.role_id for part in parts])
    facts = [
        {"id": f"f{n}", "text": fact_text(n), "is_secret": n == 0}
        | {"known_by": draw(st.dictionaries(ids, st.sampled_from(["knows", "suspects", "denies"]), max_size=2))}
        for n in range(N_FACTS)
    ]
    world = {"places": PLACES, "facts": facts}
    world |= {"role_places": draw(st.dictionaries(ids, st.sampled_from(["p1", "p2", "p3"])))}
    hearing = {
        "by_place": draw(st.booleans()),
        "overhears": draw(st.sampled_from([0.0, 0.0, 0.5, 1.0])),
        "learns": draw(st.booleans()),
    }
    stage = {"hearing": hearing} | (MINDS if draw(st.booleans()) else {})
    stage |= {"thought": {"keeps": draw(st.booleans())}}
    scenario = ScenarioBase(name="Scene", setting="A town.", thoughts=True, world=world, stage=stage)
    roles = tuple(StoryRole(id=part.role_id, names=(part.character.name,)) for part in parts)
    return Script(scenario=scenario, parts=parts, roles=roles, lore=lore_of(n_parts) if draw(st.booleans()) else {})


_WHERE = st.sampled_from(["leaves", "enters", "moves to hall", "moves to attic", "moves to cellar"])
_SOME = st.lists(st.integers(0, 4), max_size=3, unique=True).map(tuple)
_FACT = st.none() | st.integers(0, N_FACTS - 1)
_BACK = st.sampled_from([None] * 6 + [1, 2, 5])
SAYS = st.builds(Act, st.just("say"), st.integers(0, 4), st.none() | _SOME, _FACT, st.just(""), st.booleans(), _BACK)
OTHERS = st.one_of(
    st.builds(Act, st.just("set"), st.integers(0, 4), where=_WHERE, back=_BACK),
    st.builds(Act, st.sampled_from(["motive", "tell", "user"]), st.integers(0, 4), st.none() | _SOME, _FACT),
    st.builds(Act, st.just("round"), st.integers(0, 4), st.none() | _SOME, _FACT),
)
ACTS = st.lists(SAYS | SAYS | OTHERS, min_size=1, max_size=12)
SETTINGS = st.sampled_from([WhenFull.DROP, WhenFull.EXTRACT]).map(
    lambda when: PlaySettings(when_full=when, max_tokens=20)
)
