"""Does it hold a role? A few scripted questions to one character, asked as a playtest asks, with a fixed seed.

Each answer is shown beside what was looked for. A handful of answers tells gross faults from none; it is no measure.
"""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, wait
from dataclasses import asdict, dataclass
from typing import Any

from core.characters.prompt import THINK_CLOSE, THINK_OPEN
from core.characters.reply import parse_reply
from core.inference.request import Engine, Finish, Generate, Generated, Result, Sampling
from core.playtest.scores.scoring import Spoken, score_by_weights
from core.playtest.script import Part, Script
from core.playtest.view.views import build_view
from models.character import CharacterBase
from models.playtest import Origin, SpeakerKind, TurnBase
from models.scenario import RoleBase, ScenarioBase

SEED = 20_011
MAX_TOKENS = 120
TEMPERATURE = 0.6
POLL_S = 0.1
HELD_SENTENCE = "I mend nets for the boats at Quill Landing."
ME = CharacterBase(
    name="Oswin",
    statements=[HELD_SENTENCE, "My daughter is called Marigold.", "I am afraid of deep water.", "I have a wooden leg."],
    voice="Short sentences.",
)
OTHERS = (CharacterBase(name="Velisse"), CharacterBase(name="Tuomas"))
SCENE = ScenarioBase(name="The landing", setting="A quiet morning by the water.", thoughts=False)
_ASSISTANT = r"(?:ai\b|artificial|(?:large )?language model|(?:\w+ )?assistant)"
ASSISTANT_VOICE = re.compile(
    rf"\bas an? {_ASSISTANT}|\bi(?:['’]?m| am) (?:just |only |actually )?an? {_ASSISTANT}"
    r"|\bhow (?:can|may) i (?:assist|help) you\b|\b(?:created|trained|made) by (?:openai|meta|google|mistral|alibaba)",
    re.IGNORECASE,
)
"""A denial is none of it: “I am no machine” stays in the role."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing that was looked at."""

    name: str
    passed: bool
    sought: str
    """What would have passed, in words."""
    evidence: str
    """What was written, or the figure."""


@dataclass(frozen=True, slots=True)
class RoleCheck:
    """All that was looked at. There is no overall grade."""

    probes: tuple[Probe, ...]

    @property
    def n_passed(self) -> int:
        """How many passed."""
        return sum(probe.passed for probe in self.probes)

    def to_note(self) -> dict[str, Any]:
        """Returns it as plain JSON."""
        return asdict(self)

    @classmethod
    def from_note(cls, note: dict[str, Any]) -> "RoleCheck":
        """Reads what `to_note` wrote."""
        return cls(tuple(Probe(**probe) for probe in note["probes"]))


@dataclass(frozen=True, slots=True)
class _Answer:
    question: str
    written: str
    finish: Finish


QUESTIONS = (
    "Good morning. What is your name?",
    "What work do you do?",
    "What is your daughter called?",
    "Are you an AI language model?",
)
THOUGHT_QUESTION = "Are you afraid of the water?"


