"""The cards of the X-ray beside prompt, costs, lore and scores: why the turn came, who heard it, what it came to."""

from collections.abc import Iterator, Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from core.playtest.looking_back.xray import Xray
from core.playtest.record_words import with_names
from gui.stage.fill import fill
from gui.stage.xray.record_card import RecordCard
from gui.stage.xray.record_lines import faculty_name, list_lines, say
from models.playtest import Turn

translate = QCoreApplication.translate


def turn_cards(turn: Turn, names: Mapping[str, str], facts: Mapping[str, str]) -> Iterator[RecordCard]:
    """Yields what the turn's own record says.

    Args:
        names: Role id -> name.
        facts: Fact id -> its words.
    """
    record = turn.record
    said = {**facts, **names}
    if card := _why_card(record, names):
        yield card
    if card := _hearing_card(turn, names, facts):
        yield card
    if isinstance(record.get("act"), dict) and record["act"]:
        card = RecordCard(translate("Xray", "An act of the director"))
        card.add_document("", with_names({key: one for key, one in record["act"].items() if key != "document"}, said))
        yield card
    if isinstance(record.get("narrator"), dict) and record["narrator"]:
        chose = "options" in record["narrator"]
        card = RecordCard(
            translate("Xray", "What it chose to do") if chose else translate("Xray", "The narrator's judgement")
        )
        card.add_document("", with_names(record["narrator"], said))
        yield card
    if isinstance(record.get("world"), dict) and record["world"].get("changes"):
        card = RecordCard(translate("Xray", "What it changed in the world"))
        card.add_document("", with_names(record["world"]["changes"], said))
        yield card


def mind_card(xray: Xray, names: Mapping[str, str] | None = None) -> RecordCard | None:
    """Returns what went on in the reader, faculty by faculty."""
    faculties = {name: one for name, one in xray.mind.items() if one not in (None, "", [], {})}
    if not faculties:
        return None
    card = RecordCard(fill(translate("Xray", "In the mind of %1"), xray.reader))
    for faculty, document in faculties.items():
        card.add_document(faculty_name(faculty), with_names(document, names or {}))
    return card


def lore_card(xray: Xray) -> RecordCard | None:
    """Returns which lore another character than the speaker would have read, and why not the rest."""
    if not xray.lore_fired and not xray.lore_dropped:
        return None
    card = RecordCard(translate("Xray", "Lore"))
    said = translate("Xray", "%1 · %2 tokens · %3")
    card.add_lines([("+", fill(said, one.title, one.n_tokens, one.why)) for one in xray.lore_fired])
    card.add_lines([("–", f"{one.title} · {one.why}") for one in xray.lore_dropped[:40]])
    return card


def _why_card(record: Mapping[str, Any], names: Mapping[str, str]) -> RecordCard | None:
    taking = record.get("turn_taking")
    taking = dict(taking) if isinstance(taking, dict) else {}
    why = taking.pop("why", None) or record.get("why")
    if not why and not taking:
        return None
    card = RecordCard(translate("Xray", "Why this turn"))
    if why:
        card.add_sentence(_sentence(str(why)))
    bids = taking.pop("bids", None)
    if isinstance(bids, dict):
        ordered = sorted(bids.items(), key=lambda one: -one[1] if isinstance(one[1], int | float) else 0)
        card.add_lines([(names.get(str(role_id), str(role_id)), say(bid)) for role_id, bid in ordered])
    queue = taking.pop("queue", None)
    if isinstance(queue, list) and queue:
        card.add_lines([(translate("Xray", "then"), ", ".join(names.get(str(one), str(one)) for one in queue))])
    lines = list_lines(with_names(taking, names))
    if lines:
        card.add_lines(lines)
    return card


def _hearing_card(turn: Turn, names: Mapping[str, str], facts: Mapping[str, str]) -> RecordCard | None:
    record = turn.record
    lines: list[tuple[str, str]] = []
    if turn.audience is not None:
        heard = ", ".join(names.get(one, one) for one in turn.audience)
        lines.append((translate("Xray", "heard by"), heard or translate("Xray", "nobody")))
    overheard = record.get("overheard")
    if isinstance(overheard, list) and overheard:
        lines.append((translate("Xray", "overheard by"), ", ".join(names.get(str(one), str(one)) for one in overheard)))
    for key, verb in (("learned", translate("Xray", "learns")), ("suspected", translate("Xray", "suspects"))):
        listed = record.get(key)
        for role_id, ids in listed.items() if isinstance(listed, dict) else ():
            said = [facts.get(str(one), str(one)) for one in ids] if isinstance(ids, list) else []
            if said:
                lines.append((f"{names.get(str(role_id), str(role_id))} {verb}", "; ".join(said)))
    found = record.get("alarms")
    alarms = (
        [_say_alarm(one, names, facts) for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    )
    if not lines and not alarms:
        return None
    card = RecordCard(translate("Xray", "Who heard it"))
    for alarm in alarms:
        card.add_sentence(alarm, "fault")
    if lines:
        card.add_lines(lines)
    return card


def _say_alarm(alarm: Mapping[str, Any], names: Mapping[str, str], facts: Mapping[str, str]) -> str:
    secret_of = names.get(str(alarm.get("secret_of", "")), "")
    fact_id = str(alarm.get("fact") or alarm.get("about") or "")
    fact = fill(translate("Xray", "the secret of %1"), secret_of) if secret_of else facts.get(fact_id, fact_id)
    roles = alarm.get("roles", alarm.get("role"))
    people = [names.get(str(one), str(one)) for one in (roles if isinstance(roles, list) else [roles] if roles else [])]
    if alarm.get("kind") == "secret_out":
        said = translate("Xray", "A secret is out: %1")
        return fill(said, fact) + (f" ({', '.join(people)})" if people else "")
    return fill(translate("Xray", "Says what it cannot know: %1"), fact)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
