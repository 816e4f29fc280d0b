"""Full-text search over everything in a project, transcripts included. Triggers keep the index, see migration 5."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import text
from sqlmodel import Session

from core.library.search_query import Query, Span, cut_snippet, find_marks, find_term
from core.project import Project
from models.migrations.m5_library import SEPARATOR, SOURCES

MAX_RANKED = 5_000
"""With more matches than these, only what is in names comes first: a rank among so many says nothing."""
MAX_HITS = 500
SNIPPET_CHARS = 240
MIN_TELLING_CHARS = 20
"""A shorter text, such as the keys of an entry, says less than the next that has as many of the words."""
GONE = """
    SELECT id FROM character WHERE deleted_at > ''
    UNION ALL SELECT id FROM scenario WHERE deleted_at > ''
    UNION ALL SELECT id FROM playtest WHERE deleted_at > ''
    UNION ALL SELECT id FROM fragment WHERE deleted_at > ''
    UNION ALL SELECT id FROM lorebook WHERE deleted_at > ''
        OR character_id IN (SELECT id FROM character WHERE deleted_at > '')
        OR scenario_id IN (SELECT id FROM scenario WHERE deleted_at > '')
"""
"""Ids of all that is in the trash, or belongs to something there. `> ''` uses the index, `IS NOT NULL` would not."""
_FIELDS = {source.table: source.fields for source in SOURCES}


class Found(NamedTuple):
    """Something that the library lists, and how it was found."""

    kind: str
    id: str
    document_id: int
    """The best of its texts."""
    n_hits: int
    """How many of its texts have the words."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One text in which all words are."""

    document_id: int
    source: str
    """Table of its row: `character`, `turn`, `role` …"""
    source_id: str
    field: str
    """The field with most of the words; empty: the name or the tags."""
    name: str
    """Of the row: who speaks a turn, the name of a beat …"""
    snippet: str
    marks: tuple[Span, ...]
    """Where the words are in the snippet."""


def search(project: Project, query: Query) -> list[Found]:
    """Returns what has all words of a query in one of its texts, the best first; names count most."""
    if not query.terms:
        return []
    with project.reading() as session:
        where, values = _condition(query)
        score, named = "0", "SELECT NULL"
        if query.to_match():
            named = "SELECT rowid FROM search_text WHERE search_text MATCH :named"
            values["named"] = f"name : ({query.to_match()})"
            n_matches = session.execute(text(f"SELECT count(*) FROM search_text WHERE {where}"), values).scalar_one()
            score = "bm25(search_text, 10.0, 4.0, 1.0)" if n_matches <= MAX_RANKED else "0"
        rows = session.execute(
            text(
                f"WITH hit AS MATERIALIZED (SELECT rowid AS id, {score} AS score FROM search_text WHERE {where}), "
                f"named AS MATERIALIZED ({named}) "
                "SELECT kind, owner_id, id, n_hits FROM (SELECT document.kind, document.owner_id, hit.id, "
                "count(*) AS n_hits, min(hit.score - 1000000 * (hit.id IN named)) AS best "
                "FROM hit CROSS JOIN search_document AS document ON document.id = hit.id "
                f"WHERE document.owner_id NOT IN ({GONE}) GROUP BY document.owner_id) ORDER BY best, id"
            ),
            values,
        )
        return [Found._make(row) for row in rows]


def read_hits(project: Project, query: Query, document_ids: Iterable[int]) -> list[Hit]:
    """Returns the texts with these numbers, as far as they are still there, with the words marked."""
    with project.reading() as session:
        return _read(session, query, list(document_ids))


def list_hits(project: Project, query: Query, owner_id: str) -> list[Hit]:
    """Returns the texts of one thing in which all words are, as they come in it; at most `MAX_HITS`."""
    if not query.terms:
        return []
    where, values = _condition(query)
    values |= {"owner": owner_id, "limit": MAX_HITS}
    with project.reading() as session:
        document_ids = session.execute(
            text(
                f"SELECT rowid FROM search_text WHERE {where} "
                "AND rowid IN (SELECT id FROM search_document WHERE owner_id = :owner) ORDER BY rowid LIMIT :limit"
            ),
            values,
        ).scalars()
        return _read(session, query, list(document_ids))


def _condition(query: Query) -> tuple[str, dict[str, object]]:
    """Returns what a row of `search_text` must be, as SQL and its values."""
    parts, values = [], dict[str, object]()
    if query.to_match():
        parts.append("search_text MATCH :match")
        values["match"] = query.to_match()
    for number, piece in enumerate(query.pieces):
        parts.append(f"instr(name || char(10) || tags || char(10) || body, :piece{number}) > 0")
        values[f"piece{number}"] = piece
    return " AND ".join(parts), values


def _read(session: Session, query: Query, document_ids: Sequence[int]) -> list[Hit]:
    rows = session.execute(
        text(
            "SELECT document.id, document.source, document.source_id, CAST(words.name AS BLOB), "
            "CAST(words.tags AS BLOB), CAST(words.body AS BLOB) "
            "FROM json_each(:ids) AS wanted JOIN search_document AS document ON document.id = wanted.value "
            "JOIN search_text AS words ON words.rowid = document.id"
        ),
        {"ids": json.dumps(list(document_ids))},
    )
    return [_hit(query, *row) for row in rows]


def _hit(query: Query, document_id: int, source: str, source_id: str, *blobs: bytes) -> Hit:
    name, tags, body = (blob.decode("utf-8", "replace") for blob in blobs)
    field, words = _best_field(query, source, tags, body)
    snippet, marks = cut_snippet(words, find_marks(words, query), SNIPPET_CHARS)
    return Hit(document_id, source, source_id, field, name.split("\n")[0], snippet, marks)


def _best_field(query: Query, source: str, tags: str, body: str) -> tuple[str, str]:
    """Returns the field with most of the words, and its text; the first that has any text, when none has words."""
    texts = body.split(SEPARATOR)
    fields = [*zip(_FIELDS[source], texts, strict=False), ("", tags.replace("\n", " · "))]
    counts = [sum(bool(find_term(words, term)) for term in query.terms) for _field, words in fields]
    if max(counts) == 0:
        return "", next((words for words in texts if words.strip()), "")
    best = [one for one, count in zip(fields, counts, strict=True) if count == max(counts)]
    return next((one for one in best if len(one[1]) >= MIN_TELLING_CHARS), best[0])
