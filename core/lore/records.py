"""What a turn keeps of its lore: what fired, and why what came into question did not. Not thousands of `no_key`."""

from collections.abc import Iterator
from typing import Any

from core.lore.matcher import Scan
from core.lore.verdicts import QUIET, Match, Rule, Verdict

MAX_DROPPED = 100
"""Entries that were dropped and are kept with a turn; the rest are counted."""


def format_record(scan: Scan) -> dict[str, Any]:
    """Returns what a turn keeps; empty where nothing fired and nothing came into question."""
    dropped = [
        {"id": entry.id, **format_verdict(verdict)}
        for entry, verdict in scan.dropped.items()
        if verdict.rule not in QUIET
    ]
    if not scan.fired and not dropped:
        return {}
    record: dict[str, Any] = {
        "fired": [{"id": one.entry.id, **format_verdict(one.verdict), "tokens": one.n_tokens} for one in scan.fired],
        "dropped": dropped[:MAX_DROPPED],
        "tokens": scan.n_tokens,
        "budget": scan.budget_tokens,
        "steps": scan.n_steps,
    }
    if scan.said:
        record["said"] = [entry.id for entry in scan.said]
    if len(dropped) > MAX_DROPPED:
        record["n_more_dropped"] = len(dropped) - MAX_DROPPED
    return record


def fired_ids(record: dict[str, Any]) -> list[str]:
    """Returns the ids of the entries that fired, in the order in which they did."""
    return [entry_id for entry_id, _, _ in parse_fired(record)]


def parse_fired(record: dict[str, Any]) -> Iterator[tuple[str, Verdict, int]]:
    """Yields id, verdict and tokens of each entry that fired; what cannot be read is left out."""
    for row in _rows(record, "fired"):
        tokens = row.get("tokens")
        yield row["id"], parse_verdict(row), tokens if isinstance(tokens, int) else 0


def parse_dropped(record: dict[str, Any]) -> Iterator[tuple[str, Verdict]]:
    """Yields id and verdict of each entry that was dropped."""
    for row in _rows(record, "dropped"):
        yield row["id"], parse_verdict(row)


def format_verdict(verdict: Verdict) -> dict[str, Any]:
    """Writes a verdict as JSON; only what it says."""
    row: dict[str, Any] = {"rule": verdict.rule.value}
    if verdict.match is not None:
        match = verdict.match
        row |= {"key": match.key, "place": match.place, "number": match.number, "span": [match.start, match.end]}
    said = {"secondary": verdict.secondary, "rival": verdict.rival, "group": verdict.group, "value": verdict.number}
    return row | {name: value for name, value in said.items() if value}


def parse_verdict(row: dict[str, Any]) -> Verdict:
    """Reads a verdict: the other half of `format_verdict`. Unknown rules count as `no_key`."""
    rule = Rule(row["rule"]) if row.get("rule") in list(Rule) else Rule.NO_KEY
    value = row.get("value", 0)
    return Verdict(
        rule,
        _parse_match(row),
        secondary=str(row.get("secondary", "")),
        rival=str(row.get("rival", "")),
        group=str(row.get("group", "")),
        number=value if isinstance(value, int | float) and not isinstance(value, bool) else 0,
    )


def _parse_match(row: dict[str, Any]) -> Match | None:
    span, number = row.get("span"), row.get("number")
    if "key" not in row or not isinstance(span, list) or len(span) != 2 or not isinstance(number, int):
        return None
    if not all(isinstance(place, int) for place in span):
        return None
    return Match(str(row["key"]), str(row.get("place", "")), number, span[0], span[1])


def _rows(record: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    rows = record.get(name)
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and isinstance(row.get("id"), str):
            yield row
