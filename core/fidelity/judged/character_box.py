"""CharacterBox's seven scores, 1 to 5: a critique of all that a character said and did first, then a point for each."""

from collections.abc import Mapping, Sequence

from core.fidelity.conversation import About, Line
from core.fidelity.judged.asking import Rubric, not_judged, rate, write_critique
from core.fidelity.judged.material import speaker_material
from core.fidelity.judging.judge import Judge
from core.fidelity.judging.judged_metric import JudgedMetric
from core.fidelity.judging.verdicts import NotJudged
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

VERSION = "character-box-1"
SOURCE = "CharacterBox (Wang et al. 2024, arXiv 2412.05631); the rubrics' words are ours"

RUBRICS: Mapping[str, Rubric] = {
    "character_box.knowledge": Rubric(
        "Knowledge accuracy",
        "Does {who} know just what such a person can know, in {what}?",
        (
            "They know what they cannot know, or not what they must.",
            "Several things they say do not fit what they can know.",
            "One or two slips.",
            "Nothing wrong, and little shown.",
            "What they know is right and their own throughout.",
        ),
    ),
    "character_box.emotion": Rubric(
        "Emotion accuracy",
        "Do the feelings of {who} fit who they are and what happens, in {what}?",
        (
            "The feelings are the wrong ones.",
            "The feelings mostly do not fit.",
            "The feelings are flat.",
            "The feelings fit, with a slip.",
            "The feelings fit each moment, and are theirs.",
        ),
    ),
    "character_box.personality": Rubric(
        "Personality accuracy",
        "Does {who} show the traits that are known of them, in {what}?",
        (
            "They show the opposite.",
            "They show hardly any.",
            "They show some.",
            "They show most.",
            "They show all that had a chance to be seen.",
        ),
    ),
    "character_box.behaviour": Rubric(
        "Behaviour accuracy",
        "Are the acts of {who} those of such a person, in {what}?",
        (
            "The acts are somebody else's.",
            "Most acts do not fit.",
            "The acts could be anybody's.",
            "The acts fit, with a slip.",
            "Each act is what such a person would do.",
        ),
    ),
    "character_box.immersion": Rubric(
        "Immersion",
        "Does {who} stay within the story, in {what}, and never speak as a machine or a narrator of themselves?",
        (
            "They speak as a machine, or of the story as a text.",
            "They leave the story more than once.",
            "They leave it once.",
            "They stay, somewhat stiffly.",
            "They stay, and one forgets that anybody plays them.",
        ),
    ),
    "character_box.adaptability": Rubric(
        "Adaptability",
        "Does {who} answer to what others say and to what changes, in {what}?",
        (
            "They pay no heed to anybody.",
            "They mostly say their own piece.",
            "They answer, and what changes is passed over.",
            "They answer and adapt, with a slip.",
            "They take up all that comes, in their own way.",
        ),
    ),
    "character_box.coherence": Rubric(
        "Behavioural coherence",
        "Does what {who} says and does hang together from first to last, in {what}?",
        (
            "They contradict themselves or go in circles.",
            "They often lose the thread.",
            "They lose it once or twice.",
            "It hangs together, with a gap.",
            "Each step follows from the ones before.",
        ),
    ),
}
_HOW_TO_READ = {
    "character_box.knowledge": "Whether the character knows just what it can know; 5 is throughout.",
    "character_box.emotion": "Whether its feelings fit it and what happens; 5 is at each moment.",
    "character_box.personality": "Whether its traits show; 5 is all that had a chance to.",
    "character_box.behaviour": "Whether its acts are its own; 5 is each of them.",
    "character_box.immersion": "Whether it stays within the story; 5 is always.",
    "character_box.adaptability": "Whether it takes up what others say and what changes; 5 is always.",
    "character_box.coherence": "Whether what it does hangs together; 5 is from first to last.",
}
METRICS = tuple(
    Metric(
        name=name,
        title=rubric.name,
        unit="points of 1 to 5",
        low=1.0,
        high=5.0,
        better="higher",
        needs="judge",
        how_to_read=_HOW_TO_READ[name],
        source=SOURCE,
        scope="speaker",
        cost="judge",
        inputs="turns of the speaker, what they answer, and the persona",
        formula="sum over points k of k P(k), after a critique",
    )
    for name, rubric in RUBRICS.items()
)


def judge_speaker(judge: Judge, about: About, lines: Sequence[Line], speaker: str) -> tuple[ScoreValue, ...]:
    """Judges one speaker by seven rubrics, after one critique that all of them read.

    Source: CharacterBox, section 4. We differ: what cannot be read has no score, never -1.
    """
    if not any(line.speaker == speaker and line.text.strip() for line in lines):
        return _none(judge, NotJudged("This speaker says nothing."))
    if not about.personas.get(speaker):
        return _none(judge, NotJudged("Nothing is known of the speaker that could be compared with."))
    material = speaker_material(about, lines, speaker)
    critique = write_critique(judge, material, f"Criticise how {material.who} is played, its best and its worst.")
    if isinstance(critique, NotJudged):
        return _none(judge, critique)
    return tuple(rate(judge, name, VERSION, material, rubric, critique) for name, rubric in RUBRICS.items())


def _none(judge: Judge, why: NotJudged) -> tuple[ScoreValue, ...]:
    return tuple(not_judged(metric.name, judge, VERSION, why) for metric in METRICS)


JUDGED = JudgedMetric(METRICS, VERSION, judge_speaker=judge_speaker)
