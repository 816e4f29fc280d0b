"""One trial of books on a chat: read and searched off the window's thread, from plain data."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.interchange.chat_lines import parse_chat_lines
from core.library.characters import get_character
from core.library.lore import books_of, entries_of, get_lore_settings
from core.lore.compiled import Book, compile_book
from core.lore.matcher import Scan
from core.lore.occasion import Line, Occasion
from core.lore.placement import Placement, place
from core.lore.rehearsal import rehearse
from core.lore.verdicts import QUIET, Match
from core.playtest.view.scene_lore import scan_fields
from core.project import Project
from gui.lore.verdict_list import Row
from models.character import Character
from models.lore import Lorebook, LoreSettings


@dataclass(frozen=True, slots=True)
class Question:
    """What is tried."""

    text: str
    """Lines `Name: text`."""
    book_id: str
    """The book at hand."""
    with_others: bool
    """Whether the other books count that the reader has."""
    character_id: str = ""
    """Who reads; empty: whoever."""
    user: str = "You"
    seed: int = 0
    n_ctx: int = 8192


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it."""

    question: Question
    fired: tuple[Row, ...]
    dropped: tuple[Row, ...]
    titles: dict[str, str]
    said: list[str]
    placement: Placement
    marks: tuple[tuple[Match, bool], ...]
    """Where keys were found, and whether their entry fired."""
    n_tokens: int
    budget_tokens: int
    n_messages: int


class BookCache:
    """Books made ready, kept until a row of lore changes."""

    def __init__(self) -> None:
        self._books: dict[tuple[str, int], Book] = {}
        self._version = 0

    def forget(self) -> None:
        """Lore changed."""
        self._version += 1

    def get(self, project: Project, row: Lorebook, settings: LoreSettings) -> Book:
        """Returns a book made ready."""
        key = (row.id, self._version)
        found = self._books.get(key)
        if found is None:
            with project.reading() as session:
                entries = [(entry.id, entry) for entry in entries_of(session, row.id)]
            self._books = {known: book for known, book in self._books.items() if known[1] == self._version}
            found = self._books[key] = compile_book(row.id, row, entries, settings)
        return found


def try_out(project: Project, question: Question, cache: BookCache) -> Answer:
    """Answers a question. Any thread, one at a time."""
    settings = get_lore_settings(project)
    reader = get_character(project, question.character_id) if question.character_id else None
    books = [cache.get(project, row, settings) for row in _rows(project, question)]
    lines = [Line(speaker, text) for speaker, text in parse_chat_lines(question.text)]
    budget = question.n_ctx * settings.budget_percent // 100
    occasion = Occasion(
        lines,
        char=reader.spoken_name if reader is not None else "",
        user=question.user,
        fields=scan_fields(reader) if reader is not None else {},
        names=_names(reader),
        tags=frozenset(tag.casefold() for tag in reader.tags) if reader is not None else frozenset(),
        n_own_lines=sum(reader is not None and line.speaker in (reader.name, reader.nickname) for line in lines),
        budget_tokens=min(budget, settings.budget_cap) if settings.budget_cap else budget,
        seed=question.seed,
    )
    scan = rehearse(books, occasion, settings)
    return _answer(question, scan, len(lines), settings)


def _rows(project: Project, question: Question) -> list[Lorebook]:
    with project.reading() as session:
        own = session.get(Lorebook, question.book_id)
        if own is None:
            return []
        if not question.with_others:
            return [own]
        rows = books_of(session, scenario_id=own.scenario_id) if own.scenario_id else []
        if question.character_id:
            rows += books_of(session, character_id=question.character_id)
        rows += books_of(session)
        return [row for row in rows if row.enabled or row.id == own.id] or [own]


def _names(reader: Character | None) -> frozenset[str]:
    return frozenset(name.casefold() for name in (reader.name, reader.nickname) if name) if reader else frozenset()


def _answer(question: Question, scan: Scan, n_lines: int, settings: LoreSettings) -> Answer:
    several = len(scan.books) > 1
    fired = tuple(
        Row(one.entry.id, one.entry.title, one.entry.book.name if several else "", one.verdict, one.n_tokens)
        for one in scan.fired
    )
    dropped = tuple(
        Row(entry.id, entry.title, entry.book.name if several else "", verdict)
        for entry, verdict in scan.dropped.items()
        if verdict.rule not in QUIET
    )
    marks = [(row.verdict.match, row.verdict.fired) for row in (*dropped, *fired)]
    return Answer(
        question,
        fired,
        dropped,
        {entry.id: entry.title for entry in _named(scan)},
        [entry.id for entry in scan.said],
        place(scan.fired, n_lines, settings.note_depth),
        tuple((match, did_fire) for match, did_fire in marks if match is not None),
        scan.n_tokens,
        scan.budget_tokens,
        n_lines,
    )


def _named(scan: Scan) -> Sequence:  # type: ignore[type-arg]
    return [*scan.verdicts]
