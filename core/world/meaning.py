"""What a condition or an effect means in one story: names found, values as numbers of slots; and what is wrong with it.

A condition with a part that cannot be understood never holds, and an effect that cannot be understood changes nothing.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from core.world.conditions import (
    Always,
    And,
    Compare,
    Condition,
    Flag,
    Knows,
    Located,
    Not,
    Or,
    Present,
    Turns,
    Visited,
    parse_condition,
)
from core.world.effects import Add, Appear, Effect, Learn, Move, Put, parse_effects
from core.world.graph import Story, StoryRole
from core.world.lexer import NO_SPAN, Misread, Span
from core.world.scope import ANYONE, EVERYONE, NOBODY, NOWHERE, NameKind, Scope, describe_values, join_words
from core.world.slots import (
    AWAY,
    EVERYWHERE,
    FIRST_PLACE,
    KNOWN,
    NOBODY_HOLDS,
    NOWHERE_LIES,
    SUSPECTED,
    UNKNOWN,
    SlotKind,
    Slots,
)
from models.world import Fact, Variable, VariableKind

MAX_TESTS = 10_000
"""What one text may ask for or change, each role counted that `anyone` and `everyone` stand for."""
MAX_SUGGESTIONS = 5
"""Unknown names of one text for which one like them is looked for."""
YES, NO = frozenset({"yes", "true"}), frozenset({"no", "false"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a text: a sentence without its full stop, and the characters it is about."""

    message: str
    span: Span
    is_grave: bool = True
    """Whether that part can never work; otherwise it is only odd."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Holds always, or never."""

    holds: bool


@dataclass(frozen=True, slots=True)
class Test:
    """A slot beside a number."""

    slot: int
    sign: str
    value: int


@dataclass(frozen=True, slots=True)
class Been:
    """A beat has been entered."""

    beat_id: str


@dataclass(frozen=True, slots=True)
class Lasted:
    """How many turns there have been, in all or in the present beat."""

    sign: str
    number: int
    is_here: bool


@dataclass(frozen=True, slots=True)
class Neither:
    """The contrary."""

    inner: "Meaning"


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of them; where there are none, it holds."""

    parts: tuple["Meaning", ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """At least one of them; where there are none, it does not hold."""

    parts: tuple["Meaning", ...]


Meaning: TypeAlias = Fixed | Test | Been | Lasted | Neither | AllOf | OneOf


@dataclass(frozen=True, slots=True)
class SetTo:
    """A slot becomes a number."""

    slot: int
    value: int


@dataclass(frozen=True, slots=True)
class ChangeBy:
    """A slot goes up or down, and stays within its bounds."""

    slot: int
    amount: int


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A slot becomes a number unless it is greater."""

    slot: int
    value: int


Act: TypeAlias = SetTo | ChangeBy | AtLeast


