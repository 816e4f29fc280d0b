"""A plan that the weights write under a grammar, and whether it is of any use."""

from core.characters.prompt import Scene, join_blocks, render_system
from core.characters.words import split_words
from core.inference.request import Generate, Generated, Message, Sampling
from core.inference.unsupported import Unsupported
from core.minds.moment import Moment
from core.minds.plan_steps import MAX_STEP_CHARS, telling_words
from models.playtest import SpeakerKind

TOKENS_PER_STEP = 24
N_LINES = 6
"""Of what was heard last, that the weights read before they plan."""
MIN_WORDS = 2


def write_steps(moment: Moment, goal: str, n_steps: int) -> tuple[list[str], str]:
    """Returns the steps that the weights wrote; or none, and why they are of no use.

    Raises:
        Stopped: The user stopped meanwhile.
    """
    if moment.ask is None:
        return [], "no weights can be asked"
    scene = Scene(name="", present=tuple(moment.cast.values()), user_name=moment.user_name)
    system = join_blocks(render_system(moment.character, moment.role, scene))
    request = Generate(
        lane=f"{moment.role_id}/plan",
        messages=(Message("system", system), Message("user", _question(moment, n_steps))),
        max_tokens=TOKENS_PER_STEP * n_steps,
        sampling=Sampling(temperature=0.0, seed=1),
        grammar=_grammar(n_steps),
    )
    try:
        result = moment.require(request)
    except Unsupported:
        return [], "this server keeps to no grammar"
    assert isinstance(result, Generated)
    steps = [line.partition(". ")[2].strip() for line in result.text.splitlines()]
    return _judge([step for step in steps if step], moment, goal)


def _question(moment: Moment, n_steps: int) -> str:
    lines = [f"{turn.speaker}: {turn.text}" for turn in moment.heard[-N_LINES:] if _is_line(turn.kind, turn.text)]
    return "\n".join([*lines, f"What will you do to reach your goal? Write {n_steps} short steps."])


def _is_line(kind: SpeakerKind, text: str) -> bool:
    return kind != SpeakerKind.DIRECTOR and bool(text.strip())


def _grammar(n_steps: int) -> str:
    """Numbered lines, each a short sentence."""
    lines = " ".join(f'"{number}. " step "\\n"' for number in range(1, n_steps + 1))
    return f'root ::= {lines}\nstep ::= [A-Z] [a-zA-Z ,\'-]{{8,{MAX_STEP_CHARS // 2}}} "."\n'


def _judge(steps: list[str], moment: Moment, goal: str) -> tuple[list[str], str]:
    """Returns the steps, or none and why: each must say something of its own, and one what the goal is about."""
    if not steps:
        return [], "the weights wrote no steps"
    if any(len(split_words(step)) < MIN_WORDS for step in steps) or len({*map(telling_words, steps)}) < len(steps):
        return [], "the steps that the weights wrote are empty or repeat each other"
    about = telling_words(goal) - telling_words(" ".join(moment.cast.values()))
    if about and not any(telling_words(step) & about for step in steps):
        return [], "none of the steps that the weights wrote is about the goal"
    return steps, ""
