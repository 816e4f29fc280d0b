"""The weights as narrator: what they are asked about an act, the grammar of their answer, and how it is read."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import UserError
from core.inference.request import Adapter, Ask, Generate, Generated, Message, Sampling
from core.narrator.acts import Act
from core.narrator.affordances import describe_act
from core.narrator.feasibility import Verdict
from core.narrator.situation import Situation

MAX_TOKENS = 240
MIN_CHARS, MAX_CHARS = 12, 160
"""Of the sentence that tells of the result."""
MAX_SAID_UPDATES = 2
NOBODY = "nobody"
PLAIN_VOICE = (
    "You are the narrator of a scene. You judge whether an act can be done, and you tell in one plain sentence what "
    "comes of it. You never say the act again."
)


@dataclass(frozen=True, slots=True)
class Voice:
    """Weights that judge or tell."""

    ask: Ask
    system: str = PLAIN_VOICE
    """Who the narrator is."""
    lane: str = "narrator"
    sampling: Sampling = field(default_factory=Sampling)
    adapters: tuple[Adapter, ...] = ()
    """What changes these weights."""
    judges: bool = True
    """Whether they say what comes of an act; otherwise they only find words for it."""
    moves_meters: bool = False
    """Whether the steps of meters that they name are taken."""
    reads_line: bool = True
    """Whether they are told the turn in which the act was done: not where somebody who hears them has not heard it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the weights said of an act."""

    feasible: bool | None = None
    """None: they were not asked, or did not say it in the form that was asked."""
    affected: str | None = None
    """Role id; None: nobody."""
    updates: tuple[str, ...] = ()
    sentence: str = ""
    written: str = ""
    """The whole answer."""
    why_not: str = ""
    """Why it is of no use; empty: it is."""


def ask_voice(
    voice: Voice,
    situation: Situation,
    act: Act,
    line: str,
    verdict: Verdict,
    seen_by: Sequence[str],
    offered: Sequence[str],
) -> Said | None:
    """Asks the weights about an act; None when the user stopped meanwhile.

    Args:
        verdict: What came of it, which they are told where they only find the words.
        seen_by: Ids of the roles that perceive the answer.
        offered: Changes that they may name.
    """
    present = [role_id for role_id in seen_by if role_id != act.role_id and situation.is_present(role_id)]
    names = {_distinct_name(situation, role_id, present): role_id for role_id in present}
    asked = _question(situation, act, line if voice.reads_line else "", present)
    asked += f"\n{_task(offered) if voice.judges else _outcome(verdict)}"
    request = Generate(
        lane=voice.lane,
        messages=(Message("system", voice.system), Message("user", asked)),
        max_tokens=MAX_TOKENS,
        sampling=voice.sampling,
        adapters=voice.adapters,
        grammar=judgement_grammar(list(names), offered) if voice.judges else SENTENCE_GRAMMAR,
    )
    try:
        generated = voice.ask(request)
    except UserError as error:
        return Said(why_not=error.message)
    if generated is None:
        return None
    assert isinstance(generated, Generated)
    return _read(generated.text, names, offered) if voice.judges else Said(sentence=_whole(generated.text))


def _question(situation: Situation, act: Act, line: str, present: Sequence[str]) -> str:
    """Says only what those who will hear the answer can see."""
    name, place = situation.call(act.role_id), situation.place_of(act.role_id)
    things = [
        f"{prop.name.replace('_', ' ')}{f' ({state})' if (state := situation.reader.prop_state(prop.name)) else ''}"
        for prop in situation.seen_by(act.role_id)
        if prop.is_visible
    ]
    lines = [
        f"Place: {situation.call_place(place)}." if place is not None else "",
        f"Here: {', '.join([name, *map(situation.call, present)])}.",
        f"Things: {', '.join(things)}." if things else "",
        f"{name}: {line.strip()}" if line.strip() else "",
        f"The act: {name} means to {describe_act(situation, act)}.",
    ]
    return "\n".join(filter(None, lines))


def _task(offered: Sequence[str]) -> str:
    changes = f" What may change: {'; '.join(offered)}." if offered else ""
    return f"Answer in JSON: can it be done, who else is affected, what changes, the result in one sentence.{changes}"


def _outcome(verdict: Verdict) -> str:
    outcome = "It is done." if verdict.feasible else f"It cannot be done: {verdict.said}."
    return f"{outcome} Tell the result in one sentence."


def _distinct_name(situation: Situation, role_id: str, present: Sequence[str]) -> str:
    name = situation.call(role_id)
    return name if [situation.call(other) for other in present].count(name) == 1 and name != NOBODY else role_id


_SENTENCE_RULE = rf'sentence ::= [A-Z] [^"\\<>*\n\r.!?]{{{MIN_CHARS},{MAX_CHARS}}} [.!?]'
SENTENCE_GRAMMAR = f"root ::= sentence\n{_SENTENCE_RULE}"


def judgement_grammar(names: Sequence[str], offered: Sequence[str]) -> str:
    """Returns the grammar of a judgement: JSON with whom it touches out of these, and changes out of those.

    The sentence comes last, so that an answer that grows too long has said the rest.
    """

    def one_of(texts: Sequence[str]) -> str:
        return " | ".join(json.dumps(json.dumps(text, ensure_ascii=False), ensure_ascii=False) for text in texts)

    more = f'(", " update){{0,{MAX_SAID_UPDATES - 1}}}'
    updates = f"(update {more})?" if offered else '""'
    rules = [
        r'root ::= "{\"feasible\": " answer ", \"affected\": " who ", \"updates\": [" updates "], "'
        r' "\"result\": \"" sentence "\"}"',
        f"answer ::= {one_of(['yes', 'no'])}",
        f"who ::= {one_of([*names, NOBODY])}",
        f"updates ::= {updates}",
        *([f"update ::= {one_of(offered)}"] if offered else []),
        _SENTENCE_RULE,
    ]
    return "\n".join(rules)


_ANSWER = re.compile(
    r'\s*\{"feasible": "(?P<feasible>yes|no)", "affected": (?P<affected>"(?:[^"\\]|\\.)*"), "updates": '
    r'(?P<updates>\[(?:"(?:[^"\\]|\\.)*"(?:, )?)*\]), "result": "(?P<result>[^"]*)"?\}?\s*',
    re.DOTALL,
)


def _read(text: str, names: Mapping[str, str], offered: Sequence[str]) -> Said:
    """Reads an answer; what is not in the form that was asked says nothing."""
    match = _ANSWER.fullmatch(text[:10_000])
    try:
        updates = json.loads(match["updates"]) if match is not None else []
        affected = json.loads(match["affected"]) if match is not None else NOBODY
    except ValueError:
        match = None
    if match is None or any(update not in offered for update in updates) or affected not in {*names, NOBODY}:
        return Said(written=text[:2_000], why_not="the answer has not the form that was asked")
    return Said(
        feasible=match["feasible"] == "yes",
        affected=names.get(affected),
        updates=tuple(dict.fromkeys(updates)),
        sentence=_whole(match["result"]),
        written=text[:2_000],
    )


def _whole(sentence: str) -> str:
    """Returns a sentence on one line; one that was cut off ends with its last whole word."""
    text = " ".join(sentence.split()).strip('*"“” ')
    if not text or text.endswith((".", "!", "?", "…")):
        return text
    return f"{text.rpartition(' ')[0].rstrip(',;:')}."
