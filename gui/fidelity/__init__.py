"""The place "Fidelity": the scores of playtests as views into the text. What is selected in one view is in all."""
