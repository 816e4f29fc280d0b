"""Lines that begin as somebody's, such as `Theo:` or `**Theo Dane** (softly):`, in whatever dress they come.

Names are compared without case, accents, invisible characters and look-alike letters of other alphabets.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

ALWAYS_OTHERS = ("Narrator", "Director", "User", "Human")
"""What weights call those who are not in the cast."""
MAX_LABEL_CHARS = 400
"""Of a line, what can be a label."""
_LATIN = dict(
    zip(
        "авекмнорстухіѕјԁԛԝһɡαβεζηικμνορτυχϲ",
        "abekmhopctyxisjdqwhgabezhikmvoptuxc",
        strict=True,
    )
)
_ALIKE = str.maketrans(_LATIN | {"0": "o", "1": "l", "i": "l", "|": "l", "ı": "l"})
_COLONS = ":：﹕꞉∶ː˸︓׃։⁚"
_TO_COLON = str.maketrans(dict.fromkeys(_COLONS, ":"))
_DRESS = re.compile(r"^(?:\d{1,3}[.)])?[\W_]*")
"""What may stand before a name: blanks, quotes, Markdown, the number of a list."""
_TAIL = r"[\s*_~`\"'“”‘’«»\])}>]*(?:[(\[{*_<~-][^:]{0,80}?[)\]}*_>~-][\s*_~`\"'“”‘’]*)?:"
_SMALL = "the and von van der den las los del dos mrs miss sir old young captain doctor lady lord"
_SMALL_WORDS = frozenset(_SMALL.split())
"""Words of names that call nobody by themselves."""
_SENTENCE_END = re.compile(r"[.!?…。！？]+[\s*_~`\"'“”‘’»)\]]*(?=[^\s])")
_BOLD_LABEL = re.compile(r"(?:\*\*|__)[^*_:\n]{1,200}(?::(?:\*\*|__)|(?:\*\*|__):)")


@dataclass(frozen=True, slots=True)
class Labels:
    """The names that a line may begin with."""

    mine: frozenset[str]
    others: frozenset[str]

    @classmethod
    def of(cls, me: str, others: Iterable[str]) -> "Labels":
        """Takes whole names. The words of a name count too, as far as no other of the names has them."""
        others = [name for name in others if name.strip()]
        whole = {_name(name) for name in others} - {_name(me), ""}
        mine = ({_name(me)} | _words_of(me)) - whole - {""}
        parts = {word for name in others for word in _words_of(name)} | {*map(_name, ALWAYS_OTHERS)}
        return cls(frozenset(mine), frozenset((whole | parts) - mine))

    def owner(self, line: str) -> bool | None:
        """Returns whose line this begins as: True for my own, False for another's; None: nobody's."""
        starts = (_skeleton(_undressed(line)), _skeleton(line))
        if any(_begins(start, self.others, line) for start in starts):
            return False
        return True if any(_begins(start, self.mine, line) for start in starts) else None


def keep_own(text: str, labels: Labels) -> tuple[str, bool]:
    """Returns a text up to the first line of another, without my own name before lines, and whether it was cut."""
    kept: list[str] = []
    for line in text.splitlines(keepends=True):
        said = line
        while labels.owner(said):
            said = _without_label(said)
        if labels.owner(said) is False:
            return "".join(kept), True
        cuts = [
            cut for cut in (_bold_label_within(said, labels), _label_after_sentence(said, labels)) if cut is not None
        ]
        if cuts:
            cut = min(cuts)
            before = said[:cut]
            return "".join(kept if labels.owner(before) is False else [*kept, before]), True
        kept.append(said)
    return "".join(kept), False


def _begins(start: str, names: frozenset[str], line: str) -> bool:
    name = next((name for name in sorted(names, key=len, reverse=True) if _is_at_start(start, name)), None)
    if name is None:
        return False
    rest = start[len(name) :]
    if re.match(_TAIL, rest):
        return True
    before = line.lstrip()[:2]
    if before[:1] in ("<", "[") and rest[:1] in (">", "]"):
        return True
    return (before[:1] == "#" or before in ("**", "__")) and not re.search(r"[\w.,;!?…]", rest)


def _is_at_start(start: str, name: str) -> bool:
    return start.startswith(name) and not start[len(name) : len(name) + 1].isalnum()


def _bold_label_within(line: str, labels: Labels) -> int | None:
    """Returns where a name in bold with a colon stands in the middle of a line, if it is another's."""
    for match in _BOLD_LABEL.finditer(line):
        if labels.owner(match[0]) is False:
            return match.start()
    return None


def _label_after_sentence(line: str, labels: Labels) -> int | None:
    """Returns where another's label stands behind the end of a sentence, in the middle of a line."""
    for match in _SENTENCE_END.finditer(line):
        if labels.owner(line[match.end() :]) is False:
            return match.end()
    return None


def _without_label(line: str) -> str:
    """Returns a line that begins with a label without it: what is behind its colon, or behind its bracket."""
    end = next((at for at, letter in enumerate(line) if letter in _COLONS), None)
    closing = next((at for at, letter in enumerate(line) if letter in ">]"), None)
    if end is None or (closing is not None and closing < end and line.lstrip()[:1] in ("<", "[")):
        end = closing
    if end is None:  # a heading
        return line[len(line.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")) :]
    return re.sub(r"^[^\S\r\n]*(?:\*\*|__)?[^\S\r\n]*", "", line[end + 1 :])


def _undressed(line: str) -> str:
    line = line[:MAX_LABEL_CHARS].strip()
    return line[len(match[0]) :] if (match := _DRESS.match(line)) else line


def _skeleton(text: str) -> str:
    """Returns a text by which look-alikes are the same."""
    parts = unicodedata.normalize("NFKD", text[:MAX_LABEL_CHARS].translate(_TO_COLON).casefold())
    seen = "".join(letter for letter in parts if unicodedata.category(letter) not in ("Mn", "Me", "Cf", "Cc", "Co"))
    return re.sub(r"\s+", " ", seen.translate(_TO_COLON).translate(_ALIKE)).strip()


def _name(name: str) -> str:
    """Returns what is looked for of a name: without what stands before it, unless there is nothing else."""
    return _skeleton(_undressed(name)) or _skeleton(name)


def _words_of(name: str) -> set[str]:
    words = [word for word in re.findall(r"[\w'’-]+", name) if len(word) > 2 and word.casefold() not in _SMALL_WORDS]
    return {_skeleton(word) for word in words} if len(re.findall(r"\w+", name)) > 1 else set()