class Reader:
    """Reads conditions and effects of one story. `faults` has what was wrong with the last one."""

    def __init__(self, story: Story) -> None:
        self.scope = Scope(story)
        self.slots = Slots(story)
        self.faults: list[Fault] = []
        self.n_suggestions: float = math.inf
        """For how many more unknown names, over all texts, one like them is looked for: that takes its time."""
        self.n_read = 0
        """What all texts together ask for and change."""
        self._n_tests = self._n_suggested = 0

    def read_condition(self, text: str) -> Meaning:
        """Returns what a condition means; one with a part that cannot be understood never holds."""
        self._begin()
        meaning: Meaning = Fixed(False)
        try:
            meaning = self._mean(parse_condition(text))
        except Misread as error:
            self.faults.append(Fault(error.message, error.span))
        return Fixed(False) if any(fault.is_grave for fault in self.faults) else meaning

    def read_effects(self, text: str) -> tuple[Act, ...]:
        """Returns what effects do; those that cannot be read do nothing."""
        self._begin()
        try:
            return tuple(act for effect in parse_effects(text) for act in self._acts(effect))
        except Misread as error:
            self.faults.append(Fault(error.message, error.span))
            return ()

    def _begin(self) -> None:
        self.faults = []
        self._n_tests = self._n_suggested = 0

    def _count(self, n_tests: int) -> None:
        """Raises Misread when a text asks for too much."""
        self._n_tests += n_tests
        self.n_read += n_tests
        if self._n_tests > MAX_TESTS:
            raise Misread(f"This is too much: with each role counted it names more than {MAX_TESTS:,} things", NO_SPAN)

    def _mean(self, condition: Condition) -> Meaning:
        self._count(1)
        match condition:
            case Not(inner):
                return Neither(self._mean(inner))
            case And(parts):
                return AllOf(tuple(map(self._mean, parts)))
            case Or(parts):
                return OneOf(tuple(map(self._mean, parts)))
            case Compare(_, "") as compare:
                return self._mean_variable(compare)
            case Compare() as compare:
                return self._mean_prop(compare)
            case Flag() as flag:
                return self._mean_flag(flag)
            case Knows(role, fact, verb, span, fact_span):
                found = self._fact(fact, fact_span)
                return self._of_roles(role, span, lambda one: self._knowing(one, found, verb))
            case Located(role, place, span, place_span):
                code = self._place(place, place_span)
                return self._of_roles(role, span, lambda one: self._being_at(one, code))
            case Present(role, is_present, span):
                sign = "!=" if is_present else "="
                return self._of_roles(role, span, lambda one: Test(self._role_place(one), sign, AWAY))
            case Visited(beat, span):
                return self._been(beat, span)
            case Turns(sign, number, is_here):
                return Lasted(sign, number, is_here)
            case Always():
                return Fixed(True)

    def _mean_variable(self, compare: Compare) -> Meaning:
        variable = self.scope.variable(compare.name)
        if variable is None:
            self._unknown(compare.name, compare.span, (NameKind.VARIABLE,), "variable")
            return Fixed(False)
        slot = self.slots.index(SlotKind.VARIABLE, variable.name)
        value = self._value_of(variable, compare.value, compare.value_span)
        if value is None:
            return Fixed(compare.sign == "!=")
        if variable.kind != VariableKind.INTEGER and compare.sign not in {"=", "!="}:
            self._fault(f"{variable.name} is {describe_values(variable)}: compare it with = or !=", compare.span)
            return Fixed(False)
        test = Test(slot, compare.sign, value)
        if variable.kind == VariableKind.INTEGER:
            self._note_constant(variable, test, compare.value_span)
        return test

    def _note_constant(self, variable: Variable, test: Test, span: Span) -> None:
        at_low, at_high = compare(variable.low, test.sign, test.value), compare(variable.high, test.sign, test.value)
        is_inside = variable.low <= test.value <= variable.high
        if at_low == at_high and not (is_inside and test.sign in {"=", "!="} and variable.low != variable.high):
            always = "always" if at_low else "never"
            self._fault(f"{variable.name} goes {describe_values(variable)}: this {always} holds", span, grave=False)

    def _value_of(self, variable: Variable, value: int | str, span: Span) -> int | None:
        """Returns the number that a value of a variable has in its slot; None, with a fault, when it is none."""
        match variable.kind:
            case VariableKind.INTEGER:
                if isinstance(value, int):
                    return value
            case VariableKind.FLAG:
                word = str(value).casefold()
                if word in YES | {"1"}:
                    return 1
                if word in NO | {"0"}:
                    return 0
            case VariableKind.CHOICE:
                words = [choice.casefold() for choice in variable.choices]
                if str(value).casefold() in words:
                    return words.index(str(value).casefold())
        kind = "goes" if variable.kind == VariableKind.INTEGER else "is"
        self._fault(f"{variable.name} {kind} {describe_values(variable)}, never “{value}”", span)
        return None

    def _mean_prop(self, compare: Compare) -> Meaning:
        found = self._prop_value(compare.name, compare.attribute, str(compare.value), compare.span, compare.value_span)
        if found is None:
            return Fixed(False)
        slot, value = found
        return Test(slot, compare.sign, value)

    def _prop_value(
        self, name: str, attribute: str, value: str, span: Span, value_span: Span
    ) -> tuple[int, int] | None:
        prop = self.scope.prop(name)
        if prop is None:
            self._unknown(name, span, (NameKind.PROP,), "prop")
            return None
        match attribute:
            case "holder":
                slot = self.slots.index(SlotKind.HOLDER, prop.name)
                if value.casefold() == NOBODY:
                    return slot, NOBODY_HOLDS
                role = self.scope.role(value)
                if role is None:
                    self._unknown(value, value_span, (NameKind.ROLE,), "role")
                    return None
                return slot, self.slots.role_codes[role.id]
            case "place":
                slot = self.slots.index(SlotKind.PROP_PLACE, prop.name)
                code = NOWHERE_LIES if value.casefold() == NOWHERE else self._place(value, value_span)
                return None if code is None else (slot, code)
        states = [state.casefold() for state in prop.states]
        if value.casefold() not in states:
            known = f"can be {join_words(prop.states, 'or')}" if prop.states else "has no states"
            self._fault(f"{prop.name} {known}, never “{value}”", value_span)
            return None
        return self.slots.index(SlotKind.PROP_STATE, prop.name), states.index(value.casefold())

    def _mean_flag(self, flag: Flag) -> Meaning:
        variable = self.scope.variable(flag.name)
        if variable is None:
            self._unknown(flag.name, flag.span, (NameKind.VARIABLE,), "variable")
            return Fixed(False)
        if variable.kind != VariableKind.FLAG:
            example = f">= {variable.high}" if variable.kind == VariableKind.INTEGER else f"= {variable.choices[0]}"
            self._fault(f"{variable.name} is not yes or no: compare it, such as {variable.name} {example}", flag.span)
            return Fixed(False)
        return Test(self.slots.index(SlotKind.VARIABLE, variable.name), "=", 1)

    def _knowing(self, role: StoryRole, fact: Fact | None, verb: str) -> Meaning:
        if fact is None:
            return Fixed(False)
        slot = self.slots.index(SlotKind.KNOWLEDGE, role.id, fact.id)
        return Test(slot, "=", SUSPECTED) if verb == "suspects" else Test(slot, "=", KNOWN)

    def _being_at(self, role: StoryRole, code: int | None) -> Meaning:
        if code is None:
            return Fixed(False)
        slot = self._role_place(role)
        return OneOf((Test(slot, "=", code - 1 + FIRST_PLACE), Test(slot, "=", EVERYWHERE)))

    def _of_roles(self, name: str, span: Span, mean: Callable[[StoryRole], Meaning]) -> Meaning:
        key = name.casefold()
        if key in {ANYONE, EVERYONE}:
            self._count(len(self.scope.story.roles))
            parts = tuple(map(mean, self.scope.story.roles))
            return OneOf(parts) if key == ANYONE else AllOf(parts)
        role = self.scope.role(name)
        if role is None:
            self._unknown(name, span, (NameKind.ROLE,), "role")
            return Fixed(False)
        return mean(role)

    def _been(self, name: str, span: Span) -> Meaning:
        beat = self.scope.beat(name)
        if beat is None:
            self._unknown(name, span, (NameKind.BEAT,), "beat")
            return Fixed(False)
        return Been(beat.id)

    def _acts(self, effect: Effect) -> Sequence[Act]:
        self._count(1)
        match effect:
            case Add(name, amount, span):
                return self._add(name, amount, span)
            case Put(name, "", value, span, value_span):
                return self._put_variable(name, value, span, value_span)
            case Put(name, attribute, value, span, value_span):
                return self._put_prop(name, attribute, str(value), span, value_span)
            case Learn(role, fact, verb, span, fact_span):
                found = self._fact(fact, fact_span)
                roles = self._roles(role, span)
                if found is None:
                    return ()
                return [_learning(self.slots.index(SlotKind.KNOWLEDGE, one.id, found.id), verb) for one in roles]
            case Move(role, place, span, place_span):
                code = self._place(place, place_span)
                roles = self._roles(role, span)
                if code is None:
                    return ()
                return [SetTo(self._role_place(one), code - 1 + FIRST_PLACE) for one in roles]
            case Appear(role, is_present, span):
                value = EVERYWHERE if is_present else AWAY
                return [SetTo(self._role_place(one), value) for one in self._roles(role, span)]

    def _add(self, name: str, amount: int, span: Span) -> Sequence[Act]:
        variable = self.scope.variable(name)
        if variable is None:
            self._unknown(name, span, (NameKind.VARIABLE,), "variable")
            return ()
        if variable.kind != VariableKind.INTEGER:
            self._fault(f"{variable.name} is {describe_values(variable)}: nothing can be added to it", span)
            return ()
        if abs(amount) > variable.high - variable.low:
            self._fault(f"{variable.name} only goes {describe_values(variable)}", span, grave=False)
        return (ChangeBy(self.slots.index(SlotKind.VARIABLE, variable.name), amount),)

    def _put_variable(self, name: str, value: int | str, span: Span, value_span: Span) -> Sequence[Act]:
        variable = self.scope.variable(name)
        if variable is None:
            self._unknown(name, span, (NameKind.VARIABLE,), "variable")
            return ()
        number = self._value_of(variable, value, value_span)
        if number is None:
            return ()
        slot = self.slots.index(SlotKind.VARIABLE, variable.name)
        bounds = self.slots.all[slot]
        if not bounds.low <= number <= bounds.high:
            self._fault(f"{variable.name} only goes {describe_values(variable)}", value_span, grave=False)
        return (SetTo(slot, min(bounds.high, max(bounds.low, number))),)

    def _put_prop(self, name: str, attribute: str, value: str, span: Span, value_span: Span) -> Sequence[Act]:
        found = self._prop_value(name, attribute, value, span, value_span)
        if found is None:
            return ()
        slot, number = found
        key = self.slots.all[slot].key
        acts = [SetTo(slot, number)]
        if attribute == "holder" and number != NOBODY_HOLDS:
            acts.append(SetTo(self.slots.index(SlotKind.PROP_PLACE, key), NOWHERE_LIES))
        if attribute == "place":
            acts.append(SetTo(self.slots.index(SlotKind.HOLDER, key), NOBODY_HOLDS))
        return acts

    def _roles(self, name: str, span: Span) -> Sequence[StoryRole]:
        if name.casefold() == EVERYONE:
            self._count(len(self.scope.story.roles))
            return self.scope.story.roles
        role = self.scope.role(name)
        if role is None:
            self._unknown(name, span, (NameKind.ROLE,), "role")
            return ()
        return (role,)

    def _role_place(self, role: StoryRole) -> int:
        return self.slots.index(SlotKind.ROLE_PLACE, role.id)

    def _place(self, name: str, span: Span) -> int | None:
        place = self.scope.place(name)
        if place is None:
            self._unknown(name, span, (NameKind.PLACE,), "place")
            return None
        return self.slots.place_codes[place.id]

    def _fact(self, text: str, span: Span) -> Fact | None:
        facts = self.scope.facts(text)
        if not facts:
            self._unknown(text, span, (NameKind.FACT,), "fact")
            return None
        if len(facts) > 1:
            self._fault(f"{len(facts)} facts contain “{text}”: write more of the one that is meant", span)
            return None
        return facts[0]

    def _unknown(self, name: str, span: Span, kinds: Sequence[NameKind], what: str) -> None:
        near = None
        if self._n_suggested < MAX_SUGGESTIONS and self.n_suggestions > 0:
            self._n_suggested += 1
            self.n_suggestions -= 1
            near = self.scope.nearest(name, kinds)
        self._fault(f"There is no {what} “{name}”" + (f"; perhaps {near} is meant" if near else ""), span)

    def _fault(self, message: str, span: Span, *, grave: bool = True) -> None:
        self.faults.append(Fault(message, span, grave))


def compare(left: int, sign: str, right: int) -> bool:
    """Compares two numbers by =, !=, >=, <=, > or <."""
    match sign:
        case "=":
            return left == right
        case "!=":
            return left != right
        case ">=":
            return left >= right
        case "<=":
            return left <= right
        case ">":
            return left > right
    return left < right


def _learning(slot: int, verb: str) -> Act:
    match verb:
        case "learns":
            return SetTo(slot, KNOWN)
        case "suspects":
            return AtLeast(slot, SUSPECTED)
    return SetTo(slot, UNKNOWN)
