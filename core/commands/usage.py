"""What is wrong with a command line beyond what its parser can tell."""

from core.errors import UserError


class WrongUsage(UserError):
    """Options that mean nothing: said like the world's faults, but with the exit status of wrong usage."""
