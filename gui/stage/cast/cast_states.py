"""How each member of the cast stands at the end of the branch: where they are, what they feel, who is next and why."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from core.hearing.perception import hears
from core.memory.emotion import CALM, read_emotion
from core.minds.mood import fold_mood
from core.playtest.script import Script
from core.world.state import StateReader
from gui.stage.fill import fill
from gui.stage.reading import StageTurn
from gui.stage.saying import say_why
from gui.stage.session import StageSession
from gui.stage.transcript.act_sentences import say_strength
from gui.stage.transcript.turn_notes import list_acts
from models.playtest import SpeakerKind, TurnBase

translate = QCoreApplication.translate
N_FELT = 40
"""Lines heard from which a mood is read: 0.85 ** 40 of what came before is left."""
MAX_MOODS = 2
MAX_BID = 1e6
"""More is no bid, whatever a record says."""


@dataclass(frozen=True, slots=True)
class MemberState:
    """One member of the cast, as its card shows it."""

    doing: str = ""
    """Speaking, thinking, or why the next turn is theirs."""
    is_on: bool = False
    """Speaking now, or their line is awaited."""
    is_next: bool = False
    place: str = ""
    """Where they are, when it is not where the others are; or that they are away."""
    is_away: bool = False
    mood: str = ""
    bid: str = ""
    """How much they wanted to speak when it was last asked."""
    is_taken: bool = False
    """A person speaks their lines."""


def read_states(session: StageSession) -> dict[str, MemberState]:
    """Returns how each role stands."""
    script = session.cast
    if script is None:
        return {}
    places, away = _read_presence(session)
    moods = _read_moods(session, script)
    bids = _read_bids(session)
    following = session.next_speaker()
    states = {}
    for part in script.parts:
        role_id = part.role_id
        doing, is_on = _say_doing(session, role_id)
        is_next = not doing and following is not None and following[0] == role_id
        if is_next and following is not None:
            why = say_why(following[2])
            doing = fill(translate("CastPanel", "Next · %1"), why)
        states[role_id] = MemberState(
            doing,
            is_on,
            is_next,
            translate("CastPanel", "away") if role_id in away else places.get(role_id, ""),
            role_id in away,
            moods.get(role_id, ""),
            bids.get(role_id, ""),
            role_id in session.taken_roles,
        )
    return states


def _say_doing(session: StageSession, role_id: str) -> tuple[str, bool]:
    live, awaited = session.live, session.awaited
    if awaited is not None and awaited.speaker_id == role_id:
        return translate("CastPanel", "Your line"), True
    if live is None or live.speaker_id != role_id:
        return "", False
    if live.is_held:
        return translate("CastPanel", "Paused in mid-line"), True
    if live.text:
        return fill(translate("CastPanel", "Speaking · %1"), say_why(live.why)), True
    said = translate("CastPanel", "Thinking") if live.thought else translate("CastPanel", "Reading the scene")
    return said, True


def _read_presence(session: StageSession) -> tuple[dict[str, str], set[str]]:
    """Returns where roles are that have a place, and who is away."""
    state, script, slots = session.world_state(), session.script, session.slots()
    if state is None or script is None or slots is None:
        return {}, set()
    reader = StateReader(slots, state)
    known = {role.id for role in script.roles}
    names = {place.id: place.name for place in slots.story.world.places}
    ids = [part.role_id for part in script.parts if part.role_id in known]
    away = {role_id for role_id in ids if not reader.is_present(role_id)}
    places = {role_id: names.get(reader.role_place(role_id) or "", "") for role_id in ids}
    return {role_id: name for role_id, name in places.items() if name}, away


def _read_moods(session: StageSession, script: Script) -> dict[str, str]:
    rules = script.rules.mind
    follows = rules.mood or rules.workspace
    near = session.path[-N_FELT:]
    acts = [turn for turn in near if turn.kind == SpeakerKind.DIRECTOR]
    if not follows and not acts:
        return {}
    moods = {}
    for part in script.parts:
        heard = _as_turns(session, [turn for turn in near if hears(turn, part.role_id)])  # type: ignore[arg-type]
        begins = read_emotion(part.role.emotion) if follows and len(session.path) <= N_FELT else CALM
        mood = fold_mood(heard, part.role_id, begins, follows_lines=follows)  # type: ignore[arg-type]
        felt = [say_strength(name, strength) for name, strength in mood.strongest()[:MAX_MOODS]]
        moods[part.role_id] = ", ".join(felt)
    return moods


@dataclass(frozen=True, slots=True)
class _Felt:
    """What the fold over moods reads of a turn."""

    speaker_id: str
    kind: SpeakerKind
    text: str
    number: int
    record: dict[str, object]


def _as_turns(session: StageSession, turns: list[StageTurn]) -> list[_Felt]:
    first = turns[0].number - 1 if turns else 0
    found = list_acts(session.path[first:], session.notes)
    acts = iter(found)
    by_id: dict[int, TurnBase] = {
        turn.id: next(acts) for turn in session.path[first:] if turn.kind == SpeakerKind.DIRECTOR
    }
    return [
        _Felt(turn.speaker_id, turn.kind, turn.text, turn.number, by_id[turn.id].record if turn.id in by_id else {})
        for turn in turns
    ]


def _read_bids(session: StageSession) -> dict[str, str]:
    """Returns what each bid when the last turn was given away."""
    if not session.path:
        return {}
    notes = session.notes.of(session.path, len(session.path) - 1)
    bids = notes.turn_taking.get("bids")
    if not isinstance(bids, dict):
        return {}
    return {
        role_id: f"{bid:.2f}" for role_id, bid in bids.items() if isinstance(bid, int | float) and abs(bid) < MAX_BID
    }
