"""What Asterisk's own voicemail says to those who listen to their messages, where it has no sounds of a language.

It knows the grammar of some languages beside English, Swedish among them, which it calls `se` and not `sv`. No package
has Swedish sounds, so they are spoken like prompts and lie in a folder of that name. Whatever is missing there Asterisk
says in English. Not for what callers hear who leave a message: those are sentences of the rooms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from provisioner.core.artifacts import Speech

from .objects import Sound, Step

CODES: Mapping[str, str] = {"sv": "se"}
"""Language → what Asterisk calls it."""

_SWEDISH: Mapping[str, str] = {
    "vm-youhave": "Du har",
    "vm-no": "inga",
    "vm-and": "och",
    "vm-messages": "meddelanden.",
    "vm-message": "meddelande.",
    "vm-meddelandet": "meddelandet.",
    "vm-nytt": "nytt",
    "vm-nya": "nya",
    "vm-gammalt": "gammalt",
    "vm-gamla": "gamla",
    "vm-first": "Första",
    "vm-last": "Sista",
    "vm-INBOX": "nya",
    "vm-Old": "gamla",
    "vm-Work": "arbete",
    "vm-Family": "familj",
    "vm-Friends": "vänner",
    "vm-Urgent": "brådskande",
    "vm-onefor": "Tryck 1 för",
    "vm-onefor-full": "Tryck 1 för",
    "vm-opts": "Tryck 2 för att byta mapp, 3 för fler val och 0 för inställningar.",
    "vm-opts-full": "Tryck 2 för att byta mapp, 3 för fler val och 0 för inställningar.",
    "vm-helpexit": "Tryck stjärna för hjälp, eller fyrkant för att avsluta.",
    "vm-goodbye": "Hej då.",
    "vm-prev": "Tryck 4 för föregående meddelande.",
    "vm-repeat": "Tryck 5 för att höra meddelandet igen.",
    "vm-next": "Tryck 6 för nästa meddelande.",
    "vm-delete": "Tryck 7 för att radera meddelandet.",
    "vm-undelete": "Tryck 7 för att behålla meddelandet.",
    "vm-toforward": "Tryck 8 för att skicka meddelandet vidare.",
    "vm-savemessage": "Tryck 9 för att spara meddelandet.",
    "vm-advopts": "Tryck 3 för fler val.",
    "vm-deleted": "Meddelandet är raderat.",
    "vm-undeleted": "Meddelandet finns kvar.",
    "vm-nomore": "Det finns inga fler meddelanden.",
    "vm-nomessages": "Det finns inga meddelanden.",
    "vm-sorry": "Jag förstod inte.",
    "vm-changeto": "Byt till mapp.",
    "vm-savefolder": "I vilken mapp ska meddelandet sparas?",
    "vm-savedto": "sparat i",
    "vm-for": "för",
    "vm-press": "Tryck",
    "vm-tocancel": "eller fyrkant för att avbryta.",
    "vm-received": "Mottaget",
    "vm-from-phonenumber": "från telefonnummer",
    "vm-from-extension": "från anknytning",
    "vm-from": "från",
    "vm-unknown-caller": "från okänt nummer",
    "vm-duration": "Längd:",
    "vm-minutes": "minuter.",
    "vm-options": "Tryck 1 för att spela in hälsningen, 2 för hälsningen när du är upptagen, 3 för ditt namn, "
    "4 för en tillfällig hälsning, 5 för att byta kod, eller stjärna för att gå tillbaka.",
    "vm-rec-unv": "Säg din hälsning efter tonen, och avsluta med fyrkant.",
    "vm-rec-busy": "Säg hälsningen för när du är upptagen efter tonen, och avsluta med fyrkant.",
    "vm-rec-name": "Säg ditt namn efter tonen, och avsluta med fyrkant.",
    "vm-rec-temp": "Säg den tillfälliga hälsningen efter tonen, och avsluta med fyrkant.",
    "vm-review": "Tryck 1 för att spara inspelningen, 2 för att höra den eller 3 för att spela in på nytt.",
    "vm-msgsaved": "Inspelningen är sparad.",
    "vm-torerecord": "Tryck 3 för att spela in på nytt.",
    "vm-tempgreeting": "Tryck 1 för att spela in en tillfällig hälsning, eller stjärna för att gå tillbaka.",
    "vm-tempgreeting2": "Tryck 1 för att spela in en ny tillfällig hälsning, 2 för att ta bort den, "
    "eller stjärna för att gå tillbaka.",
    "vm-tempremoved": "Den tillfälliga hälsningen är borttagen.",
    "vm-tempgreetactive": "Den tillfälliga hälsningen gäller.",
    "vm-newpassword": "Slå din nya kod, och avsluta med fyrkant.",
    "vm-reenterpassword": "Slå den nya koden igen, och avsluta med fyrkant.",
    "vm-passchanged": "Koden är bytt.",
    "vm-mismatch": "Koderna var inte lika.",
    "vm-invalid-password": "Den koden går inte att använda.",
    "vm-pls-try-again": "Försök igen.",
    "vm-password": "Kod?",
    "vm-login": "Brevlåda?",
    "vm-incorrect": "Fel kod.",
    "vm-incorrect-mailbox": "Fel brevlåda eller kod. Brevlåda?",
    "auth-thankyou": "Tack.",
    "and": "och",
    "digits/ett": "ett",
    "digits/1N": "ett",
    "digits/at": "klockan",
    "digits/oclock": "noll noll",
    "digits/oh": "noll",
    "digits/a-m": "på förmiddagen.",
    "digits/p-m": "på eftermiddagen.",
    "digits/today": "i dag",
    "digits/yesterday": "i går",
    "digits/hundred": "hundra",
    "digits/thousand": "tusen",
}
_NUMBERS = {
    "sv": "noll en två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton "
    "tjugo trettio fyrtio femtio sextio sjuttio åttio nittio",
}
_DAYS = {"sv": "söndag måndag tisdag onsdag torsdag fredag lördag"}
_MONTHS = {"sv": "januari februari mars april maj juni juli augusti september oktober november december"}
_ORDINALS = {
    "sv": "första andra tredje fjärde femte sjätte sjunde åttonde nionde tionde elfte tolfte trettonde fjortonde "
    "femtonde sextonde sjuttonde artonde nittonde tjugonde tjugoförsta tjugoandra tjugotredje tjugofjärde tjugofemte "
    "tjugosjätte tjugosjunde tjugoåttonde tjugonionde trettionde trettioförsta",
}
_WORDS = {"sv": _SWEDISH}


def listens(language: str) -> tuple[Step, ...]:
    """Before an owner listens who speaks the tenant's `language`: it is called as Asterisk does."""
    short = language[:2]
    if short not in CODES:
        return ()
    return (Step("ExecIf", f'$["${{CHANNEL(language):0:2}}" = "{short}"]?Set(CHANNEL(language)={CODES[short]})'),)


@cache
def sounds(language: str) -> tuple[Sound, ...]:
    """All that voicemail says in the language; nothing where Asterisk has it, or has no grammar for it."""
    return tuple(_sounds(language[:2])) if language[:2] in CODES else ()


def _sounds(short: str) -> Iterator[Sound]:
    words = dict(_WORDS[short])
    names = [*map(str, range(20)), *map(str, range(20, 100, 10))]
    for prefix, spoken in (("", _NUMBERS), ("day-", _DAYS), ("mon-", _MONTHS), ("h-", _ORDINALS)):
        listed = spoken[short].split()
        keys = names if not prefix else [str(count + (prefix == "h-")) for count in range(len(listed))]
        words |= {f"digits/{prefix}{key}": word for key, word in zip(keys, listed, strict=True)}
    for name, text in words.items():
        yield Sound(Speech(text, short), alias=f"{CODES[short]}/{name}")
