"""The layers of a persona: what an author writes about a character in structure, beside the prose.

Kept as one JSON document in `character.layers`. Everything is optional; what is empty is not kept.

Sources: SPeCtrum (social identity, personal identity, personal life context), SimsChat (career, aspiration, skills),
Concept Incongruence (a horizon of what can be known).
"""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from models.fields import MAX_NAME_CHARS, MAX_TEXT_CHARS

MAX_ITEMS = 10_000
Line = Annotated[str, StringConstraints(max_length=MAX_NAME_CHARS * 5)]
Prose = Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS)]
Lines = Annotated[list[Line], Field(max_length=MAX_ITEMS)]
Degree = Annotated[int, Field(ge=0, le=100)]
"""How much of a trait, in per cent: 50 is like most people."""


class Layer(BaseModel):
    """Part of a persona. What an older app does not know is refused rather than lost."""

    model_config = ConfigDict(extra="forbid")


class SocialIdentity(Layer):
    """Who somebody is to others."""

    age: int | None = Field(default=None, ge=0, le=1_000_000)
    """In years."""
    gender: Line = ""
    pronouns: Line = ""
    nationality: Line = ""
    residence: Line = ""
    education: Line = ""
    family: Line = ""
    belief: Line = ""
    """Religion or conviction."""


class BigFive(Layer):
    """The five factors, each a degree or not said."""

    openness: Degree | None = None
    conscientiousness: Degree | None = None
    extraversion: Degree | None = None
    agreeableness: Degree | None = None
    neuroticism: Degree | None = None


class Trait(Layer):
    """A free trait, such as `stubborn`, and how much of it."""

    name: Line
    degree: Degree = 100


class PersonalIdentity(Layer):
    """Who somebody is to themselves."""

    big_five: BigFive = BigFive()
    traits: Annotated[list[Trait], Field(max_length=MAX_ITEMS)] = []
    values: Lines = []
    moral_level: int | None = Field(default=None, ge=1, le=4)
    """1 paragon, 2 flawed but good, 3 egoist, 4 villain (Moral RolePlay)."""


class Essay(Layer):
    """A short text by the character about themselves, under a title."""

    title: Line = ""
    text: Prose = ""


class LifeContext(Layer):
    """How somebody lives."""

    day: Prose = ""
    """A usual day."""
    likes: Lines = []
    dislikes: Lines = []
    interests: Lines = []
    essays: Annotated[list[Essay], Field(max_length=MAX_ITEMS)] = []


class Career(Layer):
    """What somebody does, can do, and strives for."""

    occupation: Line = ""
    aspiration: Line = ""
    skills: Lines = []


class Horizon(Layer):
    """The limits of what somebody can know: nothing after a date, beyond a place, or on a list."""

    date: Line = ""
    """The present of the character in words, such as `March 1926`: nothing later is known."""
    place: Line = ""
    """Where their knowledge ends, such as `the island`."""
    unknown: Lines = []
    """What they cannot know, one thing a line."""
    secrets: Lines = []
    """What they know and hide."""


class MemoryNote(Layer):
    """Something that happened before the scene."""

    text: Prose
    when: Line = ""
    importance: int = Field(default=5, ge=1, le=10)


class Variant(Layer):
    """A side of a persona that some situations bring out (PersonaFuse)."""

    name: Line = ""
    situations: Lines = []
    """What brings it out, one situation a line, such as `somebody threatens a child`."""
    text: Prose = ""
    """What the character is like then."""


class Layers(Layer):
    """All layers of a persona."""

    social: SocialIdentity = SocialIdentity()
    personal: PersonalIdentity = PersonalIdentity()
    life: LifeContext = LifeContext()
    career: Career = Career()
    horizon: Horizon = Horizon()
    voice_rules: Lines = []
    """How the character speaks, one rule a line."""
    samples: Lines = []
    """Lines that sound like the character."""
    memories: Annotated[list[MemoryNote], Field(max_length=MAX_ITEMS)] = []
    variants: Annotated[list[Variant], Field(max_length=MAX_ITEMS)] = []
    expressions: dict[Line, Line] = {}
    """Emotion -> SHA-256 of a picture in the `asset` table."""

    @classmethod
    def read(cls, document: dict[str, Any]) -> Self:
        """Reads the document of a row. Raises pydantic.ValidationError when it is not one."""
        return cls.model_validate(document)

    def to_document(self) -> dict[str, Any]:
        """Returns what a row keeps: all that is not empty."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def get(self, path: str) -> Any:
        """Returns the value at a path such as `social.age`, as JSON has it. Raises KeyError for a wrong path."""
        value: Any = self.model_dump(mode="json")
        for name in path.split("."):
            value = value[name]
        return value


def with_value(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Returns a copy of a document of layers with another value at a path such as `social.age`."""
    name, _, rest = path.partition(".")
    inside = with_value(document.get(name) or {}, rest, value) if rest else value
    return document | {name: inside}
