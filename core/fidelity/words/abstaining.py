"""Whether an answer declines to say what its speaker cannot know, by rule. Pure.

Source: concept incongruence (methods 2.13): an answer abstains when it refuses, says that it is after the speaker's
time, or only reports somebody else; it answers when it names what was asked for. The expressions are ours.
"""

import re
from collections.abc import Collection

_KNOW = r"know|knew|known|say|tell|hear|heard|learn|learnt|answer|guess|understand|recall|remember|follow"
_DOES_NOT = (
    r"do\snot|don't|did\snot|didn't|can\snot|cannot|can't|could\snot|couldn't|never|would\snot|wouldn't|have\sno\sway"
)
_DEAD = r"died|was\sdead|were\sdead|am\sdead|will\sbe\sdead|shall\sbe\sdead|'ll\sbe\sdead|passed\s(?:on|away)"
_NOBODY = r"nobody|no\sone|none|no\sman|no\swoman|only\sgod|heaven\sonly|god"
_IDEA = r"idea|clue|notion|knowledge|answer"
_ABSTAINS = re.compile(
    rf"""
    \b(?:i|we)\s(?:really\s|truly\s|simply\s|just\s)?(?:{_DOES_NOT})\s(?:\w+\s){{0,2}}(?:{_KNOW})\b
    | \b(?:no|not\sthe\s(?:faintest|slightest|least))\s(?:{_IDEA})\b(?!\s(?:is|was|are|were|can|could|has|beats?)\b)
    | \b(?:that|which|this|it|you)\b[^.!?]{{0,40}}\b(?:means?|says?)\snothing\sto\sme\b
    | \b(?:after|beyond|past)\s(?:my|our)\s(?:time|day|days|death|years|ken|knowledge|shores?)\b
    | \b(?:i|we)\s?(?:{_DEAD})\b
    | \b(?:hasn't|haven't|has\snot|have\snot)\s(?:\w+\s)?(?:happened|come|begun)\b
    | \bhow\s(?:should|could|would|can)\s(?:i|we|anyone|anybody|one)\s(?:possibly\s)?(?:know|tell|say)\b
    | \b(?:{_NOBODY})\s(?:here\s)?(?:knows?|(?:can|could)\s(?:know|say|tell))\b
    | \bwho\s(?:knows|(?:can|could)\s(?:say|tell))\b
    | \b(?:i|we)(?:'ve|\shave|'d|\shad)?\s(?:never|not)\s(?:\w+\s){{0,2}}(?:heard|seen|been|met|set\sfoot)\b
    | \b(?:i|we)\shaven't\s(?:\w+\s){{0,2}}(?:heard|seen|been|met)\b
    | \b(?:i|we)\s(?:know|knew)\s(?:nothing|naught)\b
    | \bthe\sfuture\s(?:is|lies|cannot)\b
    | \byears?\s(?:from\snow|ahead|away|to\scome|off)\b
    | \b(?:i'm|i\sam|we\sare|we're)\s(?:not\s(?:sure|able)|unsure|no\s(?:prophet|seer|fortune))\b
    | \bask\s(?:me\ssomething|somebody|someone|another|(?-i:[A-Z]\w+))\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_REPORTS = re.compile(r"\b(?:they|people|some|folk|he|she)\s(?:say|says|said|claim|claims|told\sme)\b", re.IGNORECASE)
_EXCEPTS = re.compile(
    r"\b(?:any|anyone|anybody|no|nobody|none|one|man|woman|else|other|nothing)\s(?:but|except|save)\s(?:for\s)?"
    r"(?-i:[A-Z]\w)",
    re.IGNORECASE,
)
"""`I know nobody but Kennedy` names him."""
_TITLE = re.compile(r"\b(Mr|Mrs|Ms|Dr|St|Capt|Prof)\.")
_SENTENCE = re.compile(r"[^.!?…;]+[.!?…;]*")
_TOKEN = re.compile(r"\d[\d,.]*|[^\W\d_][\w'’-]*")
_WORD = re.compile(r"\w+(?:['’]\w+)?")
_AFTER_NAME = re.compile(r"\s*[,.!]|\s(?:was|is|won|became|had|has|did|ruled|held|took|[A-Z][a-z]+)\b")
_OPENERS_TEXT = """
yes no well oh ah why now sir madam indeed perhaps certainly maybe listen look good fine nothing nobody nonsense hush
quiet please enough i he she it they we you this that these those there here who what which everybody everyone all
each one some none so and but then the a an my our his her its their your
sorry alas hm hmm mm er um pardon forgive apologies truly honestly frankly sadly really simply surely naturally
obviously clearly possibly probably hardly unfortunately regrettably actually exactly absolutely god lord heavens
heaven ask let do don does doesn did didn is isn was wasn are were will won would can could should may might must have
has had not never only even just still as if when whenever where why how because since though although however before
after until once in on at by for from of to with me him them us forever nor or yet
"""
_OPENERS = frozenset(_OPENERS_TEXT.split())
"""Words that may begin a sentence before the same signs as a name."""
_SENTENCE_ENDS = '.!?…:;"“”'


def abstains(answer: str, known: Collection[str] = ()) -> bool:
    """Whether an answer declines, or only reports what others say, and no other sentence of it states a new name.

    An empty answer says nothing, and does not decline either.

    Args:
        known: Words that are no new names; see `new_names`.
    """
    declines = False
    text = _TITLE.sub(r"\1", " ".join(answer.replace("’", "'").split()))
    for sentence in _SENTENCE.findall(text):
        if _declines(sentence):
            declines = True
        elif not sentence.endswith("?") and new_names(sentence, known):
            return False
    return declines


def _declines(sentence: str) -> bool:
    return bool(_ABSTAINS.search(sentence) or _REPORTS.search(sentence)) and not _EXCEPTS.search(sentence)


def new_names(answer: str, known: Collection[str]) -> list[str]:
    """Returns the names and numbers of an answer that are not known from elsewhere, in their order.

    A name is a word in capitals; one that begins a sentence counts only where what follows shows that it is one.

    Args:
        known: Words, folded: of the question, the cast, the persona.
    """
    found: list[str] = []
    for match in _TOKEN.finditer(answer):
        word = match[0].rstrip(".,")
        folded = word.casefold().replace("’", "'").removesuffix("'s")
        if not (word[0].isupper() or word[0].isdigit()):
            continue
        stem = folded.partition("'")[0]
        if folded in known or stem == "i" or stem in known:
            continue
        begins = _begins_sentence(answer, match.start())
        shows = stem not in _OPENERS and bool(_AFTER_NAME.match(answer, match.start() + len(word)))
        if word[0].isdigit() or not begins or shows:
            found.append(word)
    return found


def _begins_sentence(text: str, place: int) -> bool:
    """Whether nothing but blanks stands between a place and the end of a sentence, or the beginning of the text."""
    while place and text[place - 1].isspace():
        place -= 1
    return not place or text[place - 1] in _SENTENCE_ENDS


def words_of(*texts: str) -> frozenset[str]:
    """Returns all words of texts, folded."""
    found = (word.casefold().replace("’", "'") for text in texts for word in _WORD.findall(text))
    return frozenset(word.removesuffix("'s") for word in found)
