"""How `tableread play --parallel` shows several playtests: JSON lines, or a table that is always up to date."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from rich.live import Live
from rich.table import Table
from rich.text import Text

from core.commands.printing import console, print_json
from core.commands.turn_json import described
from core.events import Event, TextStreamed, TurnDiscarded, TurnStarted, WorkerRestarted
from models.playtest import Turn

SHOWN_CHARS = 200
"""The end of a turn that is kept for the table, which shows as much of it as there is room for."""
STATE_CHARS = len("ended: stopped")
"""So that columns do not move when states change."""
REFRESHES_PER_S = 8


@dataclass(frozen=True, slots=True)
class Seat:
    """A playtest as the user knows it: its number, from 1, and its seed."""

    number: int
    seed: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of all playtests together. Tokens are those that were written, in turns that were kept."""

    n_playtests: int
    n_turns: int
    n_tokens: int
    seconds: float
    project: Path
    folder: Path | None

    @property
    def tokens_per_s(self) -> float:
        """Of all playtests together."""
        return self.n_tokens / self.seconds if self.seconds else 0.0


class ParallelJsonPrinter:
    """Prints one object per turn, each playtest's in order, when its scores are there."""

    def showing(self) -> AbstractContextManager[object]:
        """Nothing is shown between the lines."""
        return nullcontext()

    def show(self, seat: Seat | None, event: Event) -> None:
        """Streams nothing: a line is a whole turn."""

    def turn(self, seat: Seat, turn: Turn, scores: dict[str, float | None]) -> None:
        """Prints a scored turn."""
        print_json(
            {
                "event": "turn",
                "playtest": seat.number,
                "seed": seat.seed,
                "turn": turn.number,
                "speaker": turn.speaker,
                "text": turn.text,
                "thought": turn.thought,
                "scores": scores,
                **described(turn),
            }
        )

    def end(self, seat: Seat, reason: str, n_turns: int) -> None:
        """Prints the last line of one playtest."""
        print_json({"event": "end", "playtest": seat.number, "seed": seat.seed, "reason": reason, "turns": n_turns})

    def sum_up(self, summary: Summary) -> None:
        """Prints the last line of all."""
        print_json(
            {
                "event": "summary",
                "playtests": summary.n_playtests,
                "turns": summary.n_turns,
                "tokens": summary.n_tokens,
                "seconds": round(summary.seconds, 3),
                "tokens_per_s": round(summary.tokens_per_s, 1),
                "project": str(summary.project),
            }
        )


@dataclass(slots=True)
class _Row:
    """What the table says of one playtest."""

    number: int = 0
    """Of the turn that is being written, or was last."""
    speaker: str = ""
    words: str = ""
    state: str = "waits"


class TablePrinter:
    """Shows a row per playtest with who speaks and the last words; where there is no terminal, once at the end."""

    def __init__(self, seats: Sequence[Seat]) -> None:
        self._console = console()
        self._rows = {seat: _Row() for seat in seats}

    def showing(self) -> AbstractContextManager[object]:
        """Shows the table until the context is left."""
        return Live(get_renderable=self._table, console=self._console, refresh_per_second=REFRESHES_PER_S)

    def show(self, seat: Seat | None, event: Event) -> None:
        """Takes what streams."""
        match event:
            case WorkerRestarted(why=why, next_step=next_step):
                self._console.print(f"({' '.join(filter(None, (why, next_step)))})", style="yellow")
        if seat is None:
            return
        row = self._rows[seat]
        match event:
            case TurnStarted(number=number, speaker=speaker):
                row.number, row.speaker, row.words, row.state = number, speaker, "", "reads"
            case TextStreamed(private=True):
                row.state = "thinks"
            case TextStreamed(text=text):
                row.words, row.state = (row.words + text)[-SHOWN_CHARS:], "speaks"
            case TurnDiscarded():
                row.words, row.state = "", "not kept"

    def turn(self, seat: Seat, turn: Turn, scores: dict[str, float | None]) -> None:
        """Takes the words of a turn if they were too few to stream, or were never written, as a greeting's."""
        row = self._rows[seat]
        if row.number == turn.number and not row.words:
            row.words = turn.text[-SHOWN_CHARS:]

    def end(self, seat: Seat, reason: str, n_turns: int) -> None:
        """Says why a playtest ended, and counts the turns that were kept."""
        row = self._rows[seat]
        row.number, row.state = n_turns, f"ended: {reason}"

    def sum_up(self, summary: Summary) -> None:
        """Says what came of it and where everything is."""
        self._console.print(
            f"{summary.n_playtests} playtests, {summary.n_turns} turns, {summary.n_tokens} tokens "
            f"in {summary.seconds:.1f} s: {summary.tokens_per_s:.0f} tokens/s. Project: {summary.project}"
        )
        if summary.folder is not None:
            self._console.print(f"Transcripts, charts, reports and packs: {summary.folder}")

    def _table(self) -> Table:
        table = Table(expand=True)
        for title in ("Playtest", "Seed", "Turn"):
            table.add_column(title, justify="right", no_wrap=True)
        table.add_column("Speaker", no_wrap=True)
        table.add_column("State", no_wrap=True, min_width=STATE_CHARS)
        table.add_column("Last words", no_wrap=True, ratio=1)
        for seat, row in self._rows.items():
            cells = (str(seat.number), str(seat.seed), str(row.number), row.speaker, row.state)
            table.add_row(*map(Text, cells), Text(" ".join(row.words.split())))
        return table


ParallelPrinter = ParallelJsonPrinter | TablePrinter
