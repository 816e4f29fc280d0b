"""Masks: a judge sees "Person A" and "Person B", so that it goes by what is said and not by whom it knows.

Names are found wherever they stand: in lines, thoughts, the scene and personas, as a whole and by their parts.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.fidelity.conversation import About, Line

_PREFIXES = ("Person", "Speaker", "Voice", "Somebody")
_PART = re.compile(r"[^\W\d_](?:[^\W_]|['’\-](?=[^\W\d_]))*")
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
"""Scripts that write words without blanks between them."""
_TITLES = """
mr mrs ms miss mx dr doctor prof professor sir dame lady lord captain colonel major sergeant general admiral king queen
prince princess duke duchess count countess baron father mother brother sister saint st reverend pastor judge inspector
nurse officer agent master mistress madam madame uncle aunt old young big little first second third the a an of and or
to in at von van der den de del di da du la le el al bin ibn ben jr sr
"""
_NO_NAMES = frozenset(_TITLES.split())
"""Parts of names that are titles or little words: others are called so as well."""
_WORDS = """
will may mark grace hope joy faith rose art bill pat sue jack frank dawn june april august summer autumn winter eve star
angel chance guy drew grant rob bob gene miles ray rich rusty skip stormy sunny tab trip wade ward page olive pearl ruby
iris ivy lily daisy violet hazel ginger sandy amber crystal cliff dale glen lance nick norm pierce reed rock rod stone
hunter baker cook smith keeper guard white black brown green long short day night guest host user assistant narrator
"""
_ALSO_WORDS = frozenset(_WORDS.split())
"""Names that begin sentences as plain words too."""
_SENTENCE_START = re.compile(r"(?:^|[.!?…:;\n\"“”*(\[])\s*$")


@dataclass(frozen=True, slots=True)
class Masks:
    """Which name stands behind which mask."""

    by_speaker: Mapping[str, str] = field(default_factory=dict)
    """Speaker -> mask."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Mask -> whole name, or the part of a name that several have."""
    found: tuple[tuple[str, str], ...] = ()
    """What is hidden, longest first, and its mask."""
    pattern: re.Pattern[str] | None = None
    """Finds all of these; the group says which."""

    def hide(self, text: str) -> str:
        """Returns the text with masks for all names."""
        return text if self.pattern is None else self.pattern.sub(self._mask_of, text)

    def reveal(self, text: str) -> str:
        """Returns the text with the whole names for masks: of a quotation, a name may be longer than it was said."""
        if not self.names:
            return text
        longest_first = sorted(self.names, key=len, reverse=True)
        masks = "|".join(map(re.escape, longest_first))
        return re.sub(rf"\b(?:{masks})\b", lambda match: self.names[match.group()], text)

    def reveal_all(self, value: Any) -> Any:
        """Returns plain JSON with `reveal` done to each text in it, keys included."""
        if isinstance(value, str):
            return self.reveal(value)
        if isinstance(value, Mapping):
            return {self.reveal(str(key)): self.reveal_all(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.reveal_all(one) for one in value]
        return value

    def as_said(self, quotation: str, texts: Sequence[str]) -> str:
        """Returns a revealed quotation as it stands in one of some texts, which may call people by part of their name.

        Where it stands in none, it is returned as it is.
        """
        if not self.names or any(quotation in text for text in texts):
            return quotation
        forms = {whole: [form for form, of in self.found if of == mask] for mask, whole in self.names.items() if whole}
        wholes = sorted(forms, key=len, reverse=True)
        pieces = re.split("(" + "|".join(map(re.escape, wholes)) + ")", quotation) if wholes else [quotation]
        pattern = "".join(
            f"(?:{'|'.join(map(_pattern, forms[piece]))})" if forms.get(piece) else re.escape(piece) for piece in pieces
        )
        found = (re.search(pattern, text) for text in texts)
        return next((match.group() for match in found if match), quotation)

    def _mask_of(self, match: re.Match[str]) -> str:
        """Returns the mask; or what was found, where it is a plain word as well and begins a sentence."""
        name, mask = self.found[(match.lastindex or 1) - 1]
        if name.casefold() in _ALSO_WORDS and not match.group().isupper():
            goes_on = re.match(r"\s+[^\W\d_]", match.string[match.end() :])
            if goes_on and _SENTENCE_START.search(match.string[: match.start()]):
                return match.group()
        return mask


@dataclass(frozen=True, slots=True)
class Masked:
    """A conversation without names. Speakers keep their ids: show `about.name(speaker)`, never the id."""

    about: About
    lines: tuple[Line, ...]
    """Without records, which may hold anything."""
    masks: Masks


def mask_names(about: About, lines: Sequence[Line]) -> Masked:
    """Returns a copy in which everybody who speaks or is known is "Person A", "Person B" …, by who speaks first."""
    speakers = list(dict.fromkeys([*(line.speaker for line in lines), *about.names, *about.personas]))
    facts = [fact for persona in about.personas.values() for fact in persona]
    masks = masks_for(
        {speaker: about.name(speaker) for speaker in speakers}, [about.scene, *(line.text for line in lines), *facts]
    )
    masked = replace(
        about,
        personas={speaker: tuple(map(masks.hide, persona)) for speaker, persona in about.personas.items()},
        scene=masks.hide(about.scene),
        names=dict(masks.by_speaker),
    )
    copies = tuple(Line(line.speaker, masks.hide(line.text), masks.hide(line.thought)) for line in lines)
    return Masked(masked, copies, masks)


def masks_for(
    names: Mapping[str, str], texts: Sequence[str] = (), aliases: Mapping[str, Sequence[str]] | None = None
) -> Masks:
    """Returns masks for some speakers.

    Args:
        names: Speaker -> name, in the order of the letters.
        texts: In which no mask may stand already.
        aliases: Speaker -> what else they are called, such as nicknames.
    """
    prefix = next((one for one in _PREFIXES if not any(f"{one} A" in text for text in texts)), "Masked")
    by_speaker = {speaker: f"{prefix} {_letters(place)}" for place, speaker in enumerate(names)}
    n_owners = Counter(part for name in names.values() for part in _parts(name))
    shared = [part for part, n in n_owners.items() if n > 1]
    found = {part: f"Family {_letters(place)}" for place, part in enumerate(shared)}
    names_of = {mask: part for part, mask in found.items()}
    for speaker, name in names.items():
        found |= {part: by_speaker[speaker] for part in _parts(name) if part not in shared}
    n_called = Counter(whole for name in names.values() for whole in _wholes(name))
    for speaker, name in names.items():
        found |= {whole: by_speaker[speaker] for whole in _wholes(name) if n_called[whole] == 1}
    for speaker, others in (aliases or {}).items():
        found |= {other.strip(): by_speaker[speaker] for other in others if other.strip() and other not in found}
    longest_first = tuple(sorted(found.items(), key=lambda item: -len(item[0])))
    names_of |= {by_speaker[speaker]: name for speaker, name in names.items()}
    pattern = re.compile("|".join(f"({_pattern(name)})" for name, _ in longest_first)) if found else None
    return Masks(by_speaker, names_of, longest_first, pattern)


def _parts(name: str) -> list[str]:
    """Returns the parts of a name by which somebody is called, each once."""
    words = [word for word in _PART.findall(name) if len(word) > 1 and word.casefold() not in _NO_NAMES]
    return list(dict.fromkeys(word for word in words if not word[0].islower()))


def _wholes(name: str) -> set[str]:
    """Returns a name, and what is left of it behind its titles, where that is more than one word."""
    words = name.split()
    while words and words[0].rstrip(".").casefold() in _NO_NAMES:
        words = words[1:]
    return {whole for whole in (name.strip(), " ".join(words) if len(words) > 1 else "") if whole}


def _pattern(name: str) -> str:
    """Returns what finds a name as it is written, and in capitals; its plural too, where it is no plain word.

    Don is not in "don't".
    """
    if _NO_SPACES.search(name):
        return re.escape(name)
    written, loud = (r"\s+".join(map(re.escape, form.split())) for form in (name, name.upper()))
    has_plural = len(name) > 3 and name.casefold() not in _ALSO_WORDS
    return rf"(?<!\w)(?:{written}|{loud}){'(?:e?s)?' if has_plural else ''}(?!\w|['’]t\b)"


def _letters(place: int) -> str:
    """Returns A … Z, AA, AB …"""
    letters, rest = "", place + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
