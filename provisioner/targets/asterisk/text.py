"""Words that people write, made harmless for Asterisk's files.

A display name may hold anything: `${SHELL(…)}`, a line end and `#exec`, a `;` that starts a comment. `literal` is for
the value of `Set()` and for the fields of a file; `argument` is for one argument among others, where commas, quotes
and brackets separate. Both lose a little beauty and never mean anything but themselves. `clean` is the last guard, in
every writer: no text can begin a second line or pass for a secret.
"""

from __future__ import annotations

from provisioner.core.secrets import defuse


def clean(text: str) -> str:
    """One line of a file: control characters and line ends become blanks, secrets' tokens are broken."""
    if not text.isprintable():
        text = "".join(each if each.isprintable() else " " for each in text)
    return defuse(text)


def escape(text: str) -> str:
    """The text as Asterisk's reader of files gives it back: a bare semicolon would start a comment."""
    if not text.isprintable() or "{{" in text:
        text = clean(text)
    return text.replace(";", "\\;") if ";" in text else text


def literal(text: str) -> str:
    """Words that are not evaluated: a dollar sign would start a variable or an expression, so it is written wide."""
    return " ".join(clean(text).split()).replace("$", "＄")


_SEPARATORS = str.maketrans({each: f"\\{each}" for each in '\\,"()[]'})


def argument(text: str) -> str:
    """Words as one argument of an application that takes several."""
    return literal(text).translate(_SEPARATORS)


def field(text: str) -> str:
    """Words as one of the comma-separated fields of a mailbox, which know no escape."""
    return " ".join(literal(text).replace(",", " ").replace("|", " ").split())
