"""What changes of directories mean for callers."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(("*",), added="a directory {name} exists", removed="the directory {name} is gone", dangerous=True),
    Wording(("*", "prompt"), changed="the directory {name} asks with {new} instead of {old}"),
    Wording(("*", "letters"), changed="the directory {name} asks for {new} letters instead of {old}"),
    Wording(("*", "attempts"), changed="the directory {name} asks at most {new} times instead of {old}"),
    Wording(("*", "exhausted"), changed="who finds nobody in the directory {name} goes to {new} instead of {old}"),
)
