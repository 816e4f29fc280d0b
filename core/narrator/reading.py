"""Acts in what a character wrote: `*takes the key*`, `I take the key`, `(Mara goes to the boathouse)`.

Cautious: an act counts only where it is in the present tense, done by the speaker, said plainly, and names a prop or a
place of the world as a whole. What is asked, denied, quoted, wished, remembered or done by others is none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from core.narrator.acts import Act, ActKind
from core.narrator.situation import Situation
from core.narrator.verbs import BASE_VERBS, GIVE, GO, INTO, LEAVE, PUT, SET, TAKE, USE, Forms, pick

MAX_ACTS_READ = 3
"""Acts that one turn may bring."""
MAX_READ_CHARS = 20_000
_DIRECTION = re.compile(r"\*{1,3}([^*]+)\*{1,3}|\(([^()]+)\)|\[([^\[\]]+)\]")
_QUOTED = re.compile(r"\"[^\"]*\"|“[^“”]*”|«[^«»]*»")
_SENTENCE = re.compile(r"[^.!?\n…]+[.!?…]*")
_CLAUSE_BORDER = re.compile(
    r"\s*(?:[,;:—–]|\s-\s)\s*(?:and\s+then\s+|and\s+|then\s+|but\s+)?|\s+and\s+then\s+|\s+and\s+|\s+then\s+"
)
_UNSURE = re.compile(
    r"\b(?:not|never|no|nobody|nor|without|if|when|whenever|unless|until|would|could|should|might|may|must|shall|will|can"
    r"|cannot|want|wants|wish|wishes|try|tries|trying|pretends?|almost|nearly|about to|as if|as though|like to|imagine"
    r"|dream|dreams|remember|remembers|think|thinks|suppose|used to|every|always|usually|often|sometimes|each|once"
    r"|yesterday|ago|tomorrow|let|lets|maybe|perhaps|rather|instead|ought|going to|plan|plans|hope|hopes|refuses?"
    r"|threatens?|offers?|asks?|begs?|tells?|whether|nights?|mornings?|days?)\b|n['’]t\b|['’](?:ll|d)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:was|were|had|did|went|came|said|told|saw|took|gave|kept|left|found|knew|made|got|\w{3,}ed)\b", re.IGNORECASE
)
_SOMEBODY_ELSE = re.compile(
    rf"(?!(?:{'|'.join(sorted(BASE_VERBS))})\b)"
    r"(?:(?:the|an?|his|her|my|your|their|our|its|some\w+|every\w+|both|all|others?|one|two)\s"
    r"|(?!(?:I|s?he|they|in|at|with|to|on|from|after|before|then|now|once|still)\b)\w*(?<!s|g|y|d)\.?\s)",
    re.IGNORECASE,
)
"""Begins a sentence of a stage direction that is not about the speaker: `The porter`, `Nora shuts`."""
_ADVERBS = (
    r"(?:(?:\w+ly|then|now|just|simply|also|so|well|first|still|once more|again|at last|with a \w+|in silence)\s+)*"
)
_ARTICLE = r"(?:the|a|an|my|his|her|their|your|our|its|that|this)\s+"
_ADJECTIVES = r"(?:(?!(?:of|to|for|from|with|and|or|in|on|at|by|s)\b)[a-z]+\s+){0,2}?"
_AFTER = (
    r"(?=\s*$|\s+(?:and|then|from|off|out|with|into|in|on|onto|to|back|up|down|before|while|again|now|over|at|by|under"
    r"|beside|through|between|towards?|across|without|against|upon|near|behind|inside|quickly|\w+ly)\b)"
)
_AWAY_INTO = re.compile(
    r"^\s*(?:away|in|into|inside|back in|under|on\s*$|on (?:his|her|my|their) (?:head|finger|neck))\b"
)


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause that the speaker is the subject of, from its verb on."""

    text: str
    forms: tuple[bool, ...]
    """Whether verbs may stand as in `she takes`, else as in `I take`; directions may use both."""
    is_direction: bool


