"""Questionnaires that characters answer in thrown-away branches. Knows no rows: chats in, answers out."""
