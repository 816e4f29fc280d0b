"""The world's side of a turn: what comes of the acts in it, and when a scene that stands still goes on.

A follow-up is a function of the path: one that was lost, because the app was killed before it was kept, comes again
when play goes on. What a character chose to do is in the record of its own turn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.characters.prompt import join_blocks, render_system
from core.characters.reply import format_reply
from core.hearing.perception import before_round, hears
from core.inference.request import Ask, Generate, Message
from core.minds.moment import Stopped
from core.narrator.acts import Act, read_act
from core.narrator.advancing import (
    PASSED_KEY,
    WAITS_KEY,
    Point,
    Waiting,
    blueprint,
    has_said,
    open_way,
    quiet_turns,
    waits_for,
)
from core.narrator.choosing import choose_act
from core.narrator.judging import Judgement, judge_act
from core.narrator.mechanics import NARRATOR_KEY
from core.narrator.reading import read_acts
from core.narrator.situation import Situation
from core.narrator.voice import PLAIN_VOICE, Voice
from core.path import fold
from core.playtest.directing.acts import DIRECTOR_ID, DIRECTOR_NAME
from core.playtest.directing.recasting import cast_at
from core.playtest.looking_back.recorded import BASE_SEED_KEY, round_of
from core.playtest.minds import draw_from
from core.playtest.script import NARRATOR_ID, Script
from core.playtest.settings import PlaySettings
from core.playtest.story.story_play import StoryPlay
from core.playtest.writing.turn_writer import derive_seed
from models.playtest import Origin, SpeakerKind, Turn, TurnBase
from models.stage import NarratorMode

AskFor = Callable[[str], Ask]
"""Role id -> what runs requests on the weights that play it; empty: on the playtest's own."""
CHOSEN_KEY = "chosen"
"""Where the record of an acting turn keeps what its speaker chose to do."""
N_RECENT_TURNS = 12
"""Turns in which what was done is not undone by choice."""
_OPENINGS = frozenset({Origin.GREETING, Origin.STORY, Origin.STAGE})


@dataclass(frozen=True, slots=True)
class _Due:
    """An act that nobody has judged yet."""

    act: Act
    turn: Turn
    """In which it was done."""
    index: int
    """Which of the acts of that turn, from 0."""
    n_acts: int


