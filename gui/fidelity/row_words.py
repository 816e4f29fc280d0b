"""A turn in a few lines, for what stands beside the mouse and for what is heard."""

import math

from PySide6.QtCore import QCoreApplication

from gui.fidelity.board import Board
from gui.stage.fill import fill

TIP_WORDS = 90
"""Letters of what was said."""


def describe_row(board: Board, row: int, key: str = "") -> str:
    """Returns turn number, speaker, value and the first words of a row; nothing where there is no such row."""
    frame, translate = board.frame, QCoreApplication.translate
    if not 0 <= row < frame.n_rows:
        return ""
    turn_id = int(frame.turn_id[row])
    name = frame.speakers[frame.speaker[row]].name
    lines = [fill(translate("Chart", "Turn %1 · %2"), int(frame.number[row]), name)]
    column = board.column(key)
    if column is not None:
        value = float(frame.values(column.key)[row])
        is_scored = not math.isnan(value)
        lines.append(f"{column.title} {value:z.3f}" if is_scored else translate("Chart", "Not scored."))
    if len(frame.playtests) > 1:
        lines.append(frame.playtests[frame.playtest[row]].name)
    known = board.words([turn_id])
    if turn_id in known:
        words = " ".join(known[turn_id].text.split())
        lines.append(f"“{words[:TIP_WORDS]}{'…' if len(words) > TIP_WORDS else ''}”")
    return "\n".join(lines)
