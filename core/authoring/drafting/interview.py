"""An interview that becomes a backstory: questions about a life, and proposals from the answers.

The author answers, or the weights do as the character. Source: Higher-Order Binding (backstories by interview).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.authoring.drafting.from_prose import read_prose
from core.authoring.drafting.proposal import Proposal, still_new
from core.authoring.drafting.stopping import IsCancelled, never, stop_if
from core.characters.statements import draft_statements
from models.character import CharacterBase


@dataclass(frozen=True, slots=True)
class Question:
    """A question and where its whole answer goes."""

    text: str
    title: str
    """Of the essay that the answer becomes."""


QUESTIONS = (
    Question("Tell me about the place where you grew up.", "Where I grew up"),
    Question("Who lived in your house when you were a child?", "My family"),
    Question("What did you want to become, and what became of it?", "What I wanted to become"),
    Question("Tell me about your work. What is hard about it?", "My work"),
    Question("What does an ordinary day look like?", "An ordinary day"),
    Question("Tell me about a day that changed your life.", "A day that changed my life"),
    Question("Who matters most to you now, and why?", "Who matters to me"),
    Question("What are you proud of?", "What I am proud of"),
    Question("What would you undo if you could?", "What I would undo"),
    Question("What are you afraid of?", "What I am afraid of"),
    Question("What do people get wrong about you?", "What people get wrong"),
    Question("Whom do you call one of us, and who is not?", "Us and them"),
)
"""Life first, then how they see themselves and others."""
MAX_ANSWER_CHARS = 20_000
DAY = "An ordinary day"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said to a question."""

    question: Question
    text: str
    by: str = ""
    """The weights that answered; empty: the author."""


def read_interview(
    answers: Iterable[Answer], character: CharacterBase, cancelled: IsCancelled = never
) -> list[Proposal]:
    """Proposes an essay for each answer, and the facts that the answers state."""
    proposals: list[Proposal] = []
    for answer in answers:
        stop_if(cancelled)
        text, n_before = answer.text.strip()[:MAX_ANSWER_CHARS], len(proposals)
        if not text:
            continue
        if answer.question.title == DAY:
            proposals.append(Proposal("layers.life.day", text, _why(answer)))
        else:
            essay = {"title": answer.question.title, "text": text}
            proposals.append(Proposal("layers.life.essays", essay, _why(answer), is_addition=True))
        proposals += _facts(answer, character, [one.value for one in proposals if one.path == "statements"], cancelled)
        by_weights = [place for place in range(n_before, len(proposals)) if answer.by]
        for place in by_weights:
            proposals[place] = replace(proposals[place], is_invented=True)
    return still_new(character, proposals)


def _why(answer: Answer) -> str:
    return f"Asked: {answer.question.text}" + (f" Answered by {answer.by}." if answer.by else "")


def _facts(answer: Answer, character: CharacterBase, known: Sequence[str], cancelled: IsCancelled) -> list[Proposal]:
    statements = draft_statements(answer.text[:MAX_ANSWER_CHARS], character.name, [*character.statements, *known])
    fields = [
        proposal
        for proposal in read_prose(answer.text[:MAX_ANSWER_CHARS], character, cancelled)
        if proposal.path != "statements"
    ]
    return fields + [Proposal("statements", fact, _why(answer), answer.text, is_addition=True) for fact in statements]
