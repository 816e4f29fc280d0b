"""Who perceives what comes of an act: those who are where it is done, and where it leads."""

from core.narrator.acts import Act, ActKind
from core.narrator.situation import Situation


def witnesses(before: Situation, after: Situation, act: Act) -> list[str]:
    """Returns the ids of the roles that perceive an act and what came of it, in the order of the roles.

    Whoever does it always does. What is done with a prop that is not seen is perceived only by who has it to do with.

    Args:
        before: The scene as it was when the act was done.
        after: The scene with what came of it.
    """
    is_hidden = act.prop in before.props and not before.props[act.prop].is_visible
    concerned = {act.other} if act.kind == ActKind.GIVE else set()
    return [
        role_id
        for role_id in before.role_ids
        if role_id == act.role_id
        or (
            (not is_hidden or role_id in concerned)
            and (before.are_together(act.role_id, role_id) or after.are_together(act.role_id, role_id))
        )
    ]