class Narrating:
    """What the world does between the lines of one playtest."""

    def __init__(self, script: Script, story: StoryPlay) -> None:
        self._script = script
        self._story = story
        self._rules = script.rules.narrator

    def is_due(self, path: Sequence[Turn]) -> bool:
        """Whether something follows from a path before anybody speaks. Asks no weights."""
        return self._due_act(path) is not None or self._advance(path) is not None

    def follow_up(self, path: Sequence[Turn], settings: PlaySettings, ask_for: AskFor) -> TurnBase | None:
        """Returns the turn that follows from a path before anybody speaks, one at a time; None: there is none.

        Raises:
            Stopped: The user stopped meanwhile.
            UserError: The weights cannot be run.
        """
        due = self._due_act(path)
        if due is None:
            return self._advance(path)
        return self._result(due, path, settings, ask_for)

    def choose(
        self,
        draft: TurnBase,
        path: Sequence[Turn],
        settings: PlaySettings,
        ask_for: AskFor,
        seen: Sequence[Message],
    ) -> dict[str, Any]:
        """Lets the speaker of a turn that is about to be kept choose an act; returns what its record is to keep.

        Nothing is asked where acts are not asked for, or stand in the words of the turn already.

        Args:
            seen: The chat that its weights have just answered.

        Raises:
            Stopped: The user stopped meanwhile.
        """
        path = before_round(path, round_of(draft))
        situation = self._situation(path)
        role_id = draft.speaker_id
        if not (self._rules.asks_for_acts and self._judges and situation is not None and situation.knows(role_id)):
            return {}
        if draft.kind != SpeakerKind.CHARACTER or read_acts(situation, role_id, draft.text):
            return {}
        part = cast_at(self._script, path).part(role_id)
        if part is None:
            return {}
        wants = f"{draft.text}\n{self._story.part_now(part, path).role.goal}"
        seed = draft.record.get("seed")
        asked = Generate(
            lane=role_id,
            messages=(*seen, Message("assistant", format_reply(draft.thought, draft.text))),
            sampling=settings.sampling(seed if isinstance(seed, int) else settings.seed),
            adapters=settings.adapters(role_id),
        )
        recent = _done(path[-N_RECENT_TURNS:])
        choice = choose_act(situation, role_id, asked, wants, ask_for(role_id), recent)
        if choice is None:
            raise Stopped
        return {NARRATOR_KEY: choice.record} if choice.record else {}

    def blueprint(self, path: Sequence[Turn]) -> list[Point]:
        """Returns the points of the story, the beats, and what became of each on a path; for people."""
        state, rules = self._story.state_at(path), self._story.rules
        return blueprint(rules, state, path) if rules is not None and state is not None else []

    @property
    def _judges(self) -> bool:
        return self._rules.mode != NarratorMode.OFF and self._script.has_story

    def _situation(self, path: Sequence[Turn]) -> Situation | None:
        state = self._story.state_at(path)
        if self._story.rules is None or state is None:
            return None
        names = {role.id: role.name for role in self._script.roles}
        names |= {part.role_id: part.character.name for part in cast_at(self._script, path).parts}
        return Situation(self._story.rules, state, names)

    def _due_act(self, path: Sequence[Turn]) -> _Due | None:
        """Returns the first act of the last line that has no result on the path yet."""
        if not self._judges:
            return None
        place = next((at for at in range(len(path) - 1, -1, -1) if path[at].kind == SpeakerKind.CHARACTER), None)
        if place is None or path[place].origin in _OPENINGS:
            return None
        turn = path[place]
        acts = self._acts_of(turn, path[:place])
        index = sum(_narrator_of(later).get("act_of") == turn.number for later in path[place + 1 :])
        spoke_after = any(later.kind == SpeakerKind.USER for later in path[place + 1 :])
        return _Due(acts[index], turn, index, len(acts)) if index < len(acts) and not spoke_after else None

    def _acts_of(self, turn: Turn, before: Sequence[Turn]) -> list[Act]:
        situation = self._situation(before)
        if situation is None or not situation.knows(turn.speaker_id):
            return []
        acts = read_acts(situation, turn.speaker_id, turn.text)
        chosen = read_act(_narrator_of(turn).get(CHOSEN_KEY))
        if not acts and chosen is not None and chosen.role_id == turn.speaker_id:
            return [chosen]
        return acts

    def _result(self, due: _Due, path: Sequence[Turn], settings: PlaySettings, ask_for: AskFor) -> TurnBase:
        situation = self._situation(path)
        assert situation is not None
        number = len(path) + 1
        voice = self._voice(due, path, settings, ask_for)
        draw = draw_from(f"{settings.seed}/{number}/{NARRATOR_ID}/{due.index}")
        judgement = judge_act(situation, due.act, due.turn.text, draw, voice)
        if judgement is None:
            raise Stopped
        about = {"act_of": due.turn.number, "index": due.index, "n_acts": due.n_acts, "mode": self._rules.mode.value}
        speaker_id, name = self._speaker(path)
        return TurnBase(
            speaker_id=speaker_id,
            speaker=name,
            kind=SpeakerKind.NARRATOR,
            text=judgement.text,
            origin=Origin.WEIGHTS if judgement.by_weights else Origin.STAGE,
            audience=self._audience(judgement),
            record={NARRATOR_KEY: judgement.record | about, BASE_SEED_KEY: settings.seed}
            | self._story.set_by_hand(judgement.effects, path),
        )

    def _audience(self, judgement: Judgement) -> list[str] | None:
        """Returns who perceives a result; a part that the world does not know perceives everything."""
        known = {role.id for role in self._script.roles}
        ids = [part.role_id for part in self._script.parts]
        perceiving = [role_id for role_id in ids if role_id in judgement.audience or role_id not in known]
        return None if len(perceiving) == len(ids) else perceiving

    def _speaker(self, path: Sequence[Turn]) -> tuple[str, str]:
        part = cast_at(self._script, path).part(self._rules.role)
        return (part.role_id, part.character.name) if part is not None else (NARRATOR_ID, "Narrator")

    def _voice(self, due: _Due, path: Sequence[Turn], settings: PlaySettings, ask_for: AskFor) -> Voice | None:
        """Returns the weights that judge, or that find the words for a narrator with a persona; None: neither."""
        script = cast_at(self._script, path)
        part = script.part(self._rules.role)
        judges = self._rules.mode == NarratorMode.WEIGHTS
        if part is None and not judges:
            return None
        system = PLAIN_VOICE
        if part is not None:
            role = part.role.model_copy(update={"secret": ""})
            persona = render_system(part.character, role, script.scene, part.relations)
            system = f"{join_blocks(persona)}\n\n{PLAIN_VOICE}"
        situation = self._situation(path)
        near = situation.others_with(due.act.role_id) if situation is not None else []
        seed = derive_seed(settings.seed, len(path) + 1, 0, 0)
        return Voice(
            ask=ask_for(part.role_id if part is not None else ""),
            system=system,
            lane=f"{part.role_id if part is not None else NARRATOR_ID} narrates",
            sampling=settings.sampling(seed),
            adapters=settings.adapters(part.role_id) if part is not None else (),
            judges=judges,
            moves_meters=judges and self._rules.moves_meters,
            reads_line=all(hears(due.turn, role_id) for role_id in near),
        )

    def _advance(self, path: Sequence[Turn]) -> TurnBase | None:
        """Returns the turn that goes on where a scene has stood still, or that says once what it waits for."""
        n_quiet = _quiet_turns(path) if self._rules.advances_after else -1
        if n_quiet < self._rules.advances_after:
            return None
        state, rules = self._story.state_at(path), self._story.rules
        if state is None or rules is None:
            return None
        way = open_way(rules, state)
        if way is not None:
            told = self._story.choose(way.link.id, path)
            why = {PASSED_KEY: f"passed on after {n_quiet} quiet turns", "link": way.link.id, "n_quiet": n_quiet}
            return told.model_copy(update={"origin": Origin.STORY, "record": told.record | {NARRATOR_KEY: why}})
        waiting = waits_for(rules, state)
        return _waiting_turn(waiting, n_quiet) if waiting and not _has_said(path) else None