def read_acts(situation: Situation, role_id: str, text: str) -> list[Act]:
    """Returns the acts that a role does in a turn, in the order in which they are told."""
    text = text[:MAX_READ_CHARS]
    words = _Words(situation, role_id, text)
    found: list[Act] = []
    for clause in _clauses(text, words.own_names):
        act = words.read(clause)
        if act is not None and act not in found:
            found.append(act)
        if len(found) == MAX_ACTS_READ:
            break
    return found


def _clauses(text: str, own_names: Sequence[str]) -> Iterator[_Clause]:
    place = 0
    for match in _DIRECTION.finditer(text):
        yield from _clauses_of(_QUOTED.sub(" ", text[place : match.start()]), own_names, is_direction=False)
        yield from _clauses_of(_QUOTED.sub(" ", next(filter(None, match.groups()))), own_names, is_direction=True)
        place = match.end()
    yield from _clauses_of(_QUOTED.sub(" ", text[place:]), own_names, is_direction=False)


def _clauses_of(text: str, own_names: Sequence[str], *, is_direction: bool) -> Iterator[_Clause]:
    """Yields what the speaker does; a clause without a subject goes on with the one before it."""
    third = "|".join([r"s?he", "they", *map(re.escape, own_names)] if is_direction else map(re.escape, own_names))
    subject = re.compile(rf"^{_ADVERBS}(?:(?P<first>I)|(?P<third>{third}))\s+{_ADVERBS}", re.IGNORECASE)
    for sentence in (" ".join(one.split()) for one in _SENTENCE.findall(text)):
        if is_direction and _SOMEBODY_ELSE.match(sentence) and not subject.match(sentence):
            return  # from here on a pronoun may mean that somebody
        if sentence.endswith("?") or _UNSURE.search(sentence) or (not is_direction and _PAST.search(sentence)):
            continue
        forms: tuple[bool, ...] = (True, False) if is_direction else ()
        for piece in _CLAUSE_BORDER.split(sentence.strip(" .!…")):
            match = subject.match(piece)
            if match is not None:
                forms = (match["third"] is not None,)
                yield _Clause(piece[match.end() :], forms, is_direction)
            elif forms:
                yield _Clause(re.sub(rf"^{_ADVERBS}", "", piece, flags=re.IGNORECASE), forms, is_direction)


