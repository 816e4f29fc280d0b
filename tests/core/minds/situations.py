"""Sides of personas with what brings them out, and lines that do: which side each line is meant for is marked.

`TUNED` is what the threshold was fitted on; `HELD` was written apart and used for nothing but the test.
Each set: name of a side -> (its situations, lines meant for it); the side "" has lines that no side is meant for.
"""

Sides = dict[str, tuple[list[str], list[str]]]

TUNED: list[Sides] = [
    {
        "fierce": (
            ["somebody threatens a child", "a child is in danger", "somebody hurts a weaker person"],
            [
                "If that boy touches my apples again I will break his fingers.",
                "The little girl has fallen into the well!",
                "He beat the old beggar until he could not stand.",
                "Keep your brat away from me or I will hit him.",
                "There is a child trapped in the burning house.",
            ],
        ),
        "gentle": (
            ["somebody is sad or mourning", "somebody is ill", "a friend weeps"],
            [
                "My mother died on Tuesday. I do not know what to do with her room.",
                "I feel so sick, I have had a fever all night.",
                "She sat on the stairs and cried.",
                "We buried him this morning in the rain.",
                "I cannot stop my tears.",
            ],
        ),
        "merry": (
            ["there is a feast or a dance", "people drink and sing", "somebody tells a joke"],
            [
                "Come and dance with me, the fiddler is playing!",
                "Another round of beer for the whole table!",
                "Have you heard the joke about the bishop and the goose?",
                "Let us sing the old song together.",
                "The wedding party begins at six, with roast pork and wine.",
            ],
        ),
        "": (
            [],
            ["The tide is at nine tomorrow.", "Pass me the rope.", "It is a long road to the mill.", "Good morning."],
        ),
    },
    {
        "teacher": (
            ["somebody asks how something works", "a pupil makes a mistake", "somebody wants to learn"],
            [
                "How does a steam engine work?",
                "I got the sum wrong again, sir.",
                "Could you teach me to read music?",
                "Explain to me why the moon changes its shape.",
            ],
        ),
        "bargainer": (
            ["somebody offers money", "a price is named", "something is bought or sold"],
            [
                "I will give you forty pounds for the horse.",
                "What does the lamp cost?",
                "Ten coins, and not one more.",
                "I want to sell my father's watch.",
            ],
        ),
        "coward": (
            ["a fight breaks out", "somebody draws a weapon", "soldiers come"],
            [
                "He has a knife in his hand!",
                "The guards are at the gate, they have rifles.",
                "Put up your fists and fight me.",
                "Draw your sword, you dog.",
            ],
        ),
        "": ([], ["The cat is asleep on the wall.", "We had soup for lunch.", "My sister lives in the north."]),
    },
    {
        "detective": (
            ["a crime is spoken of", "something was stolen", "somebody lies about where they were"],
            [
                "My pearls are gone from the drawer.",
                "There has been a murder at the hotel.",
                "I was at home all night, I swear it.",
                "The thief came in by the window.",
            ],
        ),
        "lover": (
            ["somebody flirts", "a kiss or love is spoken of", "she is alone with her husband"],
            [
                "You have the most beautiful eyes I ever saw.",
                "I have loved you since the summer.",
                "Kiss me before you go.",
                "At last we are alone, my darling.",
            ],
        ),
        "boss": (
            ["work goes wrong", "an employee is late", "orders must be given"],
            [
                "Sorry I am late for my shift again.",
                "The machine has stopped and the order will not be ready.",
                "What shall we do next, boss?",
                "The staff are waiting for your instructions.",
            ],
        ),
        "": ([], ["The bread is in the oven.", "Snow fell on the hills.", "I saw a heron by the river."]),
    },
]

