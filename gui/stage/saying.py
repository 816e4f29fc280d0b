"""What the Stage says of its state, in sentences: who is busy, why a run ended and what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from core.events import ViewTrimmed
from core.playtest.directing.stopping import Ending
from core.playtest.settings import WhenFull
from gui.stage.fill import fill
from gui.stage.names import join_names
from gui.stage.session import StageSession
from models.playtest import SpeakerKind

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Saying:
    """One line and the kind of label that shows it."""

    text: str
    kind: str = "small"


def say_state(session: StageSession) -> Saying:
    """Returns what is going on."""
    if session.fault is not None:
        return Saying(" ".join(session.fault), "fault")
    live = session.live
    if live is not None:
        return Saying(_say_live(session))
    if session.awaited is not None:
        return Saying(fill(translate("Stage", "The scene waits for your line as %1."), session.awaited.speaker))
    if session.is_playing:
        return Saying(translate("Stage", "Getting ready …"))
    if session.playtest is None:
        return Saying("")
    if session.script is None:
        return Saying(
            translate("Stage", "The script of this playtest cannot be read. Start a new playtest of its scenario."),
            "fault",
        )
    if session.ended:
        return Saying(say_ending(session), "warning")
    following = session.next_speaker()
    if following is None:
        if session.path:
            return Saying(translate("Stage", "The narrator speaks next."))
        return Saying(translate("Stage", "Ready: Play begins with the greeting.") if session.is_loaded else "")
    if not following[0]:
        return Saying(fill(translate("Stage", "Next: %1."), following[2]))
    said = translate("Stage", "%1 speaks next · %2") if session.path else translate("Stage", "Ready: %1 begins.")
    return Saying(fill(said, following[1], say_why(following[2])))


def say_view(session: StageSession) -> Saying:
    """Returns whose view has lost turns, and what happened to the process that runs the weights."""
    sayings = []
    if session.news:
        said = translate("Stage", "The process that runs the weights was started again: %1")
        sayings.append(fill(said, session.news.rstrip(".") + "."))
    if session.trimmed:
        sayings += _say_trimmed(session.trimmed)
    return Saying(" ".join(sayings), "warning")


def _say_trimmed(trimmed: Mapping[str, ViewTrimmed]) -> list[str]:
    """Returns whose view has lost how many turns, in one sentence for all speakers, and what stands for them."""
    counts = {view.n_turns for view in trimmed.values()}
    if len(trimmed) == 1:
        said = translate("Stage", "The context is full: %1 no longer sees turns 1–%2.")
    elif len(counts) == 1:
        said = translate("Stage", "The context is full: %1 no longer see turns 1–%2.")
    else:
        said = translate("Stage", "The context is full: %1 no longer see the first %3 to %2 turns.")
    n_pinned = max(view.n_pinned for view in trimmed.values())
    stand_ins = dict.fromkeys(one for view in trimmed.values() for one in say_stand_in(n_pinned, view.when_full))
    return [fill(said, join_names(list(trimmed)), max(counts), min(counts)), *stand_ins]


def say_stand_in(n_pinned: int, when_full: str) -> list[str]:
    """Returns what stands in a view for the turns that have left it; nothing where nothing does."""
    said = []
    if n_pinned:
        one = translate("Stage", "%1 pinned turn stays.")
        said.append(fill(one if n_pinned == 1 else translate("Stage", "%1 pinned turns stay."), n_pinned))
    if when_full == WhenFull.SUMMARISE:
        said.append(translate("Stage", "A summary stands in their place."))
    elif when_full == WhenFull.EXTRACT:
        said.append(translate("Stage", "Key sentences stand in their place."))
    return said


def say_end_of_branch(session: StageSession) -> str:
    """Returns why the run ended, for the end of the transcript; empty while it goes on."""
    if not session.ended or session.live is not None or session.is_playing:
        return ""
    why = _why_ended(session)
    return f"— {why.rstrip('.')} —" if why else say_ending(session)


def say_ending(session: StageSession) -> str:
    """Returns why the run ended, and a next step."""
    why = _why_ended(session)
    if why:
        stopped = session.ended in (Ending.LOOP, Ending.EMPTY, Ending.AWAY)
        said = translate("Stage", "Stopped. %1") if stopped else translate("Stage", "The end. %1")
        return f"{fill(said, why)} {translate('Stage', 'Play goes on anyway, or continue from an earlier turn.')}"
    match session.ended:
        case Ending.CAP:
            said = translate("Stage", "The end: the scene has reached its %1 turns. Play goes past it.")
            return fill(said, session.script.scenario.max_turns if session.script else "")
        case Ending.NATURAL:
            said = translate("Stage", "The end: %1 Play goes on anyway, or continue from an earlier turn.")
            return fill(said, translate("Stage", "they have said goodbye."))
        case Ending.LOOP:
            return translate(
                "Stage",
                "Stopped: the last three turns are nearly the same. Retry one with more temperature, or edit it.",
            )
        case Ending.EMPTY:
            return translate(
                "Stage", "Stopped: the last two turns have no words. Retry, or allow longer answers in the settings."
            )
        case Ending.GOALS:
            return translate(
                "Stage", "The end: every goal is reached. Play goes on anyway, or continue from an earlier turn."
            )
        case Ending.USER:
            return translate("Stage", "You ended the scene. Play goes on anyway, or continue from an earlier turn.")
        case Ending.WON:
            return translate("Stage", "The end: won. Play goes on anyway, or continue from an earlier turn.")
        case Ending.LOST:
            return translate("Stage", "The end: lost. Play goes on anyway, or continue from an earlier turn.")
        case Ending.AWAY:
            return translate(
                "Stage", "Stopped: everybody has left the scene. Choose a way, or continue from an earlier turn."
            )
        case Ending.ENDED:
            return translate("Stage", "The end of the story. Play goes on anyway, or continue from an earlier turn.")
    return fill(translate("Stage", "The end: %1. Play goes on anyway."), session.ended or "")


def _why_ended(session: StageSession) -> str:
    """Returns why the run ended, in a sentence; empty where the reason is all there is."""
    why = session.playtest.ended_why if session.playtest is not None else ""
    if session.ended != Ending.CAP or session.script is None:
        return why
    max_turns = session.script.scenario.max_turns
    if len(session.path) <= max_turns or sum(turn.kind != SpeakerKind.DIRECTOR for turn in session.path) <= max_turns:
        return why
    return fill(translate("Stage", "Played on past the %1 turns of the scene."), max_turns)


def say_why(why: str) -> str:
    """Returns why a turn comes to somebody, after words that say already that it does."""
    return why.removeprefix("next ").removeprefix("first ")


def _say_live(session: StageSession) -> str:
    live = session.live
    assert live is not None
    if live.is_held:
        return fill(translate("Stage", "Paused in the middle of %1's line. Play goes on with it."), live.speaker)
    if live.text:
        said = translate("Stage", "%1 is speaking · %2")
    elif live.thought:
        said = translate("Stage", "%1 is thinking · %2")
    else:
        said = translate("Stage", "%1 is reading the scene · %2")
    if not session.is_playing:
        said += " · " + translate("Stage", "then play pauses")
    return fill(said, live.speaker, say_why(live.why))
