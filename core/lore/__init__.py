"""Which entries of lorebooks a turn brings into a prompt, and why. Pure: no database, no weights, no clock.

Source: SillyTavern's World Info; Character Card V3, "Lorebook Fields" and "Decorators" (`interop.md` 3.3 to 3.5).
"""
