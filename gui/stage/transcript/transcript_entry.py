"""One row of the transcript with all that painting it needs, and the sentence that a screen reader says of it."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from core.fidelity.catalogue import METRICS
from core.playtest.script import NARRATOR_ID
from gui.stage.fill import fill
from gui.stage.transcript.live_turn import LiveTurn
from gui.stage.transcript.marks import Mark
from models.playtest import Origin, SpeakerKind

translate = QCoreApplication.translate


class ChipKind(StrEnum):
    """What a chip is about."""

    AUDIENCE = "audience"
    WHISPER = "whisper"
    OVERHEARD = "overheard"
    ALARM = "alarm"
    REMINDER = "reminder"
    POINT = "point"
    """A point of the story that it went on to by itself."""
    BRANCH = "branch"
    HELD = "held"
    GOOD = "good"
    """What the user said of the turn."""
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Chip:
    """A few words beside a name, and the sentence that they stand for."""

    kind: ChipKind
    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One row, with all that painting it needs."""

    turn_id: int | None
    """None while the turn is being written."""
    number: int
    speaker_id: str
    speaker: str
    kind: SpeakerKind
    text: str
    thought: str
    is_thought_open: bool
    origin: Origin
    finish: str
    place: int = 1
    """Of this alternative, from 1."""
    n_alternatives: int = 1
    marks: tuple[Mark, ...] = ()
    is_pinned: bool = False
    line: str = ""
    """For what is no line of the scene - an act of the director, a silence - what was done; else empty."""
    chips: tuple[Chip, ...] = ()
    """What stands beside the name: who heard it, alarms, a reminder, the name of a branch."""
    thinks: str = ""
    """What the thought is about, in a word or two."""
    is_unseen: bool = False
    """Whoever's eyes one looks through did not perceive it."""
    is_held: bool = False
    """Play was paused in the middle of it."""

    @property
    def is_live(self) -> bool:
        """Whether the turn is still being written."""
        return self.turn_id is None

    @property
    def can_retry(self) -> bool:
        """Whether the weights can write this turn again."""
        return self.kind == SpeakerKind.CHARACTER and not self.is_live and not self.line


def say_entry(entry: Entry) -> str:
    """Returns one sentence for a screen reader."""
    if entry.line:
        said = fill(translate("TranscriptModel", "turn %1: %2."), entry.number, entry.line)
    else:
        text = entry.text or translate("TranscriptModel", "says nothing")
        said = fill(translate("TranscriptModel", "turn %1, %2: %3"), entry.number, entry.speaker, text)
    if entry.thought and entry.is_thought_open:
        said += " " + fill(translate("TranscriptModel", "Thinks: %1"), entry.thought)
    if entry.is_unseen:
        said += " " + translate("TranscriptModel", "Not perceived.")
    if entry.n_alternatives > 1:
        said += " " + fill(translate("TranscriptModel", "Alternative %1 of %2."), entry.place, entry.n_alternatives)
    if entry.is_pinned:
        said += " " + translate("TranscriptModel", "Pinned.")
    return " ".join([said, *(chip.sentence for chip in entry.chips), *map(say_mark, entry.marks)])


def say_mark(mark: Mark) -> str:
    """Returns what a mark means, as a sentence."""
    title, value, level = METRICS[mark.metric].title, f"{mark.value:z.2f}", f"{mark.level:z.2f}"
    if mark.metric == "echo":
        text = translate("TranscriptModel", "%1 %2: more shared words than 95 of 100 turns by people (%3).")
    else:
        text = translate("TranscriptModel", "%1 %2: this speaker's lowest, against %3 on average.")
    return fill(text, title, value, level)


def label_mark(mark: Mark) -> str:
    """Returns the few words of a mark."""
    if mark.metric == "echo":
        return fill(translate("TranscriptModel", "echoes %1"), f"{mark.value:z.2f}")
    return fill(translate("TranscriptModel", "least grounded %1"), f"{mark.value:+z.2f}")


def live_entry(live: LiveTurn) -> Entry:
    """Returns the row of the turn that is being written."""
    held = Chip(
        ChipKind.HELD,
        translate("TranscriptModel", "paused here"),
        translate("TranscriptModel", "Paused in the middle of the line; Play goes on with it."),
    )
    return Entry(
        turn_id=None,
        number=live.number,
        speaker_id=live.speaker_id,
        speaker=live.speaker,
        kind=SpeakerKind.NARRATOR if live.speaker_id == NARRATOR_ID else SpeakerKind.CHARACTER,
        text=live.text,
        thought=live.thought,
        is_thought_open=not live.text,
        origin=Origin.WEIGHTS,
        finish="",
        chips=(held,) if live.is_held else (),
        thinks=translate("TranscriptModel", "thinks"),
        is_held=live.is_held,
    )
