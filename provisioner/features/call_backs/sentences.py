"""What a call-back menu says, and what it writes to those who shall call back."""

from __future__ import annotations

from provisioner.core.notices import Words
from provisioner.core.spoken import spoken

OFFER = spoken(sv="Vi kan ringa upp dig på", en="We can call you back at")
OFFERED = spoken(
    sv="Stämmer det, tryck ett. För att ange ett annat nummer, tryck två.",
    en="If that is right, press one. To give another number, press two.",
)
KEY_IN = spoken(
    sv="Slå numret som vi ska ringa, och avsluta med fyrkant.",
    en="Please key in the number that we shall call, and end with the hash key.",
)
READ_BACK = spoken(sv="Du angav", en="You have entered")
CONFIRM = spoken(
    sv="Stämmer det, tryck ett. För att ange numret igen, tryck två.",
    en="If that is right, press one. To enter the number again, press two.",
)
THANKS = spoken(sv="Tack. Vi ringer upp dig.", en="Thank you. We will call you back.")
SENTENCES = (OFFER, OFFERED, KEY_IN, READ_BACK, CONFIRM, THANKS)


def notice(title: str) -> dict[str, Words]:
    """What those are told who shall call back; `number` is the one that was left."""
    return {
        "sv": Words(
            subject=f"Ring upp {{number}}: {title}",
            mail=f"{title}: någon vill bli uppringd på {{number}}.\nSamtalet kom {{time}} från {{caller}}.\n",
            sms=f"{title}: ring upp {{number}} (samtal {{time}})",
        ),
        "en": Words(
            subject=f"Call back {{number}}: {title}",
            mail=f"{title}: somebody asks to be called back at {{number}}.\nThe call came {{time}} from {{caller}}.\n",
            sms=f"{title}: call back {{number}} (called {{time}})",
        ),
    }
