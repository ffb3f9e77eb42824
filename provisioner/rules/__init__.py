"""Checks that need two nouns, one a file."""
