"""`tableread coverage` and `opinions`: whether played speakers vary as people do, and a group keeps its spread."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.commands.printing import console, print_json
from core.errors import UserError
from core.fidelity.words.coverage import Points, as_points, coverage, mean_distance, standardise
from core.fidelity.words.fingerprint import fingerprint
from core.fidelity.words.opinions import PREMATURE, opinion_spread
from core.interchange.conversations import read_conversations
from core.interchange.json_text import parse_json
from core.interchange.text_lines import MAX_LINE_BYTES, read_lines

MAX_POINTS = 2_000
"""Of each side: distances are taken of every pair."""


def cover(people: Path, played: Path, speaker: str, played_speaker: str, as_json: bool) -> None:
    """Says how far the fingerprints of played speakers cover those of people.

    Raises:
        UserError: A file cannot be read, or has nobody of that name.
    """
    humans, found = _points(people, speaker), _points(played, played_speaker or speaker)
    mean, sd = humans.mean(axis=0), humans.std(axis=0)
    humans, found = standardise(humans, mean, sd), standardise(found, mean, sd)
    document = {
        "coverage": coverage(humans, found),
        "n_people": len(humans),
        "n_played": len(found),
        "spread_of_people": mean_distance(humans),
        "spread_of_played": mean_distance(found),
    }
    if as_json:
        print_json(document)
        return
    out = console()
    out.print(f"Coverage of people's variety: {document['coverage']:.3f} (1: as they vary, 0: not at all)")
    out.print(
        f"Spread of people {document['spread_of_people']:.2f} ({len(humans)}), of played speakers "
        f"{document['spread_of_played']:.2f} ({len(found)}), in standard deviations of people"
    )


def spread(file: Path, as_json: bool) -> None:
    """Says how the opinions of a group moved.

    Raises:
        UserError: The file cannot be read, or holds no opinions of two people or more at two times or more.
    """
    opinions: dict[str, list[float]] = {}
    for number, line in read_lines(file):
        name, values = _opinions(parse_json(line, f"{file.name}, line {number},", MAX_LINE_BYTES), file, number)
        opinions[name] = values
    try:
        found = opinion_spread(opinions)
    except ValueError as error:
        raise UserError(
            f"{file.name}: {error}.", 'Write a line for each, as in {"name":"Ann","opinions":[1,2]}.'
        ) from error
    if as_json:
        print_json(asdict(found))
        return
    out = console()
    out.print(f"Spread (sd): {', '.join(f'{one:.2f}' for one in found.sd)}; mean shift {found.mean_shift:+.2f}")
    if found.regression is not None:
        out.print(f"Change against where they began: r {found.regression:+.2f} (people: -0.45)")
    if found.is_premature:
        out.print(f"They draw together too soon: the spread at the end is under {PREMATURE} of that at the beginning.")


def _points(path: Path, speaker: str) -> Points:
    fingerprints = [fingerprint(texts) for texts in _said(path, speaker)]
    if not fingerprints:
        raise UserError(f"Nobody in {path.name} is called {speaker}.", "Name who is meant with --speaker.")
    return as_points(fingerprints[:MAX_POINTS])


def _said(path: Path, speaker: str) -> Iterator[Sequence[str]]:
    """Yields what a speaker, or where none is named each one, says in each conversation."""
    for conversation in read_conversations(path):
        for name in dict.fromkeys(who for who, _text in conversation.turns):
            if not speaker or name == speaker:
                yield [text for who, text in conversation.turns if who == name]


def _opinions(value: Any, file: Path, number: int) -> tuple[str, list[float]]:
    if isinstance(value, dict):
        name, found = value.get("name"), value.get("opinions")
        if isinstance(name, str) and isinstance(found, list):
            numbers = [float(one) for one in found if isinstance(one, int | float) and not isinstance(one, bool)]
            if len(numbers) == len(found):
                return name, numbers
    raise UserError(
        f"{file.name}, line {number}: a name and a list of numbers are expected.",
        'Write a line for each, as in {"name":"Ann","opinions":[1,2]}.',
    )