def _waiting_turn(waiting: Sequence[Waiting], n_quiet: int) -> TurnBase:
    """What the stage says to whoever runs the playtest, and to nobody of the cast."""
    said = "; ".join(f"{one.beat}: {' and '.join(one.conditions)}" for one in waiting[:8])
    documents = [{"beat": one.beat, "conditions": list(one.conditions)} for one in waiting]
    return TurnBase(
        speaker_id=DIRECTOR_ID,
        speaker=DIRECTOR_NAME,
        kind=SpeakerKind.DIRECTOR,
        text=f"The story waits for {said}.",
        origin=Origin.STAGE,
        audience=[],
        record={NARRATOR_KEY: {WAITS_KEY: documents, "n_quiet": n_quiet}},
    )


def _done(turns: Sequence[Turn]) -> list[Act]:
    """Returns the acts that were done in some turns."""
    results = (_narrator_of(turn) for turn in turns if turn.kind == SpeakerKind.NARRATOR)
    acts = (read_act(result.get("act")) for result in results if result.get("feasible") is True)
    return [act for act in acts if act is not None]


def _quiet_turns(path: Sequence[Turn]) -> int:
    """Returns what `quiet_turns` does, from where it was known last."""
    return fold(path, "quiet", 0, lambda before, turns: quiet_turns(turns, before))


def _has_said(path: Sequence[Turn]) -> bool:
    return fold(path, "said", False, lambda before, turns: has_said(turns, before))


def _narrator_of(turn: TurnBase) -> dict[str, Any]:
    narrator = turn.record.get(NARRATOR_KEY)
    return narrator if isinstance(narrator, dict) else {}
