"""What a user does to the rows of a project. Screens and commands call these; they open no sessions of their own."""
