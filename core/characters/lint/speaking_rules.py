"""Lines that speak or act for the user: what the other person does is theirs to say."""

import re
from collections.abc import Iterator

from core.characters.lint.finding import Finding, Fix, Severity
from core.characters.lint.texts import Text, all_texts
from models.character import CharacterBase

_GREETINGS = frozenset({"greeting", "alternate_greetings"})
_SAID = re.compile(r"[“\"][^“”\"]*(?:[”\"]|$)")
_NARRATED = re.compile(r"\*[^*]*(?:\*|$)")
_USER = re.compile(r"(?:\{\{user\}\}|<user>)[ \t]+([a-z]+)", re.IGNORECASE)
_USER_TURN = re.compile(r"^[ \t]*(?:\{\{user\}\}|<user>)[ \t]*:.*$", re.IGNORECASE | re.MULTILINE)
_CHAR_TURN = re.compile(r"^[ \t]*(?:\{\{char\}\}|<bot>)[ \t]*:.*$", re.IGNORECASE | re.MULTILINE)
_YOU = re.compile(r"(?:^|(?<=[.!?…*\n])|(?<=[.!?…*]\s))\s*you[ \t]+([a-z]+)", re.IGNORECASE)
_USER_SAYS = re.compile(
    r"(?:\{\{user\}\}|<user>)[ \t]+(?:says?|asks?|answers?|replies|repl(?:y|ied)|whispers?|shouts?|said|asked|answered)"
    r"[ \t]*[:,]?[ \t]*(?::|[“\"])[^\n]*",
    re.IGNORECASE,
)
"""Words put into the mouth of the other person, wherever they stand."""
_SENTENCE_END = re.compile(r"[.!?…]+[*”\"]*|\*|$|\n")
_SEEN = "see hear notice smell find can could may might must should will would have don't do didn't"
_PERCEIVING = frozenset(_SEEN.split())
"""What a narrator may say of `you` without acting for it."""
_DONE = """
    shiver feel nod smile sigh gasp blush tremble laugh cry scream walk step sit stand run turn look stare whisper reply
    answer ask say agree decide think realise realize follow kneel bow flinch wake shudder freeze hesitate
"""
_ACTING = frozenset(_DONE.split())
"""What acts for somebody even where speech and narration cannot be told apart."""


def find_speaking_for_user(character: CharacterBase) -> Iterator[Finding]:
    """Finds greetings and example lines that act or speak for the user, and words put into its mouth elsewhere."""
    for text in all_texts(character):
        if text.path in _GREETINGS:
            yield from _in_greeting(text)
        elif text.path == "example_dialogue":
            yield from _in_examples(text)
        else:
            for pattern in (_USER_TURN, _USER_SAYS):
                for match in pattern.finditer(text.text):
                    yield _finding(text, match.start(), match.end())


def _in_greeting(text: Text) -> Iterator[Finding]:
    for turn in _USER_TURN.finditer(text.text):
        yield _finding(text, turn.start(), turn.end())
    narration, is_sure = _narration(text.text)
    for match in _YOU.finditer(narration):
        verb = match[1].casefold()
        if verb in _ACTING or (is_sure and verb not in _PERCEIVING):
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            yield _finding(text, start, _end_of_sentence(text.text, match.end()))
    for match in _USER.finditer(narration):
        if match[1].casefold().endswith("s") and match[1].casefold() not in {"is", "as", "has"}:
            yield _finding(text, match.start(), _end_of_sentence(text.text, match.end()))


def _in_examples(text: Text) -> Iterator[Finding]:
    for turn in _CHAR_TURN.finditer(text.text):
        for match in _USER.finditer(turn[0]):
            if match[1].casefold().endswith("s") and match[1].casefold() not in {"is", "as", "has"}:
                start = turn.start() + match.start()
                yield _finding(text, start, _end_of_sentence(text.text, start + len(match[0])))


def _narration(text: str) -> tuple[str, bool]:
    """Returns the text with all speech blanked out, and whether it can be told apart at all."""
    if "*" in text:
        narrated = list(" " * len(text))
        for match in _NARRATED.finditer(text):
            narrated[match.start() : match.end()] = text[match.start() : match.end()]
        return "".join(narrated), True
    if _SAID.search(text):
        return _SAID.sub(lambda match: " " * len(match[0]), text), True
    return text, False


def _end_of_sentence(text: str, start: int) -> int:
    match = _SENTENCE_END.search(text, start)
    return match.end() if match and match[0] != "\n" else match.start() if match else len(text)


def _subject(text: Text) -> str:
    if text.path == "example_dialogue":
        return "The examples speak"
    if text.path == "statements":
        return f"Statement {(text.item or 0) + 1} speaks"
    return "The greeting speaks" if text.path in _GREETINGS else "This text speaks"


def _finding(text: Text, start: int, end: int) -> Finding:
    quote = " ".join(text.text[start:end].strip("*").split())
    what = _subject(text)
    sentence = f"{what} for the other person: “{quote if len(quote) <= 60 else quote[:59] + '…'}”"
    before, after = text.text[:start].rstrip(" "), text.text[end:].lstrip(" ")
    space = "" if not before or before[-1] in "*\n" or after[:1] in ("", "*", "\n") else " "
    kept = f"{before}{space}{after}".replace("**", "").strip()
    fix = Fix("Take the sentence out", text.place(), kept)
    return Finding("speaks-for-user", Severity.WARNING, sentence, text.place(start, end), fix=fix)
