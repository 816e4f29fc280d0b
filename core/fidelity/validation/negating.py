"""Turns what somebody says of themselves into its opposite, by rule: “I have a dog.” becomes “I don't have a dog.”"""

import re
from collections.abc import Callable

_SENTENCES = re.compile(r"[^.!?\n]+[.!?]*\s*|\n+")
_OFTEN = r"(?:really |also |just |actually |still |usually |often |always |mostly )?"
_PLAIN = (
    "love|like|enjoy|hate|want|need|have|live|work|play|know|think|believe|own|prefer|study|teach|cook|read|write|run|"
    "travel|eat|drink|drive|speak|go|get|make|do|come|watch|listen|collect|hope|feel|plan|try|remember|understand"
)
_PAST = (
    "had|was|did|went|got|grew|made|took|came|saw|bought|met|moved|lost|won|found|kept|left|told|thought|knew|wrote|"
    "read|ran|ate|drank|drove|spoke|felt|began|became|broke|brought|built|caught|chose|fell|flew|forgot|gave|heard|"
    "held|hurt|led|paid|put|rode|said|sang|sat|sold|sent|slept|spent|stood|swam|taught|wore"
)

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]


def _rule(pattern: str, put: str | Callable[[re.Match[str]], str]) -> Rule:
    return re.compile(pattern, re.IGNORECASE), put


_RULES: tuple[Rule, ...] = (
    # what is negated already
    _rule(rf"\bI {_OFTEN}(?:don't|do not|didn't|did not) ", "I do "),
    _rule(r"\bI(?:'m| am) not ", "I am "),
    _rule(r"\bI (?:can't|cannot|can not) ", "I can "),
    _rule(r"\bI (?:won't|will not) ", "I will "),
    _rule(r"\bI (?:haven't|have not) ", "I have "),
    _rule(r"\bI (?:wasn't|was not) ", "I was "),
    _rule(r"\bI(?:'ve| have) never ", "I have "),
    _rule(r"\bI never ", "I always "),
    _rule(r"\b(my [\w' ]{2,30}?) (is|are|was|were)(?:n't| not) ", r"\1 \2 "),
    # what is not
    _rule(r"\bI(?:'m| am) ", "I am not "),
    _rule(r"\bI was ", "I was not "),
    _rule(r"\bI (can|could|will|would|should|must) ", r"I \1 not "),
    _rule(r"\bI've ", "I haven't "),
    _rule(r"\bI have (been|had|got|gone|done|seen|lived|worked|always|\w+ed)\b", r"I haven't \1"),
    _rule(rf"\bI {_OFTEN}({_PLAIN}) ", r"I don't \1 "),
    _rule(rf"\bI {_OFTEN}({_PAST}|\w+ed) ", r"I never \1 "),
    _rule(r"\b(my [\w' ]{2,30}?) (is|are|was|were) ", r"\1 \2 not "),
    _rule(r"\b(my [\w' ]{2,20}?)'s ", r"\1 isn't "),
)


def negate(text: str) -> str | None:
    """Negates each sentence that states something of the one who says it; None where there is none.

    A statement has “I” or “my” with a verb that the rules know, and no question mark. One change a sentence.
    """
    sentences = _SENTENCES.findall(text.replace("’", "'"))
    turned = [_turn(sentence) for sentence in sentences]
    if turned == sentences:
        return None
    return "".join(turned)


def _turn(sentence: str) -> str:
    if "?" in sentence:
        return sentence
    for pattern, put in _RULES:
        turned, n = pattern.subn(put, sentence, count=1)
        if n:
            return turned
    return sentence
