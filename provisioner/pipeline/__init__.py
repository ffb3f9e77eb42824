"""The verbs, in order: load, validate, resolve, compile, plan, apply, verify."""
