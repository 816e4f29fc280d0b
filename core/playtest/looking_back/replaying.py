"""Every turn of a branch again from its record: the same request, and whether the weights say the same.

Nothing is decided anew: notes of the mind, lore, what had left the view, opening and seed are taken from the record,
and what the director did stands on the path.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.characters.prompt import THINK_CLOSE, THINK_OPEN
from core.characters.reply import parse_reply, stop_strings
from core.errors import UserError
from core.hearing.perception import before_round
from core.hearing.whispers import as_written
from core.inference.request import Ask, Engine, Generate, Generated, WeightsInfo
from core.inference.servers.kinds import describe_weights, kind_of
from core.inference.unsupported import Unsupported
from core.library.playtests import get_playtest
from core.narrator.mechanics import NARRATOR_KEY
from core.playtest.branch import Branch
from core.playtest.directing.recasting import cast_at
from core.playtest.looking_back.recorded import read_sampling, round_of, settings_of
from core.playtest.settings import PlaySettings
from core.playtest.story.narrating import Narrating
from core.playtest.story.story_play import StoryPlay
from core.playtest.view.long_scene import LongScene
from core.playtest.writing.bounded_thought import write_bounded
from core.playtest.writing.cast_adapters import describe_adapters
from core.playtest.writing.cast_engines import CastEngines, FindEngine
from core.project import Project
from models.playtest import Origin, SpeakerKind, Turn


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of one turn."""

    number: int
    turn_id: int
    speaker: str
    is_equal: bool
    text: str
    """What was said this time; where nothing was written again, the turn's own words."""
    thought: str | None
    is_written: bool
    """Whether weights wrote it again; people's lines, greetings and acts of the director are what they are."""
    why: str = ""
    """Why it is not equal, or was not written again."""

    def to_document(self) -> dict[str, Any]:
        """Returns what `tableread replay --json` prints."""
        return {
            "event": "turn",
            "turn": self.number,
            "speaker": self.speaker,
            "equal": self.is_equal,
            "written": self.is_written,
            "text": self.text,
            "thought": self.thought,
            "why": self.why,
        }


class Replay:
    """Replays turns of one playtest. Not for several threads."""

    def __init__(
        self, project: Project, engine: Engine, playtest_id: str, find_engine: FindEngine | None = None
    ) -> None:
        """Raises UserError when the playtest is gone or cannot be read."""
        if get_playtest(project, playtest_id) is None:
            raise UserError("This playtest is not in the project any more.", "Undo may bring it back.")
        self.branch = Branch(project, playtest_id)
        self._script = self.branch.script
        self._scene = LongScene(project, self._script, playtest_id)
        self._story = StoryPlay(self._script)
        self._narrating = Narrating(self._script, self._story)
        self._cast = CastEngines(engine, self._script, f"{playtest_id}/replay", find_engine)
        self._settings = self.branch.settings

    def replay(self, head_id: int | None = None) -> Iterator[Replayed]:
        """Yields what comes of each turn of a branch, first to last.

        Args:
            head_id: Its last turn; None: the branch that is being played.
        """
        path = self.branch.path() if head_id is None else self.branch.path_to(head_id)
        for place, turn in enumerate(path):
            yield self.replay_turn(turn, path[:place])

    def replay_turn(self, turn: Turn, path: Sequence[Turn]) -> Replayed:
        """Writes one turn again. `path`: the turns before it."""
        if turn.kind == SpeakerKind.NARRATOR and NARRATOR_KEY in turn.record:
            return self._judge_again(turn, path)
        if (why := _why_not_written(turn)) or self._script.part(turn.speaker_id) is None:
            return _as_it_is(turn, why or "Nobody of the cast says it.")
        try:
            return self._replay(turn, path)
        except (UserError, Unsupported) as error:
            return replace(_as_it_is(turn, str(error)), is_equal=False)

    def _replay(self, turn: Turn, path: Sequence[Turn]) -> Replayed:
        engine = self._cast.engine(turn.speaker_id, self._settings)
        if describe_weights(engine.info)["sha256"] != _weights(turn).get("sha256"):
            name = _weights(turn).get("name") or "other weights"
            why = f"It was written by {name}, and these are {engine.info.name}."
            return replace(_as_it_is(turn, why), is_equal=False)
        settings = settings_of(turn, self._settings)
        missing = self._missing_adapters(turn, settings)
        if missing:
            return replace(_as_it_is(turn, missing), is_equal=False)
        generated = _run(engine, self._request(turn, path, settings), turn.record.get("think_tokens"))
        script = cast_at(self._script, path)
        reply = parse_reply(generated.text, turn.speaker, script.names_beside(turn.speaker_id))
        is_equal = (reply.text, reply.thought) == (as_written(turn), turn.thought)
        why = "" if is_equal else _explain(turn, engine.info)
        return Replayed(turn.number, turn.id or 0, turn.speaker, is_equal, reply.text, reply.thought, True, why)

    def _judge_again(self, turn: Turn, path: Sequence[Turn]) -> Replayed:
        """Finds again what comes of an act, or that a point is passed."""
        settings = settings_of(turn, self._settings)

        def ask_for(role_id: str) -> Ask:
            return lambda request: self._cast.engine(role_id, settings).submit(request).result()

        try:
            draft = self._narrating.follow_up(path, settings, ask_for)
        except (UserError, Unsupported) as error:
            return replace(_as_it_is(turn, str(error)), is_equal=False)
        if draft is None:
            return replace(_as_it_is(turn, "Nothing follows from the turns before it now."), is_equal=False)
        is_equal = (draft.text, draft.origin) == (turn.text, turn.origin)
        why = "" if is_equal else "The narrator judges otherwise with these weights."
        return Replayed(turn.number, turn.id or 0, turn.speaker, is_equal, draft.text, None, True, why)

    def _request(self, turn: Turn, path: Sequence[Turn], settings: PlaySettings) -> Generate:
        script = cast_at(self._script, path)
        part = script.part(turn.speaker_id)
        assert part is not None
        part = self._story.part_now(part, before_round(path, round_of(turn)))
        room = self._cast.room(part.role_id, settings)
        view = self._scene.view(part, self._scene.recall(part, turn, path, settings, room))
        default = THINK_OPEN if script.thinks else ""
        opening = turn.record.get("opening")
        return Generate(
            lane=part.role_id,
            messages=view.messages,
            max_tokens=settings.max_tokens,
            sampling=read_sampling(turn.record.get("sampling")),
            opening=opening if isinstance(opening, str) else default,
            stop=stop_strings(script.names_beside(part.role_id)),
            adapters=settings.adapters(part.role_id),
        )

    def _missing_adapters(self, turn: Turn, settings: PlaySettings) -> str:
        used = describe_adapters(settings.adapters(turn.speaker_id))
        recorded = turn.record.get("adapters") or []
        if used == recorded:
            return ""
        listed = recorded if isinstance(recorded, list) else []
        names = ", ".join(str(one.get("name")) for one in listed if isinstance(one, dict)) or "no adapter"
        return f"It was written with {names}; the playtest's settings name another choice for this part."


