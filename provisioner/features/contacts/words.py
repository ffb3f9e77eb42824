"""What changes of contacts mean for users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        (),
        added="users have a contact book, which telephones read by LDAP and programs by CardDAV: {new}",
        removed="users have no contact book any more, and their own are not told: {old}",
    ),
    Wording(
        ("*",),
        added="users know the contact {name}: {new}",
        removed="users no longer know the contact {name}; its calls bear no name: {old}",
    ),
    Wording(("*", "name"), changed="calls from the contact {name} show {new} instead of {old}"),
    Wording(
        ("*", "company"),
        changed="calls from the contact {name} show the company {new} instead of {old}",
        added="calls from the contact {name} show the company {new}",
        removed="calls from the contact {name} no longer show the company {old}",
    ),
    Wording(("*", "numbers"), changed="the contact {name} calls from {new} instead of {old}"),
    Wording(
        ("*", "email"),
        changed="mail to the contact {name} goes to {new} instead of {old}",
        added="mail to the contact {name} goes to {new}",
        removed="the contact {name} has no mail address any more",
    ),
    Wording(
        ("*", "note"),
        changed="users read of the contact {name}: {new}, instead of: {old}",
        added="users read of the contact {name}: {new}",
        removed="users no longer read of the contact {name}: {old}",
    ),
)
