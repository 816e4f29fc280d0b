"""What stands beside a turn in the transcript, from its record: chips, the line of an act, what a thought is about."""

from PySide6.QtCore import QCoreApplication

from gui.stage.fill import fill
from gui.stage.labels.turn_labels import TurnLabel
from gui.stage.names import cast_names
from gui.stage.reading import StageTurn
from gui.stage.session import StageSession
from gui.stage.transcript.act_sentences import (
    label_alarm,
    say_act,
    say_alarm,
    say_audience,
    say_overheard,
    say_silence,
)
from gui.stage.transcript.transcript_entry import Chip, ChipKind
from gui.stage.transcript.turn_notes import TurnNotes
from models.label import Verdict
from models.playtest import Origin, SpeakerKind

translate = QCoreApplication.translate
SILENT = "silent"
MAX_WHY_CHARS = 48
"""Shown of why a turn is good or off; the tip has all of it."""


def find_line(session: StageSession, turn: StageTurn, notes: TurnNotes) -> str:
    """Returns what was done in a turn that is no line of the scene; empty for a line."""
    if turn.kind == SpeakerKind.DIRECTOR:
        return say_act(notes.act, turn.text, cast_names(session.cast))
    if turn.origin != Origin.STAGE:
        return ""
    return turn.text or say_silence(notes)


def find_chips(session: StageSession, turn: StageTurn, notes: TurnNotes) -> tuple[Chip, ...]:
    """Returns what stands beside the name."""
    chips = []
    names = cast_names(session.cast)
    if turn.kind != SpeakerKind.DIRECTOR:
        heard = say_audience(notes, turn.audience, names, turn.speaker_id)
        if heard:
            kind = ChipKind.AUDIENCE if notes.whisper is None else ChipKind.WHISPER
            chips.append(Chip(kind, heard, heard[:1].upper() + heard[1:] + "."))
        if overheard := say_overheard(notes, names):
            chips.append(Chip(ChipKind.OVERHEARD, overheard, overheard[:1].upper() + overheard[1:] + "."))
    slots = session.slots() if notes.alarms else None
    facts = slots.story.world.facts if slots is not None else []
    chips += [Chip(ChipKind.ALARM, label_alarm(alarm), say_alarm(alarm, facts, names)) for alarm in notes.alarms]
    if notes.is_reminded:
        sentence = translate("TranscriptModel", "Had drifted, and was reminded of who they are before this turn.")
        chips.append(Chip(ChipKind.REMINDER, translate("TranscriptModel", "reminded"), sentence))
    if notes.passed_on:
        sentence = fill(translate("TranscriptModel", "The story went on by itself: %1."), notes.passed_on)
        chips.append(Chip(ChipKind.POINT, translate("TranscriptModel", "passed on"), sentence))
    mark = session.branch_marks.get(turn.id)
    if mark is not None and mark.name and not mark.is_cut:
        sentence = fill(translate("TranscriptModel", "The branch “%1” begins here."), mark.name)
        chips.append(Chip(ChipKind.BRANCH, mark.name, sentence))
    label = session.labels.of(turn.id)
    return (*chips, *([] if label is None else [label_chip(label)]))


def label_chip(label: TurnLabel) -> Chip:
    """Returns the chip of what the user said of a turn."""
    is_good = label.verdict == Verdict.GOOD
    word = translate("TranscriptModel", "✓ good") if is_good else translate("TranscriptModel", "✗ off")
    sentence = (
        translate("TranscriptModel", "You said: good.") if is_good else translate("TranscriptModel", "You said: off.")
    )
    why = " ".join(label.why.split())
    if why:
        short = why if len(why) <= MAX_WHY_CHARS else why[: MAX_WHY_CHARS - 1].rstrip() + "…"
        word, sentence = f"{word} · {short}", f"{sentence} {why}"
    return Chip(ChipKind.GOOD if is_good else ChipKind.OFF, word, sentence)
