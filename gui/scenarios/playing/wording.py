"""The choices of the rules of a stage in words: a name and a sentence for each."""

from enum import StrEnum
from typing import TypeVar

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from models.scenario import TurnPolicy
from models.stage import NarratorMode, Reasoning, Recall

Choice = TypeVar("Choice", bound=StrEnum)

_WORDS: tuple[tuple[StrEnum, str, str], ...] = (
    (
        TurnPolicy.ROUND_ROBIN,
        QT_TRANSLATE_NOOP("StageWords", "In order"),
        QT_TRANSLATE_NOOP("StageWords", "Everybody speaks in the order of the cast, over and over."),
    ),
    (
        TurnPolicy.MENTION,
        QT_TRANSLATE_NOOP("StageWords", "By name"),
        QT_TRANSLATE_NOOP("StageWords", "Who is named answers, then the talkative, by chance: as in group chats."),
    ),
    (
        TurnPolicy.WEIGHTED,
        QT_TRANSLATE_NOOP("StageWords", "By weight"),
        QT_TRANSLATE_NOOP("StageWords", "Drawn; some speak more often than others."),
    ),
    (
        TurnPolicy.SCRIPTED,
        QT_TRANSLATE_NOOP("StageWords", "Scripted"),
        QT_TRANSLATE_NOOP("StageWords", "A list of roles, again and again."),
    ),
    (
        TurnPolicy.NAME_NEXT,
        QT_TRANSLATE_NOOP("StageWords", "Names the next"),
        QT_TRANSLATE_NOOP("StageWords", "Whoever spoke last says who is next."),
    ),
    (
        TurnPolicy.REPLY_BACK,
        QT_TRANSLATE_NOOP("StageWords", "Reply back"),
        QT_TRANSLATE_NOOP("StageWords", "With a probability, whoever was just answered; else anybody else."),
    ),
    (
        TurnPolicy.SPEAK_GATE,
        QT_TRANSLATE_NOOP("StageWords", "Speak gate"),
        QT_TRANSLATE_NOOP("StageWords", "Each silent character is asked whether it would speak now."),
    ),
    (
        TurnPolicy.BIDDING,
        QT_TRANSLATE_NOOP("StageWords", "Bidding"),
        QT_TRANSLATE_NOOP("StageWords", "Each says how much it wants to speak; the highest bid has the turn."),
    ),
    (
        TurnPolicy.DIRECTOR,
        QT_TRANSLATE_NOOP("StageWords", "You decide"),
        QT_TRANSLATE_NOOP("StageWords", "Nobody speaks until you say who."),
    ),
    (
        TurnPolicy.SIMULTANEOUS,
        QT_TRANSLATE_NOOP("StageWords", "All at once"),
        QT_TRANSLATE_NOOP("StageWords", "In each round all speak, and none hears the others before it is over."),
    ),
    (
        Reasoning.NONE,
        QT_TRANSLATE_NOOP("StageWords", "None"),
        QT_TRANSLATE_NOOP("StageWords", "They speak at once."),
    ),
    (
        Reasoning.BOUNDED,
        QT_TRANSLATE_NOOP("StageWords", "A note"),
        QT_TRANSLATE_NOOP("StageWords", "A few tokens, then they speak. Long thoughts make characters agree less."),
    ),
    (
        Reasoning.FREE,
        QT_TRANSLATE_NOOP("StageWords", "As they like"),
        QT_TRANSLATE_NOOP("StageWords", "The thought ends by itself."),
    ),
    (
        Recall.OFF,
        QT_TRANSLATE_NOOP("StageWords", "Not at all"),
        QT_TRANSLATE_NOOP("StageWords", "Characters know what stands in their view."),
    ),
    (
        Recall.GENERATIVE,
        QT_TRANSLATE_NOOP("StageWords", "Recent, important, relevant"),
        QT_TRANSLATE_NOOP("StageWords", "The sum of the three (Generative Agents)."),
    ),
    (
        Recall.RELEVANCE,
        QT_TRANSLATE_NOOP("StageWords", "Relevant"),
        QT_TRANSLATE_NOOP("StageWords", "The nearest in meaning."),
    ),
    (
        Recall.EMOTION_SUM,
        QT_TRANSLATE_NOOP("StageWords", "Meaning plus mood"),
        QT_TRANSLATE_NOOP("StageWords", "Memories of the same mood come easier (Emotional RAG, sum)."),
    ),
    (
        Recall.EMOTION_PRODUCT,
        QT_TRANSLATE_NOOP("StageWords", "Meaning times mood"),
        QT_TRANSLATE_NOOP("StageWords", "As above; both have to be near (Emotional RAG, product)."),
    ),
    (
        Recall.MEANING_FIRST,
        QT_TRANSLATE_NOOP("StageWords", "Meaning, then mood"),
        QT_TRANSLATE_NOOP("StageWords", "Of the nearest in meaning, the nearest in mood."),
    ),
    (
        Recall.MOOD_FIRST,
        QT_TRANSLATE_NOOP("StageWords", "Mood, then meaning"),
        QT_TRANSLATE_NOOP("StageWords", "Of the nearest in mood, the nearest in meaning."),
    ),
    (
        NarratorMode.OFF,
        QT_TRANSLATE_NOOP("StageWords", "Nothing"),
        QT_TRANSLATE_NOOP("StageWords", "Acts are words."),
    ),
    (
        NarratorMode.RULES,
        QT_TRANSLATE_NOOP("StageWords", "The world’s rules decide"),
        QT_TRANSLATE_NOOP("StageWords", "The narrator says in one sentence what came of an act."),
    ),
    (
        NarratorMode.WEIGHTS,
        QT_TRANSLATE_NOOP("StageWords", "The weights judge and tell"),
        QT_TRANSLATE_NOOP("StageWords", "The world’s rules have the last word; differences are counted."),
    ),
)


def choices_of(kind: type[Choice]) -> list[tuple[str, str, str]]:
    """Returns value, name and sentence of each choice, in the order in which they are shown."""
    return [(choice.value, _tr(name), _tr(sentence)) for choice, name, sentence in _WORDS if isinstance(choice, kind)]


def _tr(text: str) -> str:
    return QCoreApplication.translate("StageWords", text)
