"""MirrorBench's judges: how like a person somebody talks who is played, with or without what a person said instead.

GTEval rates the style against a real conversation, PI asks which of two is the person, RNR asks without a reference,
CtR after a critique and with utterances of people. Only the turns of the judged speaker count.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.fidelity.conversation import About, Line
from core.fidelity.judged.asking import (
    SYSTEM,
    Material,
    choice_evidence,
    not_judged,
    pinned,
    rating_evidence,
    write_critique,
)
from core.fidelity.judged.excerpt import Excerpt, cut_text, excerpt_speaker
from core.fidelity.judging.judge import Judge, Question
from core.fidelity.judging.judged_metric import JudgedMetric
from core.fidelity.judging.masks import mask_names
from core.fidelity.judging.verdicts import NotJudged
from core.fidelity.meaning.embedder import house_embedder
from core.fidelity.metric import Better, Metric, Needs, Scope
from core.fidelity.score import ScoreValue

VERSION = "likeness-1"
SOURCE = "MirrorBench (2026), github.com/SAP/mirrorbench; the rubrics' words are ours"
Retrieve = Callable[[str], Sequence[str]]
"""Takes what somebody said; returns utterances of people on the like, best first."""
MAX_RETRIEVED = 5
_TALK_TOKENS = 440
_RUBRIC = (
    "A person who chats is short, says things half and unplanned, goes by mood, leaves out what is understood, and "
    "is not always polite. A machine explains, sums up, is even in tone, always helpful, and speaks in whole, "
    "well-made sentences."
)
_OPTIONS = ("a person", "a machine")
_SILENT = NotJudged("This speaker says nothing.")


def _metric(
    name: str, title: str, low: float, better: Better, how_to_read: str, formula: str, scope: Scope = "speaker"
) -> Metric:
    needs: Needs = "judge"
    return Metric(
        name=f"likeness.{name}",
        title=title,
        unit="share" if low == 0 else "win rate less one half",
        low=low,
        high=1.0 if low == 0 else 0.5,
        better=better,
        needs=needs,
        how_to_read=how_to_read,
        source=SOURCE,
        scope=scope,
        cost="judge",
        inputs="turns of the speaker" if name in ("rnr", "ctr") else "turns of the speaker, and a person's instead",
        formula=formula,
    )


STYLE = _metric(
    "style", "Style like the person's", 0.0, "higher", "How alike the style is to a person's; 1 is the same.", "k / 9"
)
PAIR = _metric(
    "pair",
    "Told from the person",
    -0.5,
    "reference",
    "How often it passes for the person, less one half; 0 is not told apart.",
    "P(taken for the person), both orders, a tie half, less 0.5",
)
ALONE = _metric(
    "rnr", "Taken for a person", 0.0, "higher", "How likely a judge takes it for a person; 1 is surely.", "P(person)"
)
CRITIQUED = _metric(
    "ctr",
    "Taken for a person, after a critique",
    0.0,
    "higher",
    "As likely as a judge takes it for a person beside people's words; 1 is surely.",
    "P(person), after a critique",
)
METRICS = (STYLE, PAIR, ALONE, CRITIQUED)


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation in which one speaker is judged. Names come masked, see `masked_talk`."""

    about: About
    lines: tuple[Line, ...]
    speaker: str


def masked_talk(about: About, lines: Sequence[Line], speaker: str) -> Talk:
    """Returns a conversation with masks for all names."""
    masked = mask_names(about, lines)
    return Talk(masked.about, masked.lines, speaker)


def judge_style(judge: Judge, real: Talk, played: Talk) -> ScoreValue:
    """GTEval: rates how alike the judged speakers of two conversations talk, 0 to 1.

    We differ: one digit of ten by its probabilities in place of a written number. Source: MirrorBench, GTEval.
    """
    if not (says_something(real) and says_something(played)):
        return not_judged(STYLE.name, judge, VERSION, _SILENT)
    shown = f"One conversation:\n{_shown(real)}\n\nAnother conversation:\n{_shown(played)}"
    task = (
        "Compare how “The one” talks in both: length, tone, spelling, moods, how things are asked. What they talk "
        "about does not matter, nor what the others say. How alike is the style? 9 is the same, 5 is alike in part, "
        "0 is nothing alike. Answer with one digit, from 0 to 9."
    )
    rating = judge.rate(Question(SYSTEM, f"{shown}\n\n{task}"), 0, 9)
    if isinstance(rating, NotJudged):
        return not_judged(STYLE.name, judge, VERSION, rating)
    return ScoreValue(STYLE.name, rating.value / 9, evidence={**pinned(judge, VERSION), **rating_evidence(rating)})


