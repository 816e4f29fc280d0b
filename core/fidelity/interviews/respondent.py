"""Who is interviewed: the chat that a character reads at one moment, and the weights that play it.

Every question stands alone behind that chat, on a lane of its own: what is read for it is thrown away, the beginning of
the chat is read once, and no answer is ever seen by a later question.
"""

from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace

from core.inference.request import Adapter, Ask, Message, Request, Result, Usage

OnItem = Callable[[int, int], None]
"""Takes how many questions are done, and how many there are."""


def nobody_looks(_n_done: int, _n_all: int) -> None:
    """Takes progress that nobody wants to see."""


@dataclass(frozen=True, slots=True)
class Respondent:
    """A character at one moment of a scene."""

    name: str
    messages: tuple[Message, ...]
    """Its view; ends with a user's message."""
    ask: Ask
    """Runs a request; None: the user stopped."""
    lane: str = "interview"
    adapters: tuple[Adapter, ...] = ()
    opening: str = ""
    """What a digit stands behind in the answer, such as an empty thought where the weights always think first."""
    read: Callable[[str], str] = str.strip
    """Takes what the weights wrote; returns what the character said."""
    stop: tuple[str, ...] = ()
    """Texts that end an answer."""
    usages: list[Usage] = field(default_factory=list)
    """What each request cost."""

    def asked(self, question: str) -> tuple[Message, ...]:
        """Returns the chat with a question at the end of its last message."""
        last = self.messages[-1]
        return (*self.messages[:-1], replace(last, content=f"{last.content}\n\n({question})"))

    def run(self, request: Request) -> Result:
        """Runs a request.

        Raises:
            CancelledError: The user stopped.
            UserError: The weights cannot be run, or cannot do this.
        """
        result = self.ask(request)
        if result is None:
            raise CancelledError
        usage = getattr(result, "usage", None)
        if isinstance(usage, Usage):
            self.usages.append(usage)
        return result
