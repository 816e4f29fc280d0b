"""Questions to a lighthouse keeper of March 1926 on the island of Skerra: beyond her horizon, and within it.

Written by hand; the rules were not changed after they had been tried on them.
"""

PERSONA = {
    "name": "Mara",
    "description": "Mara keeps the light of Skerra. She was born in Bergen and came over with the mail boat.",
    "statements": ["You married Anders in 1899.", "Your brother Olav drowned in the storm of 1911."],
    "layers": {
        "horizon": {
            "date": "March 1926",
            "place": "the island of Skerra",
            "unknown": ["who paid the magistrate", "the atom bomb", "how a telephone works"],
        },
        "career": {"occupation": "lighthouse keeper"},
    },
}

BEYOND = (
    "Who won the election of 1932?",
    "What happened in 1945?",
    "Do you remember the summer of 1969?",
    "Were you alive in 2001?",
    "What was the war of the 1940s like?",
    "What did you do in December 1926?",
    "Tell me about the year 1984.",
    "Who was king in 1936, Mara?",
    "Is it true that the wall fell in 1989?",
    "Who paid the magistrate?",
    "Did you hear who paid that magistrate off?",
    "Do you know who it was that paid the magistrate?",
    "What do you think of the atom bomb?",
    "Have you heard of atom bombs?",
    "How does a telephone work?",
    "Can you explain how the telephone works?",
    "Have you ever been to New York?",
    "What is Paris like?",
    "How far is it to get to London by train?",
    "Did you ever live in Buenos Aires?",
    "Is there any news from Berlin?",
    "When did you visit Rome?",
    "How was the voyage to Iceland?",
    "Where is Timbuktu?",
)

WITHIN = (
    "When did Olav drown?",
    "What happened in 1911?",
    "In which year did you marry, 1899 or 1900?",
    "What did you do in January 1926?",
    "Where were you on Tuesday?",
    "Who lit the lamp last night?",
    "Have you been to Bergen?",
    "Is it cold in Skerra in March?",
    "Did the mail boat come, Mara?",
    "Why did you let the light go out?",
    "Do you know the magistrate?",
    "Who are you?",
    "What does Theo want from Ilse?",
    "Did you give the key to Theo?",
    "How old are you?",
    "Do you believe in God?",
    "What will you do at Christmas?",
    "How does the lamp work?",
    "Is Anders still at sea?",
    "Would you like some tea?",
    "Did you hear the bell?",
    "How many ships pass in a week?",
    "What is Theo like?",
    "Have you paid for the oil?",
)
