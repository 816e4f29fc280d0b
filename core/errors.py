"""The one exception for the world's faults. Anything else that is raised is a bug."""


class UserError(Exception):
    """A fault of the world, not of the code: a full disk, a broken file, weights that do not fit.

    Shown as it is, beside the thing it is about, without a traceback.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        """Takes one sentence that says what is wrong, and one that says what to do next."""
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()
