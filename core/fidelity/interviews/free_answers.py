"""Items as open questions, answered in character, then turned into a value by a judge that knows no names.

Source: InCharacter (methods 2.16, mode b): each answer by itself, the character as "the participant".
"""

from dataclasses import replace

from core.fidelity.interviews.answer import Answer
from core.fidelity.interviews.questionnaire import Item, Questionnaire
from core.fidelity.interviews.respondent import OnItem, Respondent, nobody_looks
from core.fidelity.judging.judge import Judge, Question
from core.fidelity.judging.masks import masks_for
from core.fidelity.judging.verdicts import NotJudged
from core.inference.request import Generate, Generated, Sampling

PARTICIPANT = "the participant"
MAX_ANSWER_TOKENS = 128
SAMPLING = Sampling(temperature=0.5)


def answer_freely(
    respondent: Respondent,
    questionnaire: Questionnaire,
    judge: Judge,
    seed: int = 0,
    on_item: OnItem = nobody_looks,
) -> list[Answer]:
    """Asks each item as an open question, and the judge what was meant.

    Raises:
        CancelledError: The user stopped.
        UserError: The weights or the judge cannot be run.
    """
    answers = []
    for n_done, item in enumerate(questionnaire.items):
        on_item(n_done, len(questionnaire.items))
        words = say(respondent, item.open, seed + item.number)
        answers.append(_convert(respondent.name, questionnaire, item, words, judge))
    on_item(len(answers), len(questionnaire.items))
    return answers


def open_question(question: str) -> str:
    """Returns how an open question is put to a character."""
    return f"A question from outside the scene, for a study: {question}"


def say(respondent: Respondent, question: str, seed: int) -> str:
    """Has a question answered in character; returns what is said, or nothing."""
    asked, sampling = open_question(question), replace(SAMPLING, seed=seed)
    written = respondent.run(
        Generate(
            respondent.lane,
            respondent.asked(asked),
            MAX_ANSWER_TOKENS,
            sampling,
            stop=respondent.stop,
            adapters=respondent.adapters,
        )
    )
    return respondent.read(written.text) if isinstance(written, Generated) else ""


def conversion_question(questionnaire: Questionnaire, item: Item, words: str, name: str) -> Question:
    """Returns what a judge is asked about an answer in words."""
    legend = ", ".join(f"{digit} = {point}" for digit, point in enumerate(questionnaire.points, questionnaire.low))
    return Question(
        f"You read what {PARTICIPANT} of a study said, and say how a sentence applies to them by it. Go by these words "
        "alone.",
        f"{PARTICIPANT.capitalize()} was asked: {hide_name(item.open, name)}\n"
        f"{PARTICIPANT.capitalize()} said: {hide_name(words, name)}\n\n"
        f"How accurately does this sentence describe {PARTICIPANT}? “{item.text}”\n"
        f"Answer with one digit: {legend}.",
    )


def hide_name(text: str, name: str) -> str:
    """Returns a text that does not say who spoke: the name and its parts become "the participant"."""
    masks = masks_for({name: name}, (text,))
    return masks.hide(text).replace(masks.by_speaker[name], PARTICIPANT)


def _convert(name: str, questionnaire: Questionnaire, item: Item, words: str, judge: Judge) -> Answer:
    if not words.strip():
        return Answer(item, None, "Nothing was said.")
    question = conversion_question(questionnaire, item, words, name)
    rating = judge.rate(question, questionnaire.low, questionnaire.high)
    if isinstance(rating, NotJudged):
        return Answer(item, None, rating.reason, words=words)
    return Answer(item, rating.value, probabilities=dict(rating.probabilities), words=words)
