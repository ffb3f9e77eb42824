"""What a provider can sell: the words of the plan catalogue, one for each thing that a tenant file can make use of.

A room says which of them a file uses (`Use`); the plans room compares that with what was bought. A word never changes
its meaning, because it stands on invoices.
"""

from __future__ import annotations

from enum import StrEnum


class Capability(StrEnum):
    """One sellable thing. Those of a user are covered by her plan, those of the tenant by the base or an add-on."""

    DESK = "desk"
    """A desk phone (user)."""
    DECT = "dect"
    """A cordless phone (user)."""
    SOFTPHONE = "softphone"
    """An app on a computer or mobile phone (user)."""
    BROWSER = "browser"
    """Calls in the browser (user)."""
    VOICEMAIL = "voicemail"
    """A personal mailbox (user)."""
    FORWARDING = "forwarding"
    """Forwarding rules other than to the own mailbox or a hang-up (user)."""
    DIRECT_NUMBER = "direct_number"
    """A public number of the user's own (user)."""
    INTERNATIONAL = "international"
    """Calls abroad (user)."""
    PREMIUM = "premium"
    """Calls to premium-rate numbers (user)."""
    FURTHER_MAIN_NUMBER = "further_main_number"
    """A main number beside the first (tenant)."""
    FURTHER_SITE = "further_site"
    """A site beside the first (tenant)."""
    SHARED_VOICEMAIL = "shared_voicemail"
    """A mailbox of several users (tenant)."""
    ANNOUNCEMENT = "announcement"
    IVR = "ivr"
    QUEUE = "queue"
    RING_GROUP = "ring_group"
    SCHEDULE = "schedule"
