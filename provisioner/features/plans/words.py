"""What changes of add-ons mean for the tenant."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording((), changed="the add-ons are {new} instead of {old}", added="the add-ons are {new}", removed="no add-ons"),
)