class _Words:
    """What the props, places and roles of a world are called in prose, as far as a text has them."""

    def __init__(self, situation: Situation, role_id: str, text: str) -> None:
        self._situation = situation
        self._me = role_id
        said = _key(text)
        self._props = _said(_nouns({name: name.replace("_", " ") for name in situation.props}), said)
        places = {one.id: one.name or one.id.replace("_", " ") for one in situation.places.values()}
        self._places = _said(_nouns(places), said)
        self.own_names = _names_of(situation, role_id)
        self._others = {
            name.casefold(): other
            for other in reversed(situation.role_ids)
            if other != role_id
            for name in _names_of(situation, other)
        }
        self._prop = _noun_pattern(self._props, needs_article=True)
        self._place = _noun_pattern(self._places, needs_article=False)

    def read(self, clause: _Clause) -> Act | None:
        """Returns the act of a clause, or None."""
        found = self._change(clause) or self._take(clause) or self._give(clause) or self._put(clause)
        return found or self._use(clause) or self._go(clause) or self._leave(clause)

    def _act(self, kind: ActKind, prop: str = "", **more: str) -> Act:
        return Act(kind, self._me, prop, **more)

    def _after_verb(self, clause: _Clause, forms: Sequence[Forms]) -> Iterator[str]:
        """Yields what stands after a verb at the beginning of a clause."""
        for third in clause.forms:
            match = re.match(rf"(?:{'|'.join(pick(forms, third=third))})\b", clause.text, re.IGNORECASE)
            if match is not None:
                yield clause.text[match.end() :]

    def _object(self, rest: str) -> tuple[str, str] | None:
        """Returns the prop that a text begins with, and what stands after it."""
        match = re.match(rf"\s+{self._prop}{_AFTER}", rest, re.IGNORECASE) if self._prop else None
        return (self._props[_key(match["noun"])], rest[match.end() :]) if match is not None else None

    def _prop_after(self, clause: _Clause, forms: Sequence[Forms]) -> tuple[str, str] | None:
        """Returns the prop after a verb, also where its particle comes last: `puts the lamp down`."""
        for rest in self._after_verb(clause, forms):
            found = self._object(rest)
            if found is not None:
                return found
        split = [pair for pair in forms if " " in pair[0]]
        for base, other in split:
            particle = base.split(" ")[1]
            for rest in self._after_verb(clause, [(base.split(" ")[0], other.split(" ")[0])]):
                found = self._object(rest)
                if found is not None and re.match(rf"\s+{particle}\b", found[1], re.IGNORECASE):
                    return found[0], found[1].lstrip()[len(particle) :]
        return None

    def _change(self, clause: _Clause) -> Act | None:
        for forms, states in SET:
            found = self._prop_after(clause, forms)
            if found is None:
                continue
            own = {state.casefold(): state for state in self._situation.props[found[0]].states}
            if not own:
                return None
            state = next((own[state] for state in states if state in own), "")
            return self._with_tool(self._act(ActKind.SET, found[0], state=state), found[1])
        return None

    def _with_tool(self, act: Act, rest: str) -> Act:
        match = re.match(rf"\s+with\s+{self._prop}", rest, re.IGNORECASE)
        return replace(act, tool=self._props[_key(match["noun"])]) if match is not None else act

    def _take(self, clause: _Clause) -> Act | None:
        found = self._prop_after(clause, TAKE)
        if found is None or re.match(r"\s*(?:to|for|off|away|out of)\b", found[1]):
            return None
        return self._act(ActKind.TAKE, found[0])

    def _give(self, clause: _Clause) -> Act | None:
        for rest in self._after_verb(clause, GIVE):
            found = self._object(rest)
            if found is not None:
                match = re.match(r"\s+(?:over\s+|back\s+|across\s+)?to\s+([\w'’-]+(?:\s+[\w'’-]+)?)", found[1])
                other = self._person(match[1]) if match is not None else None
                if other is not None:
                    return self._act(ActKind.GIVE, found[0], other=other)
            match = re.match(r"\s+([\w'’-]+(?:\s+[\w'’-]+)?)(?=\s+(?:the|a|an|my|his|her|their|your)\s)", rest)
            other = self._person(match[1]) if match is not None else None
            found = self._object(rest[match.end() :]) if match is not None and other is not None else None
            if found is not None and other is not None:
                return self._act(ActKind.GIVE, found[0], other=other)
        return None

    def _person(self, words: str) -> str | None:
        """Returns who is meant; a pronoun means somebody only where one other is there."""
        first = words.split(maxsplit=1)[0]
        for text in (words, first):
            if _key(text) in self._others:
                return self._others[_key(text)]
        near = self._situation.others_with(self._me)
        return near[0] if _key(first) in {"you", "him", "her", "them"} and len(near) == 1 else None

    def _put(self, clause: _Clause) -> Act | None:
        found = self._prop_after(clause, PUT)
        if found is None:
            return None
        is_put = re.match(r"\s*(?:down|on|onto|upon|beside|by|at|under|behind|near|over|between|here|back)\b", found[1])
        begins = clause.text.casefold()
        is_plain = begins.startswith(
            ("drop", "put down", "puts down", "set down", "sets down", "lay down", "lays down")
        )
        if not (is_put or is_plain) or _AWAY_INTO.match(found[1]):
            return None
        if re.search(r"\b(?:head|finger|neck|shoulders?|pocket|coat|belt|hands?)\b", found[1]):
            return None
        if re.match(r"\s*on\s*$", found[1]):
            return None
        return self._act(ActKind.PUT, found[0])

    def _use(self, clause: _Clause) -> Act | None:
        found = self._prop_after(clause, USE)
        if found is None or found[1].strip():
            return None
        return self._act(ActKind.USE, found[0])

    def _go(self, clause: _Clause) -> Act | None:
        if not self._place:
            return None
        to = r"\s+(?:back\s+|over\s+|out\s+|down\s+|up\s+|on\s+)?(?:to|into|onto|for)\s+"
        for forms, preposition in ((GO, to), (INTO, r"\s+")):
            for rest in self._after_verb(clause, forms):
                match = re.match(rf"{preposition}{self._place}{_AFTER}", rest, re.IGNORECASE)
                if match is not None and not re.match(r"\s+(?:of|for|as)\b", rest[match.end() :]):
                    return self._arrive(self._places[_key(match["noun"])])
        return None

    def _arrive(self, place_id: str) -> Act:
        kind = ActKind.GO if self._situation.is_present(self._me) else ActKind.ENTER
        return self._act(kind, place=place_id)

    def _leave(self, clause: _Clause) -> Act | None:
        """Only stage directions leave the scene: people who talk of leaving mostly stay."""
        if not clause.is_direction:
            return None
        if not self._situation.is_present(self._me):
            is_coming = any(not rest.strip() for rest in self._after_verb(clause, INTO))
            return self._act(ActKind.ENTER) if is_coming else None
        for rest in self._after_verb(clause, LEAVE):
            if re.fullmatch(r"(?:\s+(?:the (?:room|scene)|quietly|in silence|quickly|\w+ly))?\s*", rest, re.IGNORECASE):
                return self._act(ActKind.LEAVE)
        return None