def check_role(
    engine: Engine,
    on_step: Callable[[int, int], None] = lambda n_done, n_all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> RoleCheck:
    """Asks the questions and looks at the answers. The same weights, settings and machine give the same answers.

    Raises:
        UserError: The weights cannot be run.
        CancelledError: `cancelled` said so, or the engine was closed.
    """
    n_steps = len(QUESTIONS) + 2
    answers = []
    for number, question in enumerate(QUESTIONS):
        on_step(number, n_steps)
        answers.append(_ask(engine, question, cancelled))
    on_step(len(QUESTIONS), n_steps)
    thinking = _ask(engine, THOUGHT_QUESTION, cancelled, thoughts=True)
    on_step(len(QUESTIONS) + 1, n_steps)
    probes = (*_look_at(answers), _look_at_thought(thinking), _weigh_held_sentence(engine))
    on_step(n_steps, n_steps)
    return RoleCheck(probes)


def _look_at(answers: list[_Answer]) -> Iterator[Probe]:
    name, work, daughter, nature = answers
    yield Probe("states its name", "oswin" in _speech(name).lower(), "“Oswin” in the answer", _quote(name))
    yield Probe("states a fact of its persona", "net" in _speech(work).lower(), "“nets” in the answer", _quote(work))
    yield Probe(
        "states another fact", "marigold" in _speech(daughter).lower(), "“Marigold” in the answer", _quote(daughter)
    )
    voice = ASSISTANT_VOICE.search(_speech(nature))
    yield Probe("stays out of the assistant’s voice", not voice, "no “As an AI …”", _quote(nature))
    endless = [answer for answer in answers if answer.finish is not Finish.END]
    ended = f"{len(answers) - len(endless)} of {len(answers)} answers ended by themselves"
    yield Probe("ends its turn", not endless, f"an end within {MAX_TOKENS} tokens, each time", ended)
    bled = [answer for answer in answers if _parse(answer)[1]]
    evidence = _quote(bled[0], whole=True) if bled else f"none in {len(answers)} answers"
    yield Probe("writes nobody else’s line", not bled, "no line that opens with another’s name", evidence)


def _look_at_thought(answer: _Answer) -> Probe:
    thought, closing, speech = answer.written.removeprefix(THINK_OPEN).partition(THINK_CLOSE)
    well_formed = bool(closing and thought.strip() and speech.strip()) and "think>" not in thought + speech
    return Probe(
        "keeps to the form of thoughts", well_formed, "a closed thought, then speech", _quote(answer, whole=True)
    )


def _weigh_held_sentence(engine: Engine) -> Probe:
    """Weighs a sentence that the persona holds, with the persona and without it: methods of grounding."""
    script, me = _script(thoughts=False)
    asked = _heard(script.parts[1], QUESTIONS[1])
    said = TurnBase(
        speaker_id=me.role_id,
        speaker=me.character.name,
        kind=SpeakerKind.CHARACTER,
        text=HELD_SENTENCE,
        origin=Origin.HUMAN,
    )
    (score,) = score_by_weights(engine, script, Spoken(me, (asked,), said), ["grounding"])
    sought = f"above 0 nats a token for “{HELD_SENTENCE}”"
    if score.value is None:
        return Probe("is moved by its persona", False, sought, score.reason or "")
    return Probe("is moved by its persona", score.value > 0, sought, f"{score.value:+.2f} nats a token")


def _ask(engine: Engine, question: str, cancelled: Callable[[], bool], thoughts: bool = False) -> _Answer:
    """Puts one question. No text stops the answer: what the weights would go on with is what is looked at."""
    script, me = _script(thoughts)
    view = build_view(script, me, [_heard(script.parts[1], question)])
    request = Generate(
        lane=f"role check/{question}",
        messages=view.messages,
        max_tokens=MAX_TOKENS,
        sampling=Sampling(temperature=TEMPERATURE, seed=SEED),
        opening=THINK_OPEN if thoughts else "",
    )
    future: Future[Result] = engine.submit(request)
    while not wait([future], timeout=POLL_S).done:
        if cancelled():
            future.cancel()
            raise CancelledError
    result = future.result()
    assert isinstance(result, Generated)
    return _Answer(question, result.text, result.finish)


def _script(thoughts: bool) -> tuple[Script, Part]:
    parts = tuple(Part(role_id=who.name, role=RoleBase(), character=who) for who in (ME, *OTHERS))
    return Script(scenario=SCENE.model_copy(update={"thoughts": thoughts}), parts=parts), parts[0]


def _heard(part: Part, text: str) -> TurnBase:
    return TurnBase(
        speaker_id=part.role_id, speaker=part.character.name, kind=SpeakerKind.CHARACTER, text=text, origin=Origin.HUMAN
    )


def _parse(answer: _Answer) -> tuple[str, bool]:
    reply = parse_reply(answer.written, ME.name, [other.name for other in OTHERS])
    return reply.text, reply.bled


def _speech(answer: _Answer) -> str:
    return _parse(answer)[0]


def _quote(answer: _Answer, whole: bool = False) -> str:
    text = answer.written.strip() if whole else _speech(answer)
    return f"“{answer.question}” – “{text}”"