def _run(engine: Engine, request: Generate, think_tokens: object) -> Generated:
    def run(one: Generate) -> Generated:
        generated = engine.submit(one).result()
        assert isinstance(generated, Generated)
        return generated

    is_open = request.opening.startswith(THINK_OPEN) and THINK_CLOSE not in request.opening
    if not isinstance(think_tokens, int) or not is_open:
        return run(request)
    written = write_bounded(request, think_tokens, run, run)
    assert written is not None
    return written


def _why_not_written(turn: Turn) -> str:
    """Returns why nobody writes a turn again; empty where weights do."""
    if turn.kind == SpeakerKind.DIRECTOR:
        return "The director did it."
    said = {
        Origin.GREETING: "It is the greeting.",
        Origin.STORY: "It is the text of a beat.",
        Origin.HUMAN: "A person said it.",
        Origin.EDITED: "A person changed its words.",
        Origin.STAGE: "The stage itself did it.",
    }
    if turn.origin in said:
        return said[Origin(turn.origin)]
    return "" if _weights(turn) else "Its record does not say which weights wrote it."


def _as_it_is(turn: Turn, why: str) -> Replayed:
    return Replayed(turn.number, turn.id or 0, turn.speaker, True, turn.text, turn.thought, False, why)


def _weights(turn: Turn) -> dict[str, Any]:
    weights = turn.record.get("weights")
    return weights if isinstance(weights, dict) else {}


def _explain(turn: Turn, info: WeightsInfo) -> str:
    """Says what was otherwise when a turn was written that may have changed its words."""
    record = turn.record
    kept = record.get("engine")
    engine: dict[str, Any] = kept if isinstance(kept, dict) else {}
    if kind_of(info) is not None or _weights(turn).get("server"):
        return "A server wrote it, and servers need not say the same twice."
    now: list[tuple[str, object, object]] = [
        ("layout", engine.get("layout"), info.layout.value),
        ("safe mode", record.get("safe_mode"), info.safe_mode),
        ("context", record.get("n_ctx"), info.n_ctx),
        ("threads", record.get("n_threads"), info.n_threads),
        ("GPU", record.get("gpu"), info.gpu),
    ]
    changed = [f"{name} was {then!r} and is {here!r}" for name, then, here in now if then is not None and then != here]
    if engine.get("layout") not in (None, "apart"):
        changed.append("playtests that share batches may differ in words")
    if record.get("went_on"):
        changed.append("the process of its weights died while it was written, and it went on from what it had")
    if "opening" not in record:
        changed.append("an older version wrote it, whose record says less")
    return "; ".join(changed)[:1].upper() + "; ".join(changed)[1:] + "." if changed else "The weights say other words."
