"""The fault of an engine that cannot do what was asked, however often it is asked."""

from core.errors import UserError


class Unsupported(UserError):
    """The engine in use, such as a server, has no way to answer this kind of request. Never answered by a guess."""
