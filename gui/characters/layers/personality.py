"""The section of who somebody is to themselves: temper, five factors, traits, values, and how good they are."""

from typing import TYPE_CHECKING

from core.characters.prompt import BlockOrigin
from core.characters.trait_words import trait_sentences
from gui.characters.layers.big_five_field import BigFiveField
from gui.characters.layers.entry_list import EntriesField
from gui.characters.layers.number_fields import ChoiceField
from gui.characters.layers.trait_entry import TraitEntry
from models.persona import Trait

if TYPE_CHECKING:
    from gui.characters.form import CharacterForm


def add_personality(form: "CharacterForm") -> None:
    """Adds the section at the end of a form."""
    tr = form.tr
    section = form.sections.add_section(tr("Personality"), tr("Personality"))
    prose = tr("Temper, habits, what they want and what they avoid.")
    section.addWidget(form.add_text("personality", tr("In prose"), prose, BlockOrigin.PERSONALITY))
    five = BigFiveField(tr("Big Five"), origin=BlockOrigin.TRAITS, counter=form.counter)
    section.addWidget(form.add("layers.personal.big_five", five))
    traits = EntriesField(
        tr("Traits of their own"),
        TraitEntry,
        tr("Add a trait"),
        lambda value: trait_sentences([Trait.model_validate(value)]),
        origin=BlockOrigin.TRAITS,
        counter=form.counter,
    )
    section.addWidget(form.add("layers.personal.traits", traits))
    section.addWidget(
        form.add_list(
            "layers.personal.values",
            tr("Values"),
            tr("What they hold dear, such as: duty"),
            BlockOrigin.VALUES,
            add_text=tr("Add a value"),
            entry_name=tr("Value %1"),
        )
    )
    levels = (
        tr("1 – a paragon: does what is right"),
        tr("2 – flawed but good"),
        tr("3 – an egoist"),
        tr("4 – a villain, without regret"),
    )
    moral = ChoiceField(tr("How good they are"), tr("not said"), levels, origin=BlockOrigin.VALUES)
    section.addWidget(form.add("layers.personal.moral_level", moral))