def judge_pair(judge: Judge, real: Talk, played: Talk) -> ScoreValue:
    """PI: which of two is the person? Returns how often the played one is, less one half; a tie counts half.

    We differ: both orders are asked in place of one by a coin. Source: MirrorBench, pairwise indistinguishability.
    """

    def question(first: str, second: str) -> Question:
        task = f"{_RUBRIC}\nIn which of the two is “The one” more like a person? What they talk about does not matter."
        return Question(SYSTEM, f"Conversation A:\n{first}\n\nConversation B:\n{second}\n\n{task}")

    if not (says_something(real) and says_something(played)):
        return not_judged(PAIR.name, judge, VERSION, _SILENT)
    preference = judge.prefer(question, _shown(played), _shown(real))
    if isinstance(preference, NotJudged):
        return not_judged(PAIR.name, judge, VERSION, preference)
    evidence = {
        **pinned(judge, VERSION),
        "how": preference.how,
        "p_tie": round(preference.p_tie, 4),
        "is_consistent": preference.is_consistent,
        "orders": dict(preference.evidence),
    }
    return ScoreValue(PAIR.name, preference.p_first - 0.5, evidence=evidence)


def judge_alone(judge: Judge, played: Talk) -> ScoreValue:
    """RNR: person or machine, by a rubric and without a reference. Source: MirrorBench."""
    if not says_something(played):
        return not_judged(ALONE.name, judge, VERSION, _SILENT)
    task = f"{_RUBRIC}\nBy the lines of “The one” alone: what is it?"
    choice = judge.choose(Question(SYSTEM, f"{_shown(played)}\n\n{task}"), _OPTIONS)
    if isinstance(choice, NotJudged):
        return not_judged(ALONE.name, judge, VERSION, choice)
    return ScoreValue(
        ALONE.name,
        choice.probabilities[0],
        evidence={**pinned(judge, VERSION), **_turns(played), **choice_evidence(choice)},
    )


def judge_critiqued(judge: Judge, played: Talk, retrieve: Retrieve) -> ScoreValue:
    """CtR: a critique beside up to five utterances of people, then person or machine. Source: MirrorBench."""
    if not says_something(played):
        return not_judged(CRITIQUED.name, judge, VERSION, _SILENT)
    said = " ".join(line.text for line in played.lines if line.speaker == played.speaker)
    beside = [cut_text(one, 60) for one in list(retrieve(said))[:MAX_RETRIEVED]]
    people = "People said on the like:\n" + "\n".join(f"- {one}" for one in beside) + "\n\n" if beside else ""
    text = f"{people}{_shown(played)}"
    critique = write_critique(judge, Material(text, "The one", "it"), f"{_RUBRIC}\nWhat of “The one” is like a person?")
    if isinstance(critique, NotJudged):
        return not_judged(CRITIQUED.name, judge, VERSION, critique)
    noted = f"Notes of the judge: {cut_text(critique.why, 130)}"
    choice = judge.choose(Question(SYSTEM, f"{text}\n\n{noted}\n\n{_RUBRIC}\nWhat is “The one”?"), _OPTIONS)
    if isinstance(choice, NotJudged):
        return not_judged(CRITIQUED.name, judge, VERSION, choice)
    evidence = {**pinned(judge, VERSION), **choice_evidence(choice), **critique.evidence()}
    kept = evidence | _turns(played) | {"beside": beside}
    return ScoreValue(CRITIQUED.name, choice.probabilities[0], evidence=kept)


def retrieve_from(utterances: Sequence[str]) -> Retrieve:
    """Returns a retrieval over utterances of people by the house embedder: those that mean most nearly the same."""
    pool = list(dict.fromkeys(one.strip() for one in utterances if one.strip()))
    vectors = house_embedder().embed(pool)

    def retrieve(text: str) -> list[str]:
        nearness = vectors @ house_embedder().embed([text])[0]
        return [pool[place] for place in np.argsort(-nearness, kind="stable")[:MAX_RETRIEVED]]

    return retrieve


def alone_metric() -> JudgedMetric:
    """Returns RNR as a metric of each speaker."""
    return JudgedMetric(
        (ALONE,),
        VERSION,
        judge_speaker=lambda judge, about, lines, speaker: (judge_alone(judge, Talk(about, tuple(lines), speaker)),),
    )


def critiqued_metric(retrieve: Retrieve) -> JudgedMetric:
    """Returns CtR as a metric of each speaker."""
    return JudgedMetric(
        (CRITIQUED,),
        VERSION,
        judge_speaker=lambda judge, about, lines, speaker: (
            judge_critiqued(judge, Talk(about, tuple(lines), speaker), retrieve),
        ),
    )


def says_something(talk: Talk) -> bool:
    """Whether the judged speaker has any words."""
    return any(line.speaker == talk.speaker and line.text.strip() for line in talk.lines)


def _turns(talk: Talk) -> dict[str, Any]:
    excerpt = _excerpt(talk)
    return {"shown": {"turns": [place + 1 for place in excerpt.places], "n_left_out": excerpt.n_left_out}}


def _shown(talk: Talk) -> str:
    return _excerpt(talk).text


def _excerpt(talk: Talk) -> Excerpt:
    """Shows turns of the judged speaker, as “The one”, and what they answer; everybody else is “Other”."""
    hidden = About(names={line.speaker: "The one" if line.speaker == talk.speaker else "Other" for line in talk.lines})
    return excerpt_speaker(hidden, talk.lines, talk.speaker, _TALK_TOKENS)


JUDGED = alone_metric()
