"""Hearing and speaking in samples: the `Ear` and `Voice` ports on numpy. See `measure` for what counts as heard."""
