"""How an entity came to be as it is: its moments from the ledger, what differs between two, and ways back."""
