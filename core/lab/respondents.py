"""A character of a playtest at one moment, ready to be asked: its view, on a lane of its own, in the background.

What is asked is no turn: nothing of it is written to the playtest, and what was read for it is used by nobody else.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, wait
from dataclasses import dataclass

from core.characters.prompt import THINK_CLOSE, THINK_OPEN
from core.characters.reply import parse_reply, stop_strings
from core.errors import UserError
from core.fidelity.interviews.respondent import Respondent
from core.inference.request import Ask, Engine, Request, Result
from core.playtest.directing.recasting import cast_at
from core.playtest.reader import PlaytestReader
from core.playtest.script import Part, Script
from core.playtest.writing.cast_engines import CastEngines, FindEngine
from core.project import Project
from models.playtest import Turn

POLL_S = 0.1
IsCancelled = Callable[[], bool]


def never() -> bool:
    """Says that nobody wants it to end."""
    return False


@dataclass(frozen=True, slots=True)
class Moment:
    """A character of a playtest after a turn."""

    respondent: Respondent
    part: Part
    path: Sequence[Turn]
    engine: Engine


def moment_of(
    project: Project,
    engine: Engine,
    playtest_id: str,
    role_id: str,
    turn_id: int | None,
    *,
    room_tokens: int = 0,
    find_engine: FindEngine | None = None,
    cancelled: IsCancelled = never,
) -> Moment:
    """Returns a character as it is after a turn of any branch.

    Args:
        engine: Plays all parts that the playtest's settings give to no other.
        turn_id: None: before the first turn.
        room_tokens: What questions and answers take; a turn may take as much as the playtest's settings say.

    Raises:
        UserError: The playtest, the turn or the role is gone, or the context has no room.
    """
    reader = PlaytestReader(project, playtest_id)
    branch = reader.branch
    path = branch.path_to(branch.require(turn_id).id) if turn_id is not None else []
    script = cast_at(branch.script, path)
    part = script.part(role_id)
    if part is None:
        raise UserError("This role is not in the cast.", "Choose another one.")
    part = reader.story.part_now(part, path)
    settings = branch.settings
    settings = settings.model_copy(update={"max_tokens": max(settings.max_tokens, room_tokens)})
    cast = CastEngines(engine, branch.script, playtest_id, find_engine)
    inner = reader.minds.prepare(part, path, None, scores_pause=not settings.score_every)
    perceived = reader.scene.perceive(part, path, settings, cast.room(role_id, settings), inner=inner)
    respondent = Respondent(
        name=part.character.name,
        messages=reader.scene.view(part, perceived).messages,
        ask=ask_in_background(cast.engine(role_id, settings), cancelled),
        lane=f"{role_id}/interview",
        adapters=settings.adapters(role_id),
        opening=f"{THINK_OPEN}{THINK_CLOSE}" if script.thinks else "",
        read=_reader_of(script, part),
        stop=stop_strings(script.names_beside(role_id)),
    )
    return Moment(respondent, part, path, cast.engine(role_id, settings))


def ask_in_background(engine: Engine, cancelled: IsCancelled = never) -> Ask:
    """Returns what runs requests behind all words that are being written; it returns None once told to end."""

    def ask(request: Request) -> Result | None:
        if cancelled():
            return None
        future = engine.submit(request, background=True)
        while not wait([future], timeout=POLL_S).done:
            if cancelled():
                future.cancel()
        try:
            return future.result()
        except CancelledError:
            return None

    return ask


def _reader_of(script: Script, part: Part) -> Callable[[str], str]:
    others = script.names_beside(part.role_id)
    return lambda written: parse_reply(written, part.character.name, others).text
