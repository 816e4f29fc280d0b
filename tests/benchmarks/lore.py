"""How long lore takes: a book of 5,000 entries searched for turn after turn. Prints milliseconds of one core.

python tests/benchmarks/lore.py [--entries 5000] [--turns 200]
"""

import argparse
import gc
import random
import statistics
import sys
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[2])

from core.lore.compiled import compile_book  # noqa: E402
from core.lore.matcher import scan_books  # noqa: E402
from core.lore.occasion import Line, Occasion  # noqa: E402
from core.lore.placement import place  # noqa: E402
from core.lore.records import format_record  # noqa: E402
from models.lore import LorebookBase, LoreEntryBase, LoreSettings  # noqa: E402

WORDS_A_LINE = 60
WORDS = 20_000


def main() -> int:
    """Times books with plain keys, with keys that share their beginnings, and with some expressions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=5_000)
    parser.add_argument("--turns", type=int, default=200)
    arguments = parser.parse_args()
    drawn = random.Random(7)
    words = ["".join(drawn.choices("aeioubcdfglmnprst", k=drawn.randint(4, 9))) for _ in range(WORDS)]
    kinds = {
        "plain keys": lambda: drawn.sample(words, 3),
        "all keys begin alike": lambda: [f"the {drawn.choice(words)} of {drawn.choice(words)}" for _ in range(3)],
        "2 % expressions": lambda: [f"/{drawn.choice(words)}s?/i"] if drawn.random() < 0.02 else drawn.sample(words, 3),
    }
    for kind, keys in kinds.items():
        report(kind, keys, words, drawn, arguments)
    return 0


class GarbageTime:
    """How long Python collects garbage, which takes the longer the more objects there are, here of all books."""

    def __init__(self) -> None:
        self.spent_s = self.longest_s = self._began = 0.0
        gc.callbacks.append(self._note)

    def close(self) -> None:
        """Stops listening."""
        gc.callbacks.remove(self._note)

    def _note(self, phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.thread_time()
        else:
            took_s = time.thread_time() - self._began
            self.spent_s += took_s
            self.longest_s = max(self.longest_s, took_s)


def report(kind, keys, words, drawn, arguments) -> None:  # type: ignore[no-untyped-def]
    """Prints the times of one kind of book."""
    rows = [
        (
            str(number),
            LoreEntryBase(keys=keys(), content=" ".join(drawn.choices(words, k=40)), order=drawn.randrange(200)),
        )
        for number in range(arguments.entries)
    ]
    settings = LoreSettings()
    began = time.thread_time()
    book = compile_book("book", LorebookBase(), rows, settings)
    _ = book.folded_index, book.owners_of_folded, book.by_regex, book.always
    made_ms = (time.thread_time() - began) * 1000
    lines = [Line("Ann", f"the {' '.join(drawn.choices(words, k=WORDS_A_LINE))}") for _ in range(arguments.turns)]
    times, n_fired = [], []
    garbage = GarbageTime()
    for number in range(1, arguments.turns + 1):
        occasion = Occasion(lines[:number], seed=number, budget_tokens=2_048)
        garbage.spent_s, began = 0.0, time.thread_time()
        scan = scan_books([book], occasion, settings)
        place(scan.fired, number, settings.note_depth)
        format_record(scan)
        times.append((time.thread_time() - began - garbage.spent_s) * 1000)
        n_fired.append(len(scan.fired))
    print(
        f"{kind}: made ready once in {made_ms:.0f} ms; a turn {statistics.median(times):.1f} ms median, "
        f"{sorted(times)[int(len(times) * 0.95)]:.1f} ms 95 %, {max(times):.1f} ms at most; "
        f"{statistics.mean(n_fired):.1f} entries fired a turn; Python collecting garbage, which comes whatever "
        f"runs and is not counted: {garbage.longest_s * 1000:.1f} ms at most"
    )
    garbage.close()


if __name__ == "__main__":
    sys.exit(main())
