"""Nouns of the compiler that every ring may use: positions, findings, references, artifacts, ports, errors."""
