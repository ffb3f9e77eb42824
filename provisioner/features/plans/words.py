"""What changes of add-ons mean for the tenant."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(("*",), added="the add-on {name} is bought", removed="the add-on {name} is given up"),
    Wording(
        ("*", "count"),
        changed="the add-on {name} is bought {new} times instead of {old}",
        added="the add-on {name} is bought {new} times instead of once",
        removed="the add-on {name} is bought once instead of {old} times",
    ),
    Wording(
        ("*", "active_from"),
        changed="the add-on {name} begins on {new} instead of {old}",
        added="the add-on {name} begins on {new}",
        removed="the add-on {name} begins now instead of on {old}",
    ),
    Wording(
        ("*", "active_until"),
        changed="the add-on {name} ends on {new} instead of {old}",
        added="the add-on {name} ends on {new}",
        removed="the add-on {name} no longer ends on {old}",
    ),
)
