"""Measures the library with 10,000 characters and 200 played scenes: how fast it searches, lists and scrolls.

    python tests/benchmarks/library.py [n_characters]

Prints one JSON line per figure. Runs with the platform that Qt finds, or with QT_QPA_PLATFORM=offscreen.

Predictions, written before the first run, for two 2.3 GHz cores without a display, in milliseconds; a frame is 16:

| figure | prediction | why |
|---|---|---|
| search of a rare word | 2 | one look into the index, one snippet |
| search of one letter | 30 | 20,000 matches of a prefix that has its own index, each ranked and looked up |
| search of a word that is everywhere | 40 | as above, and the longest list of places |
| snippets of a screen | 15 | 30 texts of 2,000 letters, read and folded |
| reading everything again | 250 | 10,000 rows with JSON tags, as a job |
| listing what was found, window's thread | 30 | 10,000 entries filtered and counted in Python, one layout of the view |
| a frame of cards while scrolling | 6 | nine cards of four texts each; fonts shaped by Qt |
| a frame of the table while scrolling | 5 | twenty rows of six short texts |

Measured afterwards, in processor time, on two cores that had four times as much other work as they can do (so that all
figures are high): rare word 0.7, one letter 37, everywhere 47, two words 32, a phrase 44; snippets of a screen 5 to 7;
reading everything again 330; listing 5 to 17 (80 to 107 the first time, with the pane of hits); a frame of cards 10, of
the table 13, the longest 28. What the first run taught: a condition `IS NOT NULL` does not use an index (search of a
rare word 25 instead of 1), ranks beyond 5,000 matches cost more than they say, initials with gradients must be kept.
"""

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ["TABLEREAD_HOME"] = tempfile.mkdtemp(prefix="library-")

from PySide6.QtWidgets import QApplication
from sqlalchemy import insert

from core.inference.scripted import ScriptedEngine
from core.library.search import read_hits, search
from core.library.search_query import parse_query
from core.project import Project
from gui import theme
from gui.library.entries import read_entries
from gui.library.place import LibraryPlace
from gui.workspace import Workspace
from models.character import Character
from models.playtest import Origin, Playtest, SpeakerKind, Turn

CHANCE = random.Random(7)
SYLLABLES = [a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "el", "ir")]
WORDS = ["the", *("".join(CHANCE.choices(SYLLABLES, k=CHANCE.randint(1, 4))) for _word in range(5_000))]
QUERIES = {"rare": "zenith", "letter": "b", "everywhere": "the", "two": "ba the", "phrase": '"the the"'}
SIZE = (1204, 760)
N_PLAYTESTS, N_TURNS = 200, 50


def words(n_words: int) -> str:
    """Returns words, some much more frequent than others."""
    return " ".join(WORDS[int(len(WORDS) * CHANCE.random() ** 4)] for _word in range(n_words))


def fill(project: Project, n_characters: int) -> None:
    """Adds characters of 300 words each, and playtests with turns of 40."""
    base = Character(name="x").model_dump()
    characters = [
        base | {"id": f"{n:016x}", "name": words(2).title(), "description": words(300), "tags": [words(1)]}
        for n in range(n_characters)
    ]
    characters[-1]["description"] += " zenith"
    for row in characters:
        row["summary"] = row["description"][:120]
    with project.append() as session:
        session.execute(insert(Character), characters)
        session.add_all(Playtest(id=f"p{n}", name=f"Run {n}") for n in range(N_PLAYTESTS))
        session.flush()
        session.add_all(
            Turn(
                playtest_id=f"p{n // N_TURNS}", number=n % N_TURNS + 1, speaker_id="a", speaker="Mara",
                kind=SpeakerKind.CHARACTER, text=words(40), origin=Origin.WEIGHTS,
            )
            for n in range(N_PLAYTESTS * N_TURNS)
        )  # fmt: skip


def measure(name: str, work: Callable[[], object], n_runs: int = 7) -> None:
    """Prints the median and the longest of some runs, in processor time: the machine may have other work."""
    times_ms = []
    for _run in range(n_runs):
        began = time.thread_time()
        work()
        times_ms.append((time.thread_time() - began) * 1000)
    print(
        json.dumps(
            {"figure": name, "median_ms": round(statistics.median(times_ms), 1), "max_ms": round(max(times_ms), 1)}
        )
    )


def measure_core(project: Project) -> None:
    """What runs as a job."""
    for name, text in QUERIES.items():
        query = parse_query(text)
        print(json.dumps({"query": name, "found": len(search(project, query))}))
        measure(f"search {name}", lambda query=query: search(project, query))
    query = parse_query("the")
    screen = [one.document_id for one in search(project, query)[:30]]
    measure("snippets of a screen", lambda: read_hits(project, query, screen))
    measure("reading everything again", lambda: read_entries(project), 3)


def measure_place(app: QApplication, project: Project) -> None:
    """What the window's thread does."""
    workspace = Workspace(lambda _settings, _emit: ScriptedEngine(lambda _request: ""))
    workspace.adopt_project(project)
    place = LibraryPlace(workspace)
    place.resize(*SIZE)
    place.show()
    wait(app, lambda: place.model.rowCount() > 0)
    for name, text in QUERIES.items():
        query = parse_query(text)
        found = {one.id: (number, one) for number, one in enumerate(search(project, query))}
        place.finder._query = query

        def show(query=query, found=found) -> None:
            place._on_found(query, found)
            app.processEvents()

        measure(f"listing what was found: {name}", show, 5)
    place.finder.search("")
    place._on_found(parse_query(""), None)
    for table in (False, True):
        place._on_table_chosen(table)
        wait(app, lambda: False, 0.5)
        bar = place.shelf._view.verticalScrollBar()

        def scroll(bar=bar) -> None:
            bar.setValue((bar.value() + 97 if bar.maximum() > 2_000_000 else bar.value() + 37) % max(1, bar.maximum()))
            place.shelf._view.viewport().repaint()

        measure(f"frame of {'the table' if table else 'cards'}", scroll, 300)
    place.close()
    workspace.close()


def wait(app: QApplication, ready: Callable[[], bool], most_s: float = 60) -> None:
    """Turns the event loop until something holds."""
    began = time.monotonic()
    while not ready() and time.monotonic() - began < most_s:
        app.processEvents()
        time.sleep(0.002)


def main() -> None:
    """Measures everything once."""
    app = QApplication([])
    theme.apply(app, "dark")
    n_characters = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder) / "many.tableread")
        began = time.perf_counter()
        fill(project, n_characters)
        print(json.dumps({"figure": "filling and indexing", "s": round(time.perf_counter() - began, 1)}))
        measure_core(project)
        measure_place(app, project)


if __name__ == "__main__":
    main()
