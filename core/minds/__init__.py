"""What goes on in a character before it speaks: memory, mood, plan, what moves it, what it cannot know.

Knows no rows of the project and no views.
"""
