"""The gates that an entry passes before it fires, in SillyTavern's order. The first that is shut says why."""

from dataclasses import dataclass

from core.lore.compiled import Entry
from core.lore.scan_text import ScanText
from core.lore.verdicts import Match, Rule, Verdict
from models.lore import KeyLogic


@dataclass(slots=True)
class Gates:
    """Decides over one entry at a time."""

    text: ScanText
    is_recursion: bool = False
    """Whether the step at hand searches what entries say."""
    level: int = 0
    """Up to which level waiting entries take part in it."""

    def judge(self, entry: Entry) -> Verdict:
        """Returns whether an entry fires in the step at hand, before groups, chance and budget."""
        return (
            self._judge_reader(entry)
            or self._judge_time(entry)
            or self._judge_recursion(entry)
            or self._judge_decorators(entry)
            or self._judge_keys(entry)
        )

    def _judge_reader(self, entry: Entry) -> Verdict | None:
        occasion, source = self.text.occasion, entry.source
        if not source.enabled:
            return Verdict(Rule.DISABLED)
        if source.triggers and occasion.trigger not in source.triggers:
            return Verdict(Rule.TRIGGER)
        for wanted, own in ((source.filter_names, occasion.names), (source.filter_tags, occasion.tags)):
            if wanted and (any(name.casefold() in own for name in wanted) == source.filter_excludes):
                return Verdict(Rule.CHARACTER)
        return None

    def _judge_time(self, entry: Entry) -> Verdict | None:
        effects, n_lines = self.text.occasion.effects, len(self.text.occasion.lines)
        if entry.source.delay and n_lines < entry.source.delay:
            return Verdict(Rule.DELAY, number=entry.source.delay - n_lines)
        if entry.id in effects.cooldown and entry.id not in effects.sticky:
            return Verdict(Rule.COOLDOWN, number=effects.cooldown[entry.id])
        return None

    def _judge_recursion(self, entry: Entry) -> Verdict | None:
        if entry.id in self.text.occasion.effects.sticky:
            return None
        level = entry.source.recursion_level
        if level and (not self.is_recursion or level > self.level):
            return Verdict(Rule.RECURSION_ONLY, number=level)
        if self.is_recursion and (entry.source.exclude_recursion or (not entry.is_recursive and not level)):
            return Verdict(Rule.RECURSION_EXCLUDED)
        return None

    def _judge_decorators(self, entry: Entry) -> Verdict | None:
        decorators, occasion = entry.decorators, self.text.occasion
        if decorators.activate:
            return Verdict(Rule.ACTIVATED)
        if decorators.dont_activate:
            return Verdict(Rule.DEACTIVATED)
        if entry.id in occasion.effects.fired_before:
            if decorators.keep_activate_after_match:
                return Verdict(Rule.KEPT)
            if decorators.dont_activate_after_match:
                return Verdict(Rule.MATCHED_BEFORE)
        if decorators.activate_only_after is not None and occasion.n_own_lines < decorators.activate_only_after:
            return Verdict(Rule.TOO_EARLY, number=decorators.activate_only_after - occasion.n_own_lines)
        if decorators.activate_only_every and occasion.n_own_lines % decorators.activate_only_every:
            return Verdict(Rule.NOT_THIS_TURN, number=decorators.activate_only_every)
        if decorators.is_greeting is not None and occasion.greeting not in (None, decorators.is_greeting):
            return Verdict(Rule.GREETING)
        return None

    def _judge_keys(self, entry: Entry) -> Verdict:
        if entry.source.constant and not entry.is_regex:
            return Verdict(Rule.CONSTANT)
        if entry.id in self.text.occasion.effects.sticky:
            return Verdict(Rule.STICKY, number=self.text.occasion.effects.sticky[entry.id])
        if not any(key.text for key in entry.keys):
            return Verdict(Rule.NO_KEYS)
        match = self.text.find(entry, entry.keys)
        if match is None:
            return self._why_no_key(entry)
        for key in entry.excluded:
            if self.text.find_key(entry, key) is not None:
                return Verdict(Rule.EXCLUDED, match, secondary=key.written)
        if entry.additional and self.text.find(entry, entry.additional) is None:
            return Verdict(Rule.ADDITIONAL, match, secondary=entry.additional[0].written)
        return self._judge_secondary(entry, match) if entry.is_selective else Verdict(Rule.KEY, match)

    def _why_no_key(self, entry: Entry) -> Verdict:
        slow = next((key for key in entry.keys if key.written in self.text.slow_keys), None)
        if slow is not None:
            return Verdict(Rule.SLOW_REGEX, secondary=slow.written)
        bad = next((key for key in entry.keys if key.is_bad), None)
        return Verdict(Rule.NO_KEY) if bad is None else Verdict(Rule.BAD_REGEX, secondary=bad.written)

    def _judge_secondary(self, entry: Entry, match: Match) -> Verdict:
        """Names the key that decided, where a single one did."""
        logic = entry.source.logic
        for key in entry.secondary:
            is_found = self.text.find_key(entry, key) is not None
            if logic == KeyLogic.AND_ANY and is_found:
                return Verdict(Rule.KEY, match, secondary=key.written)
            if logic == KeyLogic.NOT_ALL and not is_found:
                return Verdict(Rule.KEY, match)
            if logic == KeyLogic.NOT_ANY and is_found:
                return Verdict(Rule.SECONDARY, match, secondary=key.written)
            if logic == KeyLogic.AND_ALL and not is_found:
                return Verdict(Rule.SECONDARY, match, secondary=key.written)
        is_open = logic in (KeyLogic.NOT_ANY, KeyLogic.AND_ALL)
        return Verdict(Rule.KEY if is_open else Rule.SECONDARY, match)
