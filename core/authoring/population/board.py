"""The whiteboard that the writers of one person share, and the character that it becomes."""

from dataclasses import dataclass, field
from enum import StrEnum

from core.authoring.population.plan import PopulationPlan
from core.authoring.population.pools import TraitWord
from models.character import CharacterBase
from models.persona import BigFive, Career, Horizon, Layers, LifeContext, PersonalIdentity, SocialIdentity, Trait

FACTORS = tuple(BigFive.model_fields)
PRONOUNS = {"woman": ("she", "her"), "man": ("he", "his")}


class Writer(StrEnum):
    """Who wrote what on the board."""

    BASICS = "basics"
    TEMPER = "temper"
    VALUES = "values"
    LIFE = "life"
    VOICE = "voice"


@dataclass(slots=True)
class Board:
    """What is known of a person so far."""

    name: str = ""
    age: int = 0
    gender: str = ""
    occupation: str = ""
    residence: str = ""
    traits: list[TraitWord] = field(default_factory=list)
    free_traits: list[str] = field(default_factory=list)
    """Traits of quotas that are in no list."""
    big_five: dict[str, int] = field(default_factory=dict)
    """Factor -> degree, 0 to 100."""
    emotion: str = ""
    values: list[str] = field(default_factory=list)
    aspiration: str = ""
    fear: str = ""
    secret: str = ""
    likes: list[str] = field(default_factory=list)
    dislikes: list[str] = field(default_factory=list)
    day: str = ""
    tie: str = ""
    voice: str = ""

    @property
    def trait_names(self) -> list[str]:
        """All traits, those of quotas first."""
        return [*self.free_traits, *(trait.name for trait in self.traits)]

    def statements(self) -> list[str]:
        """The person as single facts, in the first person."""
        statements = [
            f"I am {self.age} years old.",
            f"I am {with_article(self.occupation)}.",
            f"I live in {self.residence}." if self.residence[0].isupper() else f"I live at {self.residence}.",
            f"I am {_join(self.trait_names)}." if self.trait_names else "",
            f"I like {_join(self.likes)}.",
            f"I do not like {_join(self.dislikes, 'or')}.",
            f"I am afraid of {self.fear}.",
            f"I want to {self.aspiration}.",
            f"What matters to me is {_join(self.values)}.",
        ]
        return [statement for statement in statements if statement]

    def to_character(self, plan: PopulationPlan) -> CharacterBase:
        """Returns the person as a character, tagged with what the population is called."""
        subject, possessive = PRONOUNS.get(self.gender, ("they", "their"))
        verb = "are" if subject == "they" else "is"
        traits = f": {_join(self.trait_names)}" if self.trait_names else ""
        summary = f"{self.gender.capitalize()}, {self.age}, {self.occupation}{traits}."
        description = (
            f"{self.name} is {with_article(self.occupation)} of {self.age} years. {subject.capitalize()} "
            f"{_have_tie(subject, self.tie)}. {possessive.capitalize()} days: {self.day}. These days {subject} "
            f"{verb} {self.emotion}."
        )
        return CharacterBase(
            name=self.name,
            summary=summary,
            description=f"{description} {plan.sentence}",
            statements=self.statements(),
            voice=self.voice,
            layers=self._layers().to_document(),
            tags=[plan.noun],
        )

    def _layers(self) -> Layers:
        return Layers(
            social=SocialIdentity(age=self.age, gender=self.gender, residence=self.residence, family=self.tie),
            personal=PersonalIdentity(
                big_five=BigFive(**self.big_five),
                traits=[Trait(name=name, degree=75) for name in self.trait_names],
                values=self.values,
            ),
            life=LifeContext(day=self.day, likes=self.likes, dislikes=self.dislikes),
            career=Career(occupation=self.occupation, aspiration=self.aspiration),
            horizon=Horizon(secrets=[f"{self.name} {self.secret}."]),
        )


def with_article(noun: str) -> str:
    """Puts `a` or `an` before a noun."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def _join(words: list[str], conjunction: str = "and") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def _have_tie(subject: str, tie: str) -> str:
    """Fits the verb that a tie begins with to `they`."""
    if subject != "they":
        return tie
    verb, _, rest = tie.partition(" ")
    plural = {"lives": "live", "shares": "share", "is": "are", "looks": "look", "has": "have"}
    return f"{plural.get(verb, verb)} {rest}"
