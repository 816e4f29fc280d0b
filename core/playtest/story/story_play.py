"""The story of a script while it is played: where the world stands after any path of turns, and what comes of a turn.

The state is a fold over the path from its first turn, so that no branch knows of another. What chance decided, and the
way that was taken, are kept with the turn; the rest follows.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from core.characters.macros import expand_macros
from core.errors import UserError
from core.hearing.audience import Presence, find_audience
from core.hearing.knowledge import Knowledge, trace_knowledge
from core.hearing.leaks import ALARMS_KEY, Secret, find_leaks
from core.hearing.learning import learn, read_learned
from core.hearing.perception import ROUND_KEY, before_round
from core.hearing.whispers import WHISPER_KEY, whispered_to
from core.playtest.directing.recasting import cast_at
from core.playtest.script import NARRATOR_ID, Part, Script
from core.playtest.story import story_hearing
from core.world.graph import StoryBeat, StoryLink
from core.world.state import StateReader, WorldState, describe_changes
from core.world.steps import Line, Rules, Step
from core.world.telling import Told, tell_role
from models.playtest import Origin, SpeakerKind, Turn, TurnBase

WORLD_KEY = "world"
"""Where a turn's record keeps what it did to the world."""


class StoryPlay:
    """The story of one script. Safe on any thread: what two find out at once is the same."""

    def __init__(self, script: Script) -> None:
        """Raises UserError when the scene cannot begin as its script says."""
        self._script = script
        self.rules = Rules(script.story) if script.has_story or script.roles else None
        self._first = self._begin(self.rules) if self.rules is not None else None
        self._states: dict[int | None, WorldState] = {}
        if not script.has_story and (script.begin.beat_id or script.begin.changes):
            raise UserError(
                f"“{script.scenario.name}” has no beats and no world to begin with.", "Add them in Scenarios."
            )

    def state_at(self, path: Sequence[Turn]) -> WorldState | None:
        """Returns the state after a path of turns; None for a script without a story."""
        if self.rules is None or self._first is None:
            return None
        known = next((place for place in range(len(path), 0, -1) if path[place - 1].id in self._states), 0)
        state = self._states[path[known - 1].id] if known else self._first
        for turn in path[known:]:
            state = self._after(self.rules, state, turn)
            self._states[turn.id] = state
        return state

    def states_along(self, path: Sequence[Turn]) -> list[WorldState]:
        """Returns the states before a path of turns and after each of them; nothing for a script without a story."""
        if self._first is None:
            return []
        self.state_at(path)
        return [self._first, *(self._states[turn.id] for turn in path)]

    def part_now(self, part: Part, path: Sequence[Turn]) -> Part:
        """Returns a part with what it wants in the beat that the scene is in, and what the world tells it there."""
        state = self.state_at(path)
        if self.rules is None or state is None:
            return part
        changes: dict[str, Any] = {}
        beat = self._beat(state.beat_id)
        goal = beat.goals.get(part.role_id, "").strip() if beat is not None else ""
        if goal:
            whole = f"{part.role.goal.strip()} {goal}".strip()
            changes["role"] = part.role.model_copy(update={"goal": whole})
        told = self._tell_role(self.rules, state, part, beat, cast_at(self._script, path))
        if told != part.told:
            changes["told"] = told
        return part.model_copy(update=changes) if changes else part

    def away_at(self, path: Sequence[Turn]) -> frozenset[str]:
        """Returns the ids of the parts that are not in the scene after a path of turns."""
        state = self.state_at(path)
        if self.rules is None or state is None:
            return frozenset()
        reader, known = StateReader(self.rules.slots, state), {role.id for role in self._script.roles}
        ids = (part.role_id for part in self._script.parts if part.role_id in known)
        return frozenset(role_id for role_id in ids if not reader.is_present(role_id))

    def _tell_role(self, rules: Rules, state: WorldState, part: Part, beat: StoryBeat | None, script: Script) -> Told:
        if all(role.id != part.role_id for role in self._script.roles):  # a script of an older version
            return Told()
        cast = {one.role_id: one.character.name for one in script.parts}
        names = {role.id: role.name for role in self._script.roles} | cast
        told = tell_role(rules.slots, state, part.role_id, names, beat.place_id if beat is not None else None)

        def expand(text: str) -> str:
            return expand_macros(text, part.character.spoken_name, self._script.scenario.user_name).strip()

        return Told(facts=expand(told.facts), world=expand(told.world))

    def presence_at(self, path: Sequence[Turn]) -> Presence:
        """Returns who is in the scene after a path of turns, and where."""
        slots = self.rules.slots if self.rules is not None else None
        return story_hearing.presence_in(self._script, slots, self.state_at(path))

    def hearers(self, speaker_id: str, path: Sequence[Turn]) -> frozenset[str]:
        """Returns who would hear a role after a path if it spoke aloud; who may overhear it is left to chance."""
        rules = self._script.rules.hearing.model_copy(update={"overhears": 0.0})
        presence = self.presence_at(path)
        heard = find_audience(speaker_id, None, presence, rules, lambda _: 1.0).hearers
        return frozenset(presence.cast if heard is None else heard) - {speaker_id}

    def knowledge(self, path: Sequence[Turn]) -> Knowledge | None:
        """Returns who knows what along a path, and since when; None where there is nothing to know."""
        if self.rules is None or not self.rules.story.world.facts:
            return None
        return trace_knowledge(self.rules.slots, self.states_along(path), path)

    def place_of(self, draft: TurnBase) -> str | None:
        """Returns where a turn happens whose speaker is nowhere: where the beat is that it tells of."""
        told = _world_of(draft).get("told")
        beat = self._beat(told) if isinstance(told, str) else None
        return beat.place_id if beat is not None else None

    def record(self, draft: TurnBase, path: Sequence[Turn]) -> dict[str, Any]:
        """Returns what the record of a turn after a path keeps of what it does to the world, and to what roles know.

        Args:
            draft: With its audience.
        """
        before = self.state_at(path)
        if self.rules is None or before is None:
            return {}
        heard = self._hearing(self.rules, before, draft, path)
        if not self._script.has_story or WORLD_KEY in draft.record or not is_counted(draft):
            return heard
        taught = self._teach(self.rules, before, heard)
        line = Line(draft.speaker_id, draft.text)
        after, step = self.rules.advance(taught, line, self.draw(len(path) + 1))
        return heard | {WORLD_KEY: self._describe(self.rules, before, after, step)}

    def _hearing(self, rules: Rules, before: WorldState, draft: TurnBase, path: Sequence[Turn]) -> dict[str, Any]:
        """Returns what those who hear a turn learn from it, and what it gives away."""
        script, facts = cast_at(self._script, path), rules.story.world.facts if rules.story.hearing.learns else []
        ids = [part.role_id for part in script.parts]
        spoken, people = story_hearing.spoken_of(draft, ids), story_hearing.people_in(script)
        heard = before_round(path, draft.record.get(ROUND_KEY))  # what was said since then nobody has heard yet
        minds = story_hearing.minds_in(rules.slots, before, draft.speaker_id, self.state_at(heard))
        learnt = learn(spoken, facts, minds, people)
        record = learnt.record if facts else {}
        if draft.kind == SpeakerKind.DIRECTOR or not draft.text.strip():
            return record

        def has_heard(role_id: str, secret: Secret) -> bool:
            return story_hearing.has_heard(heard, ids, people, role_id, secret)

        alarms = find_leaks(spoken, learnt, facts, minds, story_hearing.secrets_in(script), people, has_heard)
        if alarms:
            raised = draft.record.get(ALARMS_KEY)
            record[ALARMS_KEY] = [*(raised if isinstance(raised, list) else []), *(alarm.record for alarm in alarms)]
        return record

    def _teach(self, rules: Rules, state: WorldState, record: dict[str, Any]) -> WorldState:
        """Returns the state after all that was learnt by hearing a turn."""
        return rules.learn(state, read_learned(record, rules.slots.role_codes))

    def set_by_hand(self, effects: str, path: Sequence[Turn]) -> dict[str, Any]:
        """Returns what the record of a turn keeps that sets the world by hand.

        Args:
            effects: See `core.world.effects`; who enters and leaves, too.

        Raises:
            UserError: They cannot be read, or there is no world to set.
        """
        before = self.state_at(path)
        if self.rules is None or before is None:
            raise UserError("This scene has no world to change.", "Begin a new playtest of its scenario.")
        after = self.rules.judge(before.with_acts(self.rules.read_changes(effects), self.rules.slots))
        return {WORLD_KEY: self._describe(self.rules, before, after, None) | {"set": effects}}

    def narration(self, path: Sequence[Turn]) -> TurnBase | None:
        """Returns what the narrator is to say next, because the last turn led to a beat; else None."""
        if not path or self.rules is None:
            return None
        world = _world_of(path[-1])
        step = world.get("step")
        return self._tell(str(step.get("to"))) if isinstance(step, dict) and not world.get("told") else None

    def first_narrations(self) -> list[TurnBase]:
        """Returns what the narrator says of the beat that the scene begins in, and of the event that happens there."""
        begun = [self._first.beat_id if self._first is not None else None, self._script.begin.beat_id]
        told = [self._tell(beat_id) for beat_id in dict.fromkeys(begun) if beat_id]
        return [turn for turn in told if turn is not None]

    def choices(self, path: Sequence[Turn]) -> list[StoryLink]:
        """Returns the ways that the director can choose now."""
        state = self.state_at(path)
        return self.rules.choices(state) if self.rules is not None and state is not None else []

    def choose(self, link_id: str, path: Sequence[Turn]) -> TurnBase:
        """Returns the narrator's turn that takes a way. Raises UserError when it is not open."""
        before = self.state_at(path)
        if self.rules is None or before is None:
            raise UserError("This scene has no ways to choose.", "Add beats in Scenarios.")
        after, step = self.rules.choose(before, link_id, self.draw(len(path) + 1))
        link = next(link for link in self._script.links if link.id == link_id)
        told = self._tell(step.beat_id)
        beat = self._beat(step.beat_id)
        words = told.text if told is not None else link.label.strip() or (beat.title if beat is not None else "")
        world = self._describe(self.rules, before, after, step) | {"told": step.beat_id}
        return _narrator_turn(words, Origin.HUMAN, world)

    def _begin(self, rules: Rules) -> WorldState:
        begin = self._script.begin
        if not begin.beat_id and not begin.changes:
            return rules.begin(self.draw(0))
        return rules.begin_at(begin.beat_id, begin.changes, frozenset(), self.draw(0))

    def _after(self, rules: Rules, state: WorldState, turn: Turn) -> WorldState:
        """Returns the state after a turn: first all that hear it know what it says, then the scene goes on."""
        taught = self._teach(rules, state, turn.record)
        after = self._go_on(rules, taught, turn)
        return rules.judge(after) if after is taught and taught is not state else after

    def _go_on(self, rules: Rules, state: WorldState, turn: Turn) -> WorldState:
        world = _world_of(turn)
        if isinstance(world.get("set"), str):
            return self._set(rules, state, world["set"])
        if not is_counted(turn):
            return state
        step = world.get("step")
        is_chosen = isinstance(step, dict) and bool(world.get("told"))
        if world.get("told") and not is_chosen:
            return state
        if not world:
            return rules.advance(state, Line(turn.speaker_id, turn.text), self.draw(turn.number))[0]
        counted = state if is_chosen or state.outcome is not None else rules.count_turn(state)
        if not isinstance(step, dict):
            return rules.judge(counted)
        return rules.replay(counted, Step(str(step.get("to")), step.get("link"), step.get("ok") is not False))

    def _set(self, rules: Rules, state: WorldState, effects: str) -> WorldState:
        """What cannot be read changes nothing: the turn may come from a stranger's pack."""
        try:
            return rules.judge(state.with_acts(rules.read_changes(effects), rules.slots))
        except UserError:
            return state

    def _describe(self, rules: Rules, before: WorldState, after: WorldState, step: Step | None) -> dict[str, Any]:
        world: dict[str, Any] = {"beat": after.beat_id}
        if step is not None:
            world["step"] = {"to": step.beat_id, "link": step.link_id, "ok": step.succeeded}
        if changes := describe_changes(rules.slots, before, after):
            world["changes"] = changes
        if after.outcome is not None:
            world["outcome"] = after.outcome.value
        return world

    def _tell(self, beat_id: str) -> TurnBase | None:
        beat = self._beat(beat_id)
        if beat is None or not beat.text.strip():
            return None
        scenario = self._script.scenario
        name = self._script.parts[0].character.spoken_name if self._script.parts else ""
        text = expand_macros(beat.text, name, scenario.user_name).strip()
        return _narrator_turn(text, Origin.STORY, {"told": beat_id})

    def _beat(self, beat_id: str | None) -> StoryBeat | None:
        rules = self.rules.beats.get(beat_id or "") if self.rules is not None else None
        return rules.beat if rules is not None else None

    def draw(self, number: int) -> Callable[[str], float]:
        """Returns what chance says at a place of the branch: the same each time."""

        def draw(what: str) -> float:
            words = f"{self._script.begin.seed}/{number}/{what}"
            return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=4).digest(), "big") / 2**32

        return draw


def is_counted(turn: TurnBase) -> bool:
    """Whether a turn is a line of the scene: what the director does and what the stage says of itself are not."""
    return turn.kind != SpeakerKind.DIRECTOR and turn.origin != Origin.STAGE


def told_again(turn: TurnBase) -> dict[str, Any]:
    """Returns what the record of an edited turn keeps: whom it is for, that it tells of a beat, the way chosen."""
    world, whisper = _world_of(turn), turn.record.get(WHISPER_KEY)
    kept = {WORLD_KEY: dict(world)} if world.get("told") else {}
    return kept | ({WHISPER_KEY: whisper} if whispered_to(turn) is not None else {})


def _world_of(turn: TurnBase) -> dict[str, Any]:
    world = turn.record.get(WORLD_KEY)
    return world if isinstance(world, dict) else {}


def _narrator_turn(text: str, origin: Origin, world: dict[str, Any]) -> TurnBase:
    return TurnBase(
        speaker_id=NARRATOR_ID,
        speaker="Narrator",
        kind=SpeakerKind.NARRATOR,
        text=text,
        origin=origin,
        finish="human",
        record={WORLD_KEY: world},
    )
