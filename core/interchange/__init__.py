"""Rows to files and back: cards, packs, chats, transcripts, reports."""
