"""One room for each noun of the tenant file. Rooms are strangers to each other and meet by name."""
