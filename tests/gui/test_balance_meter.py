"""The balance of a scene, seen and read out."""

from pytestqt.qtbot import QtBot

from core.turn_taking.balance import measure
from gui.stage.cast.balance_meter import BalanceMeter
from models.playtest import Origin, SpeakerKind, TurnBase

NAMES = {"a": "Mara", "b": "Theo", "c": "Ilse"}


def turn(speaker: str, text: str, **record: object) -> TurnBase:
    return TurnBase(
        speaker_id=speaker,
        speaker=NAMES[speaker],
        kind=SpeakerKind.CHARACTER,
        text=text,
        origin=Origin.WEIGHTS,
        record=record,
    )


def test_the_meter_says_who_has_how_much(qtbot: QtBot) -> None:
    meter = BalanceMeter()
    qtbot.addWidget(meter)
    meter.show_balance(measure([], list(NAMES)), NAMES)
    assert meter.isHidden()
    path = [turn("a", "one two three four", bled=True), turn("b", "one"), turn("a", "five six seven")]
    path += [turn("a", "", bled=True), turn("b", ""), turn("a", "")]
    meter.show_balance(measure(path, list(NAMES)), NAMES)
    assert not meter.isHidden()
    assert meter.accessibleName() == (
        "Words of the cast: Mara 88%, Theo 12%, Ilse 0%; Gini 0.58 · entropy 0.58 · 33% cut."
    )
    assert "one-sided" in [label.text() for label in meter.findChildren(type(meter._word))]
