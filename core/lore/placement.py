"""Where the texts of fired entries go in a prompt. Texts of one place are joined in their order, the largest last."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from core.lore.matcher import Fired
from models.lore import LorePosition, LoreRole


class Spot(StrEnum):
    """A place in the text of the persona."""

    BEFORE = "before"
    """Before the description."""
    AFTER = "after"
    PERSONALITY = "personality"
    SCENARIO = "scenario"
    EXAMPLES_TOP = "examples_top"
    EXAMPLES_BOTTOM = "examples_bottom"


@dataclass(frozen=True, slots=True)
class Injection:
    """A text between the messages."""

    depth: int
    """How many messages come after it."""
    role: LoreRole
    text: str


@dataclass(frozen=True, slots=True)
class Placement:
    """All that lore puts into one prompt."""

    spots: dict[Spot, str] = field(default_factory=dict)
    injections: tuple[Injection, ...] = ()
    """The deepest first; at one depth, the system's, the user's, then the assistant's."""
    outlets: dict[str, str] = field(default_factory=dict)
    """Name -> text."""
    without_prompts: frozenset[str] = frozenset()
    """Prompts that `@@disable_ui_prompt` turns off."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.spots or self.injections or self.outlets or self.without_prompts)


NOTHING_PLACED = Placement()

_SPOTS = {
    LorePosition.BEFORE: Spot.BEFORE,
    LorePosition.AFTER: Spot.AFTER,
    LorePosition.EXAMPLES_TOP: Spot.EXAMPLES_TOP,
    LorePosition.EXAMPLES_BOTTOM: Spot.EXAMPLES_BOTTOM,
}
_DECORATED = {
    "before_desc": Spot.BEFORE,
    "after_desc": Spot.AFTER,
    "personality": Spot.PERSONALITY,
    "scenario": Spot.SCENARIO,
}
_ROLES = list(LoreRole)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where one entry goes: a spot, an outlet, or a depth with a role."""

    spot: Spot | None = None
    outlet: str = ""
    depth: int = 0
    role: LoreRole = LoreRole.SYSTEM
    layer: int = 1
    """At one depth: 0 above the author's note, 1 in the middle, 2 below."""


def destination(fired: Fired, n_lines: int, note_depth: int) -> Destination:
    """Returns where an entry goes; its decorators count before its fields.

    Args:
        n_lines: Messages of the scene so far.
        note_depth: How deep the author's note lies.
    """
    source, decorators = fired.entry.source, fired.entry.decorators
    role = decorators.role or source.role
    if decorators.position is not None:
        return Destination(spot=_DECORATED[decorators.position])
    if decorators.depth is not None:
        return Destination(depth=decorators.depth, role=role)
    if decorators.reverse_depth is not None:
        return Destination(depth=max(0, n_lines - decorators.reverse_depth), role=role)
    if source.position == LorePosition.OUTLET:
        return Destination(outlet=source.outlet)
    if source.position == LorePosition.DEPTH:
        return Destination(depth=source.depth, role=role)
    if source.position in (LorePosition.NOTE_TOP, LorePosition.NOTE_BOTTOM):
        is_top = source.position == LorePosition.NOTE_TOP
        return Destination(depth=note_depth, role=decorators.role or LoreRole.SYSTEM, layer=0 if is_top else 2)
    return Destination(spot=_SPOTS[source.position])


def place(fired: Iterable[Fired], n_lines: int, note_depth: int) -> Placement:
    """Puts the texts of fired entries where they go; those without text go nowhere."""
    everything = list(fired)
    ordered = sorted(enumerate(everything), key=lambda item: (item[1].entry.source.order, -item[0]))
    spots: dict[Spot, list[str]] = {}
    outlets: dict[str, list[str]] = {}
    depths: dict[tuple[int, int, int], list[str]] = {}
    for _, one in ordered:
        if not one.text:
            continue
        goal = destination(one, n_lines, note_depth)
        if goal.spot is not None:
            spots.setdefault(goal.spot, []).append(one.text)
        elif goal.outlet:
            outlets.setdefault(goal.outlet.strip().casefold(), []).append(one.text)
        elif one.entry.source.position != LorePosition.OUTLET or one.entry.decorators.depth is not None:
            depths.setdefault((-goal.depth, goal.layer, _ROLES.index(goal.role)), []).append(one.text)
    disabled = (one.entry.decorators.disable_ui_prompt for one in everything)
    return Placement(
        {spot: "\n".join(texts) for spot, texts in spots.items()},
        tuple(Injection(-depth, _ROLES[role], "\n".join(texts)) for (depth, _, role), texts in sorted(depths.items())),
        {name: "\n".join(texts) for name, texts in outlets.items()},
        frozenset(name for name in disabled if name),
    )
