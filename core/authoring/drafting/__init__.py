"""Drafting help: from a line, prose, posts, a transcript or an interview to proposals, to be taken one by one.

Nothing here changes a character. Every proposal says why, and cites the words it comes from.
"""
