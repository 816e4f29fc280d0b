"""The whole form at once: all items in one question, all answers in one message.

Whoever reads the whole form can see what it is for; so it is for comparison with item by item only.

Source: PsAIch (methods 2.16): whole forms let weights recognise the test and look healthy.
"""

import re
from dataclasses import replace

from core.fidelity.interviews.answer import Answer
from core.fidelity.interviews.questionnaire import Questionnaire
from core.fidelity.interviews.respondent import Respondent
from core.inference.request import Generate, Generated, Sampling
from core.inference.unsupported import Unsupported

_TOKENS_PER_LINE = 8


def answer_whole_form(respondent: Respondent, questionnaire: Questionnaire, seed: int = 0) -> list[Answer]:
    """Asks all items at once; the likeliest answers are written under a grammar, where the engine knows one.

    Raises:
        CancelledError: The user stopped.
        UserError: The weights cannot be run, or the form has no room in the context.
    """
    request = Generate(
        respondent.lane,
        respondent.asked(form_question(questionnaire)),
        max_tokens=_TOKENS_PER_LINE * len(questionnaire.items),
        sampling=Sampling(temperature=0.0, repeat_penalty=1.0, seed=seed),
        opening=respondent.opening,
        grammar=form_grammar(questionnaire),
        adapters=respondent.adapters,
    )
    try:
        written = respondent.run(request)
    except Unsupported:
        written = respondent.run(replace(request, grammar=""))
    text = written.text if isinstance(written, Generated) else ""
    return read_form(questionnaire, text.removeprefix(respondent.opening))


def form_question(questionnaire: Questionnaire) -> str:
    """Returns what is asked."""
    legend = ", ".join(f"{digit} = {point}" for digit, point in enumerate(questionnaire.points, questionnaire.low))
    lines = "\n".join(f"{item.number}: {item.text}" for item in questionnaire.items)
    return (
        f"A form from outside the scene, for a study. {questionnaire.question} {legend}.\n{lines}\n"
        f"Answer each with its number and a number from {questionnaire.low} to {questionnaire.high}, one a line."
    )


def form_grammar(questionnaire: Questionnaire) -> str:
    """Returns the GBNF grammar of a form that is filled in."""
    lines = ' "\\n" '.join(f'"{item.number}: " digit' for item in questionnaire.items)
    return f"root ::= {lines}\ndigit ::= [{questionnaire.low}-{questionnaire.high}]\n"


def read_form(questionnaire: Questionnaire, text: str) -> list[Answer]:
    """Reads a form that was filled in; of several answers to one item the first counts."""
    found: dict[int, int] = {}
    pattern = rf"(?m)^\s*(\d+)\s*[:.)=-]\s*([{questionnaire.low}-{questionnaire.high}])(?!\d)"
    for number, digit in re.findall(pattern, text):
        found.setdefault(int(number), int(digit))
    return [
        Answer(item, float(found[item.number]))
        if item.number in found
        else Answer(item, None, "The form has no answer to this item.")
        for item in questionnaire.items
    ]
