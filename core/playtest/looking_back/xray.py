"""The X-ray of a turn: all that its speaker, or another character at that moment, had to go by, and what came of it.

Rebuilt from the record. For a turn that a person wrote, and for those who did not speak, it is what the weights would
have read; a mind then does what it can without weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from core.characters.prompt import Block
from core.errors import UserError
from core.hearing.perception import ROUND_KEY, before_round
from core.inference.request import Engine, Message
from core.library.playtests import get_playtest, scores_of_turn
from core.lore.records import parse_dropped, parse_fired
from core.lore.verdicts import Verdict
from core.lore.wording import explain
from core.minds.moment import MIND_KEY
from core.narrator.mechanics import summarise
from core.playtest.directing.recasting import cast_at
from core.playtest.directing.who_next import TURN_TAKING_KEY, WHY_KEY
from core.playtest.looking_back.paper_engine import PaperEngine
from core.playtest.looking_back.recorded import round_of, settings_of
from core.playtest.reader import PlaytestReader
from core.playtest.script import Part, Script
from core.playtest.settings import PlaySettings
from core.playtest.view.context_room import ContextRoom
from core.playtest.view.long_scene import Perceived
from core.playtest.view.pinned_lore import read_titles
from core.playtest.view.scene_lore import LORE_KEY
from core.playtest.view.views import View
from core.playtest.writing.cast_engines import CastEngines, FindEngine
from core.project import Project
from models.playtest import SpeakerKind, Turn
from models.score import Score

COST_KEYS = (
    "n_prompt_tokens",
    "n_reused_tokens",
    "n_written_tokens",
    "first_token_s",
    "total_s",
    "engine",
    "n_ctx",
    "n_threads",
    "gpu",
    "safe_mode",
)
CONSEQUENCE_KEYS = ("world", "learned", "overheard", "alarms", "narrator", "act", ROUND_KEY)


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A piece of the prompt, where it comes from, and how long it is."""

    origin: str
    text: str
    n_tokens: int


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one entry of a lorebook."""

    id: str
    title: str
    book: str
    why: str
    n_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Xray:
    """All of it. `reader` is the character whose prompt is shown; empty where nobody of the cast reads anything."""

    turn: Turn
    reader_id: str
    reader: str
    is_rebuilt: bool
    """The prompt is what the turn was written from; otherwise what it would have been."""
    blocks: tuple[TextBlock, ...] = ()
    """Of the system message."""
    history: tuple[TextBlock, ...] = ()
    """The messages after it; their origin is whose they are."""
    notes: tuple[TextBlock, ...] = ()
    """What the mind said, at the end of the last message."""
    messages: tuple[Message, ...] = ()
    """All together, as the weights read them."""
    opening: str = ""
    tokens_are_estimate: bool = True
    n_turns_left: int = 0
    """Turns that had left the view."""
    lore_fired: tuple[Fate, ...] = ()
    lore_dropped: tuple[Fate, ...] = ()
    mind: dict[str, Any] = field(default_factory=dict)
    """Faculty -> what it kept: memories with the parts of their scores, mood, plan, bids, thoughts."""
    scores: tuple[Score, ...] = ()
    mechanics: dict[str, Any] = field(default_factory=dict)
    """How often the weights would have been wrong about the world, up to this turn."""

    knowledge: dict[str, Any] = field(default_factory=dict)
    """Who knows what of the facts of the world before this turn; empty where there are none."""

    @property
    def n_tokens(self) -> int:
        """Of all blocks together."""
        return sum(block.n_tokens for block in (*self.blocks, *self.history, *self.notes))

    def to_document(self) -> dict[str, Any]:
        """Returns what `tableread xray --json` prints."""
        turn, record = self.turn, self.turn.record
        return {
            "turn": turn.number,
            "turn_id": turn.id,
            "speaker": turn.speaker,
            "speaker_id": turn.speaker_id,
            "kind": turn.kind.value,
            "origin": turn.origin.value,
            "text": turn.text,
            "thought": turn.thought,
            "finish": turn.finish,
            "audience": turn.audience,
            "reader": self.reader,
            "reader_id": self.reader_id,
            "rebuilt": self.is_rebuilt,
            "blocks": [_block(block) for block in self.blocks],
            "history": [_block(block) for block in self.history],
            "notes": [_block(block) for block in self.notes],
            "messages": [{"role": message.role, "content": message.content} for message in self.messages],
            "opening": self.opening,
            "tokens": self.n_tokens,
            "tokens_are_estimate": self.tokens_are_estimate,
            "turns_left": self.n_turns_left,
            "lore": {
                "fired": [_fate(fate) | {"tokens": fate.n_tokens} for fate in self.lore_fired],
                "dropped": [_fate(fate) for fate in self.lore_dropped],
            },
            "mind": self.mind,
            "why": record.get(WHY_KEY),
            "turn_taking": record.get(TURN_TAKING_KEY),
            **{key: record.get(key) for key in CONSEQUENCE_KEYS},
            "mechanics": self.mechanics,
            "knowledge": self.knowledge,
            "seed": record.get("seed"),
            "sampling": record.get("sampling"),
            "weights": record.get("weights"),
            "adapters": record.get("adapters"),
            "cost": {key: record[key] for key in COST_KEYS if key in record},
            "scores": {
                score.metric: {"value": score.value, "reason": score.reason, "evidence": score.evidence}
                for score in self.scores
            },
        }


def take_xray(
    project: Project,
    playtest_id: str,
    turn_id: int,
    role_id: str | None = None,
    engine: Engine | None = None,
    find_engine: FindEngine | None = None,
    reader: PlaytestReader | None = None,
) -> Xray:
    """Returns the X-ray of a turn.

    Args:
        role_id: Whose prompt is shown; None: the speaker's.
        engine: Counts tokens; None: they are guessed from the length of texts.
        reader: Of this playtest, where it has been read before.

    Raises:
        UserError: The turn is gone, nobody plays this role, or the script cannot be read.
    """
    if get_playtest(project, playtest_id) is None:
        raise UserError("This playtest is not in the project any more.", "Undo may bring it back.")
    reader = reader or PlaytestReader(project, playtest_id)
    turn = reader.branch.require(turn_id)
    path = reader.branch.path_to(turn.parent_id)
    script = cast_at(reader.branch.script, path)
    if role_id is not None and script.part(role_id) is None:
        raise UserError("This role is not in the cast.", "Choose another one.")
    part = script.part(role_id or turn.speaker_id)
    bare = _bare(project, reader, turn, path)
    if part is None or (role_id is None and turn.kind != SpeakerKind.CHARACTER):
        return bare
    cast = CastEngines(
        engine or PaperEngine(turn), reader.branch.script, f"{playtest_id}/xray", find_engine if engine else None
    )
    settings = reader.branch.settings
    if engine is None:
        settings = settings.model_copy(update={"cast_weights": {}})
    room = cast.room(part.role_id, settings)
    part = reader.story.part_now(part, before_round(path, round_of(turn)))
    read = _read_again(reader, part, turn, path, settings, room)
    opening = turn.record.get("opening")
    xray = replace(
        bare,
        reader_id=part.role_id,
        reader=part.character.name,
        is_rebuilt=read.is_rebuilt,
        mind=read.mind,
        opening=opening if read.is_rebuilt and isinstance(opening, str) else "",
        **_lore(read.perceived.script or reader.branch.script, read.lore),
    )
    return _with_prompt(xray, reader.scene.view(part, read.perceived), read.perceived, part, room)


class _Read(NamedTuple):
    """What a character went by before a turn, or would have gone by."""

    perceived: Perceived
    mind: dict[str, Any]
    lore: Any
    is_rebuilt: bool


def _bare(project: Project, reader: PlaytestReader, turn: Turn, path: list[Turn]) -> Xray:
    """Returns what is known of a turn whoever reads it."""
    known = reader.story.knowledge(path)
    return Xray(
        turn,
        "",
        "",
        is_rebuilt=False,
        scores=tuple(scores_of_turn(project, turn.id or 0)),
        mechanics=_mechanics([*path, turn]),
        knowledge=known.to_document(len(path)) if known is not None else {},
    )


def _read_again(
    reader: PlaytestReader, part: Part, turn: Turn, path: list[Turn], settings: PlaySettings, room: ContextRoom
) -> _Read:
    """Reads the record of the turn for its speaker, and makes up for everybody else what they would have read."""
    in_round = round_of(turn)
    is_speaker = part.role_id == turn.speaker_id and turn.kind == SpeakerKind.CHARACTER
    if is_speaker and turn.record.get("weights"):
        mind = turn.record.get(MIND_KEY)
        perceived = reader.scene.recall(part, turn, path, settings, room)
        return _Read(perceived, mind if isinstance(mind, dict) else {}, turn.record.get(LORE_KEY), is_rebuilt=True)
    inner = reader.minds.prepare(part, path, None, in_round, scores_pause=not settings.score_every)
    perceived = reader.scene.perceive(part, path, settings_of(turn, settings), room, inner=inner, in_round=in_round)
    return _Read(perceived, inner.record, perceived.lore.record, is_rebuilt=False)


def _with_prompt(xray: Xray, view: View, perceived: Perceived, part: Part, room: ContextRoom) -> Xray:
    counts = iter(
        room.count_each(
            [*(block.text for block in (*view.blocks, *view.notes)), *(message.content for message in view.history)]
        )
    )

    def block(one: Block) -> TextBlock:
        return TextBlock(one.origin.value, one.text, next(counts))

    blocks, notes = tuple(map(block, view.blocks)), tuple(map(block, view.notes))
    history = tuple(TextBlock(message.role, message.content, next(counts)) for message in view.history)
    return replace(
        xray,
        blocks=blocks,
        notes=notes,
        history=history,
        messages=view.messages,
        tokens_are_estimate=room.is_estimate,
        n_turns_left=perceived.earlier.n_turns,
    )


def _lore(script: Script, record: object) -> dict[str, Any]:
    if not isinstance(record, dict) or not record:
        return {}
    titles, books = read_titles(script.lore)
    listed = record.get("said")
    said = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []

    def fate(entry_id: str, verdict: Verdict, n_tokens: int = 0) -> Fate:
        why = explain(verdict, titles, said)
        return Fate(entry_id, titles.get(entry_id, entry_id), books.get(entry_id, ""), why, n_tokens)

    return {
        "lore_fired": tuple(fate(*row) for row in parse_fired(record)),
        "lore_dropped": tuple(fate(*row) for row in parse_dropped(record)),
    }


def _mechanics(path: Sequence[Turn]) -> dict[str, Any]:
    """Returns the narrator's counts of what the weights would have got wrong; empty where none was asked."""
    if not any(isinstance(turn.record.get("narrator"), dict) for turn in path):
        return {}
    return summarise(path).to_document()


def _block(block: TextBlock) -> dict[str, Any]:
    return {"origin": block.origin, "text": block.text, "tokens": block.n_tokens}


def _fate(fate: Fate) -> dict[str, Any]:
    return {"id": fate.id, "title": fate.title, "book": fate.book, "why": fate.why}
