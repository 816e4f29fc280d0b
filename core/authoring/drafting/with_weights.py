"""Drafts that the loaded weights write or weigh. Small weights write poorly: everything is a proposal, no more."""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, wait
from typing import TypeVar

from core.authoring.drafting.interview import QUESTIONS, Answer, Question
from core.authoring.drafting.proposal import Proposal
from core.authoring.taxonomy import Choose as ChooseSentence
from core.characters.prompt import Scene, join_blocks, render_system
from core.characters.reply import parse_reply
from core.characters.trait_words import FACTORS
from core.inference.request import (
    OPTIONS,
    Choose,
    Chosen,
    Engine,
    Generate,
    Generated,
    Message,
    Request,
    Result,
    Sampling,
)
from models.character import CharacterBase
from models.scenario import RoleBase

LANE = "drafting"
MAX_ANSWER_TOKENS = 160
MAX_CHOICES = 20
"""Options that one question lists; the taxonomy has fewer."""
POLL_S = 0.1
TEMPERATURE = 0.7
INTERVIEW = Scene(name="An interview", setting="Somebody asks about your life. You answer in a few sentences.")
_ONE_SENTENCE = "Say in one sentence {what}."
FIELDS = {
    "description": "who you are",
    "personality": "what people say about your temper",
    "voice": "how you speak",
    "greeting": "what you say when somebody new comes in",
    "layers.life.day": "what a usual day of yours is like",
    "layers.career.aspiration": "what you want most",
}
"""Fields that the weights can fill, and what they are asked for."""

_STAGE_DIRECTION = re.compile(r"\*[^*]*\*")

Wanted = TypeVar("Wanted", Generated, Chosen)


class WeightsDrafter:
    """Asks the weights. Blocks; for a thread of its own."""

    def __init__(self, engine: Engine, seed: int = 1, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Prepares to ask.

        Args:
            cancelled: Asked now and then; when it says yes, CancelledError is raised.
        """
        self._engine, self._seed, self._cancelled = engine, seed, cancelled

    @property
    def source(self) -> str:
        """Who writes, for the reasons of proposals."""
        return self._engine.info.name

    def answer(self, character: CharacterBase, question: Question, before: Sequence[Answer] = ()) -> Answer:
        """Lets the weights answer as the character, after their answers to earlier questions.

        Raises:
            UserError: The weights cannot be run.
        """
        messages = [self._system(character)]
        for earlier in before:
            messages += [Message("user", earlier.question.text), Message("assistant", earlier.text or "…")]
        messages.append(Message("user", question.text))
        seed = self._seed + QUESTIONS.index(question) if question in QUESTIONS else self._seed
        return Answer(question, self._write(character, messages, seed), self.source)

    def write_field(self, character: CharacterBase, path: str) -> Proposal | None:
        """Lets the weights say what goes into one of `FIELDS`; None when they say nothing.

        Raises:
            UserError: The weights cannot be run.
        """
        asked = _ONE_SENTENCE.format(what=FIELDS[path])
        text = self._write(character, [self._system(character), Message("user", asked)], self._seed)
        why = f"Written by {self.source}; asked: {asked}"
        return Proposal(path, text, why, is_invented=True) if text else None

    def choose_sentence(self) -> ChooseSentence:
        """Returns a choice for `walk_taxonomy`: the sentence that the weights find likeliest after what is known."""

        def choose(known: Sequence[str], sentences: Sequence[str]) -> int:
            told = Message("system", "\n".join(known))
            asked = Message("user", f"Which of these is also true of you?\n{OPTIONS}")
            chosen = self._ask(Choose(LANE, (told, asked), tuple(sentences[:MAX_CHOICES])), Chosen)
            by_text = chosen.by_token_likelihood
            return max(range(len(by_text)), key=by_text.__getitem__)

        return choose

    def weigh_big_five(self, texts: Sequence[str]) -> list[Proposal]:
        """Lets the weights choose between the two ends of each factor for whoever wrote some texts.

        Source: Orca. The degree is the probability of the one end, the order of the options averaged out.

        Raises:
            UserError: The weights cannot be run.
        """
        told = Message("system", "Somebody wrote:\n" + "\n".join(texts))
        proposals = []
        for factor, ends in FACTORS.items():
            asked = Message("user", f"Which describes the writer better?\n{OPTIONS}")
            chosen = self._ask(Choose(LANE, (told, asked), ends), Chosen)
            much = chosen.by_token_likelihood[0]
            why = f"{self.source} finds “{ends[0]}” likelier with {much:.0%}."
            path = f"layers.personal.big_five.{factor}"
            proposals.append(Proposal(path, round(100 * much), why, is_invented=True))
        return proposals

    def _system(self, character: CharacterBase) -> Message:
        return Message("system", join_blocks(render_system(character, RoleBase(), INTERVIEW)))

    def _write(self, character: CharacterBase, messages: Sequence[Message], seed: int) -> str:
        sampling = Sampling(temperature=TEMPERATURE, seed=seed)
        written = self._ask(Generate(LANE, tuple(messages), MAX_ANSWER_TOKENS, sampling), Generated)
        return " ".join(_STAGE_DIRECTION.sub(" ", parse_reply(written.text, character.name, []).text).split())

    def _ask(self, request: Request, kind: type[Wanted]) -> Wanted:
        future = self._engine.submit(request)
        while not wait([future], timeout=POLL_S).done:
            if self._cancelled():
                future.cancel()
                raise CancelledError
        result: Result = future.result()
        assert isinstance(result, kind)
        return result