HELD: list[Sides] = [
    {
        "guardian": (
            ["the ship is in a storm", "somebody is drowning", "the light goes out"],
            [
                "The waves are coming over the deck and the mast is cracking!",
                "There is a man in the water, he is going under!",
                "The lamp in the tower has gone dark.",
                "I never saw such a storm at sea.",
            ],
        ),
        "host": (
            ["guests arrive", "somebody is hungry or thirsty", "a stranger asks for shelter"],
            [
                "Good evening, we have come for the dinner party.",
                "I have not eaten since yesterday.",
                "Could a traveller sleep in your barn tonight?",
                "Is there any water? My throat is dry.",
            ],
        ),
        "accuser": (
            ["somebody has lied", "a promise was broken", "somebody betrays a friend"],
            [
                "I told them it was not me, but that was a lie.",
                "You promised to come back, and you broke your word.",
                "I gave his name to the police, though he trusted me as a friend.",
            ],
        ),
    },
    {
        "surgeon": (
            ["somebody is wounded and bleeding", "a patient is in pain", "a bone is broken"],
            [
                "He is bleeding badly, the wound is deep.",
                "My leg is broken, I heard the bone snap.",
                "It hurts, doctor, the pain will not stop.",
            ],
        ),
        "gossip": (
            ["somebody mentions a scandal", "neighbours are talked about", "somebody has a secret affair"],
            [
                "Have you heard what the neighbours are saying about the widow?",
                "They say the mayor has an affair with his secretary.",
                "What a scandal it was, the whole town talked of it.",
            ],
        ),
        "gambler": (
            ["cards or dice are on the table", "somebody makes a bet", "there is money to be won"],
            [
                "Deal the cards, we play until dawn.",
                "I bet you five pounds that the grey horse wins.",
                "The prize is a thousand crowns for the winner.",
                "Roll the dice, then.",
            ],
        ),
    },
    {
        "believer": (
            ["somebody prays", "God or faith is doubted", "a priest is present"],
            [
                "There is no God, and your prayers go nowhere.",
                "Let us pray for the dead.",
                "The priest is here to hear your confession.",
            ],
        ),
        "rebel": (
            ["somebody gives orders", "a law is unjust", "the rich mock the poor"],
            [
                "Do as I say, that is an order!",
                "The new law takes the land from those who work it.",
                "Look at those poor fools, laughed the rich lady.",
                "The tax is unjust and everybody knows it.",
            ],
        ),
        "child": (
            ["there are toys or games", "somebody tells a fairy tale", "there are sweets or cake"],
            [
                "Once upon a time there was a princess in a tower.",
                "I brought you a chocolate cake.",
                "Shall we play a game of hide and seek?",
            ],
        ),
    },
    {
        "engineer": (
            ["a machine breaks down", "the engine fails", "something must be repaired"],
            [
                "The engine is dead, captain, and we are drifting.",
                "Can you repair this radio?",
                "The machine made a noise and broke.",
            ],
        ),
        "diplomat": (
            ["two sides quarrel", "a treaty is discussed", "an enemy wants to talk"],
            [
                "The enemy has sent a messenger who wants to talk of peace.",
                "They have been shouting at each other and quarrelling all morning.",
                "We must discuss the terms of the treaty before noon.",
                "Both sides refuse to give way in this dispute.",
            ],
        ),
        "explorer": (
            ["an unknown land is found", "a map is shown", "a journey is planned"],
            [
                "Look, this old map shows a river that nobody has named.",
                "We leave for the mountains on Monday, the journey takes nine days.",
                "Land! There is land where no land should be, an unknown coast!",
            ],
        ),
    },
    {
        "mentor": (
            ["a beginner loses courage", "somebody fails a test", "a young person asks for advice"],
            [
                "I failed the exam for the second time.",
                "What would you advise me to do, now that I am young and free?",
                "I am only a beginner, I will never have the courage to go on stage.",
            ],
        ),
        "critic": (
            ["somebody shows a painting or a poem", "bad art is praised", "a play or concert is performed"],
            [
                "Look at my new painting, it took me a month.",
                "I wrote you a poem.",
                "The concert last night was performed without one right note.",
                "Everybody praises that awful sculpture as great art.",
            ],
        ),
        "miser": (
            ["somebody asks for a loan", "the bill comes", "money is wasted"],
            [
                "Could you lend me twenty pounds until Friday?",
                "The waiter has brought the bill.",
                "He wasted all his money on hats.",
                "I need a loan for the shop.",
            ],
        ),
    },
]
