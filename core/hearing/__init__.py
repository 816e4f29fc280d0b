"""Who perceives what: audiences, what is overheard, facts learnt by hearing, leaks. Pure: no rows, no weights."""
