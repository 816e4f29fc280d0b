"""All texts of a character that the weights may read, each with its place."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.characters.lint.finding import Place
from models.character import CharacterBase

PROSE = ("description", "personality", "voice", "knowledge", "boundaries", "situation")
_OTHERS = ("greeting", "example_dialogue", "system_prompt", "post_history_instructions")
_LISTS = ("statements", "alternate_greetings")


@dataclass(frozen=True, slots=True)
class Text:
    """A text and where it is."""

    path: str
    item: int | None
    text: str

    def place(self, start: int | None = None, end: int | None = None) -> Place:
        """Returns the place of a stretch of it, or of the whole."""
        return Place(self.path, self.item, (start, end) if start is not None and end is not None else None)


def all_texts(character: CharacterBase) -> list[Text]:
    """Returns every text that is not empty."""
    found = [Text(name, None, getattr(character, name)) for name in (*PROSE, *_OTHERS)]
    found += [Text(name, item, text) for name in _LISTS for item, text in enumerate(getattr(character, name))]
    found += _layer_texts(character)
    return [text for text in found if text.text.strip()]


def facts(character: CharacterBase) -> list[Text]:
    """Returns what is said of the character in prose and in statements."""
    wanted = {*PROSE, "statements", "layers.life.day", "layers.life.essays", "layers.memories"}
    return [text for text in all_texts(character) if text.path in wanted]


def _layer_texts(character: CharacterBase) -> Iterator[Text]:
    layers = character.persona
    social, career, horizon, life = layers.social, layers.career, layers.horizon, layers.life
    for name in ("gender", "pronouns", "nationality", "residence", "education", "family", "belief"):
        yield Text(f"layers.social.{name}", None, getattr(social, name))
    yield Text("layers.career.occupation", None, career.occupation)
    yield Text("layers.career.aspiration", None, career.aspiration)
    yield Text("layers.life.day", None, life.day)
    yield Text("layers.horizon.date", None, horizon.date)
    yield Text("layers.horizon.place", None, horizon.place)
    lists = {
        "layers.personal.values": layers.personal.values,
        "layers.personal.traits": [trait.name for trait in layers.personal.traits],
        "layers.career.skills": career.skills,
        "layers.life.likes": life.likes,
        "layers.life.dislikes": life.dislikes,
        "layers.life.interests": life.interests,
        "layers.life.essays": [essay.text for essay in life.essays],
        "layers.horizon.unknown": horizon.unknown,
        "layers.horizon.secrets": horizon.secrets,
        "layers.voice_rules": layers.voice_rules,
        "layers.samples": layers.samples,
        "layers.memories": [memory.text for memory in layers.memories],
    }
    for path, entries in lists.items():
        for item, entry in enumerate(entries):
            yield Text(path, item, entry)
