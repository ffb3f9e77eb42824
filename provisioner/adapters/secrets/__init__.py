"""The secret store: a file encrypted with age, and variables of the environment over it."""
