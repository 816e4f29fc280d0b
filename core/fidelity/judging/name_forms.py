"""The forms by which somebody is called, and how a form is found in a text however it is written.

Compared are words without case, of one composition (NFC) and one apostrophe: O'Brien is O’Brien, ALICE is Alice, and
_Ann_ is Ann. A text is walked once, word by word; its length counts, and hardly how many names there are.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import regex

_TITLES = """
mr mrs ms miss mx dr doctor prof professor sir dame lady lord captain colonel major sergeant general admiral king queen
prince princess duke duchess count countess baron father mother brother sister saint st reverend pastor judge inspector
nurse officer agent master mistress madam madame uncle aunt old young big little first second third the a an of and or
to in at with from von van der den de del di da du la le el al bin ibn ben jr sr
"""
_TITLE_WORDS = frozenset(_TITLES.split())
"""Parts of names that are titles or little words: others are called so as well."""
_ARTICLES = frozenset(["the", "a", "an"])
_LITTLE = frozenset(["of", "in", "with", "the", "a", "an", "and", "or", "to", "at", "on", "from", "as", "who", "that"])
"""A name with one of these describes somebody: its other words are plain words too."""
_WORDS = """
will may mark grace hope joy faith rose art bill pat sue jack frank dawn june april august summer autumn winter eve star
angel chance guy drew grant rob bob gene miles ray rich rusty skip stormy sunny tab trip wade ward page olive pearl ruby
iris ivy lily daisy violet hazel ginger sandy amber crystal cliff dale glen lance nick norm pierce reed rock rod stone
hunter baker cook smith keeper guard white black brown green grey gray red blue long short day night guest host fox wolf
bear lion cat dog bird horse hare raven crow man woman boy girl child wise good bad wild poor great ghost spirit demon
god goddess dragon robot computer voice chorus shadow storm rain snow river sea sky sun moon light fire earth wind hill
wood forest field house home north south east west spring noble young strong gold silver iron steel bishop pope abbot
monk priest knight squire thief witch wizard soldier sailor pilot farmer shepherd miller mason carter clerk driver
merchant waiter servant maid butler steward porter stranger detective guide singer dancer player teacher student friend
love peace mercy patience prudence destiny hunt post bush bell ball church cross ford lane park pool street brook banks
may can might must shall would could should do does did be been have has had is are was were
"""
_ALSO_WORDS = frozenset(_WORDS.split())
"""Names that are plain words too: small letters are the word."""
_PRONOUNS = """
i me my mine myself you your yours yourself he him his she her hers it its we us our ours they them their theirs one
ones this that these those who whom what someone somebody anyone anybody everyone everybody nobody none all both other
others another the a an narrator user assistant system director audience self char
"""
_NEVER = frozenset(_PRONOUNS.split())
"""Names that are never hidden in a text: it would lose its sense, and nobody is told by them."""
_ASKING = "will may can might must shall would could should do does did have has had is are"
_AUXILIARIES = frozenset(_ASKING.split())
_ASKED = """
i you he she it we they there this that these those the a an my your his her our their its one anyone anybody someone
somebody everyone everybody nobody all both not never be
"""
_BEHIND_AUXILIARY = frozenset(_ASKED.split())
_MARKED_WORD = r"[\p{L}\p{N}][\p{L}\p{N}\p{M}]*"
_WORD = regex.compile(_MARKED_WORD)
_PART = regex.compile(rf"{_MARKED_WORD}(?:['’‘ʼ`´\-‐‑]{_MARKED_WORD})*")
_APOSTROPHES = "'’‘ʼ`´ʹ′＇"
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")
_BLANKS = re.compile(r"[\s_*~\-‐‑‒–]+")
_ENDINGS = frozenset(["s", "t", "re", "ve", "ll", "d", "m"])
"""What stands behind an apostrophe in contractions."""
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
"""Scripts that write words without blanks between them."""
_SENTENCE_START = re.compile(r"(?:^|[.!?…:;\n\"“”*_(\[])\s*$")


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which somebody is called."""

    text: str
    words: tuple[str, ...]
    """As they are compared."""
    gaps: tuple[str, ...]
    """Between the words."""
    needs_capital: bool
    """Whether small letters are a plain word."""

    @property
    def key(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Forms with the same are told apart by nobody."""
        return self.words, self.gaps


@dataclass(frozen=True, slots=True)
class FormsFinder:
    """Finds forms in texts."""

    by_word: Mapping[str, tuple[tuple[Form, bool], ...]]
    """First word -> forms that begin with it, longest first, and whether each is a plural."""
    without_spaces: re.Pattern[str] | None
    """Forms of scripts that have no blanks between words."""

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yields start, end and form of all that are found, in order."""
        found = [(match.start(), match.end(), match.group()) for match in self._written_together(text)]
        taken = set[int]().union(*(range(start, end) for start, end, _ in found))
        words = [match for match in _WORD.finditer(text) if match.start() not in taken]
        place = 0
        while place < len(words):
            form = self._form_at(text, words, place)
            if form is None:
                place += 1
                continue
            last = place + len(form.words) - 1
            found.append((words[place].start(), words[last].end(), form.text))
            place = last + 1
        yield from sorted(found)

    def _written_together(self, text: str) -> Iterator[re.Match[str]]:
        return self.without_spaces.finditer(text) if self.without_spaces is not None else iter(())

    def _form_at(self, text: str, words: Sequence[Any], place: int) -> Form | None:
        for form, is_plural in self.by_word.get(_key(words[place].group()), ()):
            if _stands_at(form, is_plural, text, words, place):
                return form
        return None


def finder_of(forms: Sequence[Form]) -> FormsFinder:
    """Returns what finds these forms and, of those that are no plain words, their plurals."""
    by_word: dict[str, list[tuple[Form, bool]]] = {}
    together = sorted((form.text for form in forms if _NO_SPACES.search(form.text)), key=len, reverse=True)
    for form in (one for one in forms if not _NO_SPACES.search(one.text)):
        by_word.setdefault(form.words[0], []).append((form, False))
        if len(form.text) > 3 and form.words[-1] not in _ALSO_WORDS:
            for ending in ("s", "es"):
                plural = (*form.words[:-1], form.words[-1] + ending)
                by_word.setdefault(plural[0], []).append((Form(form.text, plural, form.gaps, form.needs_capital), True))
    ordered = {
        word: tuple(sorted(some, key=lambda one: (-len(one[0].words), one[1]))) for word, some in by_word.items()
    }
    return FormsFinder(ordered, re.compile("|".join(map(re.escape, together))) if together else None)


def wholes_of(name: str) -> list[Form]:
    """Returns a name, and what is left of it behind its articles and titles; nothing that is no name at all."""
    words = name.split()
    rests = [words]
    while words and _key(words[0].strip(".,")) in _TITLE_WORDS:
        is_article = _key(words[0]) in _ARTICLES
        words = words[1:]
        # “The Doctor” is called Doctor; of “Captain Mara”, Mara is a part
        rests += [words] if len(words) > 1 or (is_article and len(rests) == 1) else []
    forms = [form for rest in rests if (form := _form(" ".join(rest), is_whole=True))]
    return list({form.key: form for form in forms}.values())


def parts_of(name: str) -> list[Form]:
    """Returns the parts of a name by which somebody is called, each once; of Jean-Luc, Jean too."""
    keys = [_key(word) for word in _WORD.findall(name)]
    describes = any(key in _LITTLE for key in keys)
    is_small = name == name.lower()
    if is_small and (describes or (keys and keys[0] in _TITLE_WORDS)):
        return []
    parts: list[str] = []
    for part in _PART.findall(name):
        pieces = re.split("[-‐‑]", part)
        parts += [part, *(piece for piece in pieces if piece[:1].isupper() and len(pieces) > 1)]
    kept = (part for part in parts if _key(part) not in _TITLE_WORDS and (is_small or not part[0].islower()))
    forms = [form for part in kept if (form := _form(part, needs_capital=describes))]
    return list({form.key: form for form in forms}.values())


def written(form: str) -> str:
    """Returns a pattern of a form as it may be written."""
    steps = []
    for mark in form:
        if mark in _APOSTROPHES:
            steps.append(f"[{_APOSTROPHES}]")
        else:
            steps.append(r"[\s_*~\-‐‑‒–]+" if _BLANKS.fullmatch(mark) else re.escape(mark))
    return rf"(?i:(?<![^\W_]){''.join(steps)}(?![^\W_]))"


def _form(text: str, *, is_whole: bool = False, needs_capital: bool = False) -> Form | None:
    """Returns a form; None for what is not to be looked for in texts: pronouns, single letters, mere marks."""
    matches = list(_WORD.finditer(text))
    words = tuple(_key(match.group()) for match in matches)
    if not words or sum(map(len, words)) < 2 or all(word in _NEVER for word in words):
        return None
    gaps = tuple(_gap(text[one.end() : other.start()]) for one, other in pairwise(matches))
    if len(words) > 1:
        return Form(text, words, gaps, needs_capital)
    is_written_small = is_whole and text == text.lower() and words[0] not in _AUXILIARIES
    is_word = words[0] in _ALSO_WORDS or words[0] in _TITLE_WORDS
    return Form(text, words, gaps, (needs_capital or is_word) and not is_written_small)


def _stands_at(form: Form, is_plural: bool, text: str, words: Sequence[Any], place: int) -> bool:
    last = place + len(form.words) - 1
    if last >= len(words):
        return False
    for step, (word, gap) in enumerate(zip(form.words[1:], form.gaps, strict=True), place):
        if _key(words[step + 1].group()) != word:
            return False
        if _gap(text[words[step].end() : words[step + 1].start()]) != gap:
            return False
    first = words[place]
    if form.needs_capital and first.group()[0].islower():
        return False
    return len(form.words) > 1 or is_plural or not _is_plain_word(text, words, place)


def _is_plain_word(text: str, words: Sequence[Any], place: int) -> bool:
    """Whether a word is part of a contraction, or an auxiliary: “Will you?” is no call for Will."""
    this = words[place]
    key, after = _key(this.group()), text[this.end() : this.end() + 1]
    following = words[place + 1] if place + 1 < len(words) else None
    next_key = _key(following.group()) if following is not None else ""
    is_joined = following is not None and following.start() == this.end() + 1
    if next_key == "t" and is_joined and after in _APOSTROPHES:
        return True
    before = text[max(0, this.start() - 2) : this.start()]
    if key in _ENDINGS and len(before) == 2 and before[1] in _APOSTROPHES and before[0].isalpha():
        return True
    if key not in _AUXILIARIES or following is None or next_key not in _BEHIND_AUXILIARY:
        return False
    if text[this.end() : following.start()].strip():
        return False
    loud = len(this.group()) > 1 and this.group().isupper()
    return loud or bool(_SENTENCE_START.search(text[max(0, this.start() - 20) : this.start()]))


@lru_cache(maxsize=20_000)
def _key(word: str) -> str:
    """Returns a word as it is compared."""
    return _APOSTROPHE.sub("'", word).casefold()


@lru_cache(maxsize=1_000)
def _gap(between: str) -> str:
    """Returns what stands between two words as it is compared."""
    return _BLANKS.sub(" ", _APOSTROPHE.sub("'", between))
