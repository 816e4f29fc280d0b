"""Masks: a judge sees "Person A" and "Person B", so that it goes by what is said and not by whom it knows.

Names are found wherever they stand: in lines, thoughts, the scene and personas, as a whole and by their parts.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from core.fidelity.conversation import About, Line
from core.fidelity.judging.name_forms import Form, FormsFinder, finder_of, parts_of, wholes_of, written

_PREFIXES = ("Person", "Speaker", "Voice", "Somebody")
_LETTERS = r"[A-Z]{1,3}"


@dataclass(frozen=True, slots=True)
class Masks:
    """Which name stands behind which mask."""

    by_speaker: Mapping[str, str] = field(default_factory=dict)
    """Speaker -> mask."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Mask -> whole name, or the part of a name that several have."""
    found: Mapping[str, str] = field(default_factory=dict)
    """What is hidden -> its mask. Names such as “You” and single letters are not: texts would lose their sense."""
    finder: FormsFinder | None = None
    """Finds all of these."""

    def hide(self, text: str) -> str:
        """Returns the text with masks for all names, in composed letters (NFC)."""
        if self.finder is None:
            return text
        text = unicodedata.normalize("NFC", text)
        pieces, at = [], 0
        for start, end, form in self.finder.find(text):
            pieces += [text[at:start], self.found[form]]
            at = end
        return "".join([*pieces, text[at:]])

    def reveal(self, text: str) -> str:
        """Returns the text with the whole names for masks: of a quotation, a name may be longer than it was said.

        “person A” and “Persons A and B” are read as well: judges write so.
        """
        for prefix in {mask.rpartition(" ")[0] for mask in self.names}:
            several = (
                rf"(?<![^\W_])(?i:{prefix})s? ({_LETTERS}(?:(?:, (?:and )?| and | or |/| & ){_LETTERS}(?![^\W_]))+)"
                r"(?!['’])"
            )
            text = re.sub(several, partial(self._name_all, prefix), text)
            text = re.sub(rf"(?<![^\W_])(?i:({prefix})) ({_LETTERS})(?![^\W_])", partial(self._name, prefix), text)
        return text

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
        forms = {
            whole: sorted((form for form, of in self.found.items() if of == mask), key=len, reverse=True)
            for mask, whole in self.names.items()
            if whole and whole in quotation
        }
        wholes = sorted(forms, key=len, reverse=True)
        pieces = re.split("(" + "|".join(map(re.escape, wholes)) + ")", quotation) if wholes else [quotation]
        pattern = re.compile(
            "".join(
                f"(?:{'|'.join(map(written, forms[piece]))})(?:e?s)?" if forms.get(piece) else re.escape(piece)
                for piece in pieces
            )
        )
        found = (pattern.search(unicodedata.normalize("NFC", text)) for text in texts)
        return next((match.group() for match in found if match), quotation)

    def _name(self, prefix: str, match: re.Match[str]) -> str:
        """Returns the name; “a person I know” is nobody's."""
        is_plain = match[2] == "I" and match[1] == match[1].lower()
        return match.group() if is_plain else self.names.get(f"{prefix} {match[2]}", match.group())

    def _name_all(self, prefix: str, match: re.Match[str]) -> str:
        """Returns the names of a list, where all are known; “Person A and I” is one, and who speaks."""
        letters = re.findall(_LETTERS, match[1])
        is_one = match.group()[len(prefix)] != "s"
        if any(f"{prefix} {one}" not in self.names for one in letters) or (is_one and {"A", "I"} & set(letters[1:])):
            return match.group()
        if is_one and "," in match[1]:
            return match.group()
        return re.sub(_LETTERS, lambda one: self.names[f"{prefix} {one.group()}"], match[1])


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
    said = [text for line in lines for text in (line.text, line.thought)]
    masks = masks_for(
        {speaker: about.name(speaker) for speaker in speakers}, [about.scene, *said, *facts], about.aliases
    )
    masked = replace(
        about,
        personas={speaker: tuple(map(masks.hide, persona)) for speaker, persona in about.personas.items()},
        scene=masks.hide(about.scene),
        names=dict(masks.by_speaker),
        aliases={},
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
        aliases: Speaker -> what else they are called, such as nicknames; of speakers without a name, nothing.
    """
    names = {speaker: unicodedata.normalize("NFC", name) for speaker, name in names.items()}
    prefix = next((one for one in _PREFIXES if not any(f"{one} A" in text for text in texts)), "Masked")
    by_speaker = {speaker: f"{prefix} {_letters(place)}" for place, speaker in enumerate(names)}
    parts = {speaker: parts_of(name) for speaker, name in names.items()}
    wholes = {speaker: wholes_of(name) for speaker, name in names.items()}
    n_owners = Counter(form.key for forms in parts.values() for form in forms)
    n_called = Counter(form.key for forms in wholes.values() for form in forms)
    forms: dict[Any, tuple[Form, str]] = {}
    names_of: dict[str, str] = {}
    for form in (form for of_one in parts.values() for form in of_one):
        if n_owners[form.key] > 1 and form.key not in forms:
            family = f"Family {_letters(len(names_of))}"
            forms[form.key] = (form, family)
            names_of[family] = form.text
    for speaker, mask in by_speaker.items():
        forms |= {form.key: (form, mask) for form in parts[speaker] if n_owners[form.key] == 1}
    for speaker, mask in by_speaker.items():
        forms |= {form.key: (form, mask) for form in wholes[speaker] if n_called[form.key] == 1}
    called = {
        speaker: [form for other in others for form in wholes_of(unicodedata.normalize("NFC", other))]
        for speaker, others in (aliases or {}).items()
        if speaker in by_speaker
    }
    n_also = Counter(key for some in called.values() for key in {form.key for form in some})
    for speaker, some in called.items():
        for form in some:
            if n_also[form.key] == 1:
                forms.setdefault(form.key, (form, by_speaker[speaker]))
    several = [*wholes.values(), *called.values()]
    shared = {form.key: form for of_one in several for form in of_one if form.key not in forms}
    for form in shared.values():  # such as two who are called Old Man alike
        family = f"Family {_letters(len(names_of))}"
        forms[form.key] = (form, family)
        names_of[family] = form.text
    names_of |= {by_speaker[speaker]: name for speaker, name in names.items()}
    finder = finder_of([form for form, _ in forms.values()]) if forms else None
    return Masks(by_speaker, names_of, {form.text: mask for form, mask in forms.values()}, finder)


def _letters(place: int) -> str:
    """Returns A … Z, AA, AB …"""
    letters, rest = "", place + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
