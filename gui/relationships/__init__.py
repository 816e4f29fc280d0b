"""The relationship map: who is what to whom, as each of them sees it."""