def _names_of(situation: Situation, role_id: str) -> list[str]:
    """Returns what somebody is called in prose: whole names, and words of them that mean nobody else."""
    role = next((one for one in situation.rules.story.roles if one.id == role_id), None)
    if role is None:
        return []
    names = dict.fromkeys(filter(None, (situation.names.get(role_id, ""), *role.names)))
    words = (word for name in names for word in name.split() if len(word) > 2 and word[0].isupper())
    clear = (word for word in words if getattr(situation.rules.scope.role(word), "id", None) == role_id)
    return list(dict.fromkeys([*names, *clear]))


def _nouns(names: Mapping[str, str]) -> dict[str, str]:
    """Returns what is said -> what is meant: whole names, and the last word of one where it means only that."""
    found = {_key(_bare(name)): one for one, name in reversed(list(names.items())) if name.strip()}
    last: dict[str, set[str]] = {}
    for one, name in names.items():
        if len(name.split()) > 1:
            last.setdefault(_key(name.split()[-1]), set()).add(one)
    return {word: next(iter(ones)) for word, ones in last.items() if len(ones) == 1} | found


def _said(nouns: Mapping[str, str], text: str) -> dict[str, str]:
    return {noun: meant for noun, meant in nouns.items() if noun in text}


def _noun_pattern(nouns: Mapping[str, str], *, needs_article: bool) -> str:
    """Returns what matches a noun with its article and up to two adjectives; empty where there are no nouns."""
    if not nouns:
        return ""
    longest = sorted(nouns, key=len, reverse=True)
    named = "|".join(re.escape(noun).replace(r"\ ", r"[\s_]+") for noun in longest)
    articles = rf"(?:{_ARTICLE}{_ADJECTIVES})" + ("" if needs_article else "?")
    return rf"{articles}(?P<noun>{named})\b(?!['’]s\b|-)"


def _bare(name: str) -> str:
    return re.sub(r"^(?:the|a|an)\s+", "", name.strip(), flags=re.IGNORECASE)


def _key(words: str) -> str:
    return " ".join(words.replace("_", " ").split()).casefold()
