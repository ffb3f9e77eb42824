"""The words of pages in each of their languages; English is what stands in the code. What the tenant's file says, what
findings say and what history tells stay as they are, and are marked as what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.cli.year import MONTHS, WEEK

ENGLISH: Mapping[str, str] = {
    "hangup": "the call ends", "dect": "DECT",
    "may internal": "colleagues", "may national": "fixed lines", "may mobile": "fixed lines and mobiles",
    "may international": "abroad", "may premium": "abroad and premium numbers",
    "calls national": "to fixed lines", "calls mobile": "to mobiles", "calls international": "abroad",
    "calls premium": "to premium numbers",
}  # fmt: skip
"""Of what is named by a word of the file's language."""

SWEDISH: Mapping[str, str] = {
    # what things are called
    "number": "nummer", "outside number": "externt nummer", "mailbox": "röstbrevlåda", "hangup": "samtalet slutar",
    "schedule": "schema", "fax box": "faxbrevlåda", "user": "användare",
    "queue": "kö", "call-back menu": "återuppringningsval", "external attendant": "extern telefonist",
    "access from outside": "åtkomst utifrån", "voice attendant": "röststyrd telefonist",
    "menu": "knappval", "activity": "aktivitet",
    "directory": "namnval", "shared mailbox": "gemensam röstbrevlåda", "announcement": "meddelande",
    "ring group": "ringgrupp", "conference": "konferens",
    "ext. {0}": "ankn. {0}", "leads to {0} more by name or extension": "leder till {0} till via namn eller anknytning",
    # ways of a call
    "open": "öppet", "closed": "stängt", "closed by an exception": "stängt enligt undantag", "vacation": "semester",
    "holiday": "helgdag", "closed by the calendar": "stängt enligt kalender", "always": "alltid", "busy": "upptaget",
    "no answer": "inget svar", "unreachable": "ej nåbar", "in {1}": "under {1}",
    "always, colleagues": "alltid, kollegor", "always, from outside": "alltid, utifrån",
    "busy, colleagues": "upptaget, kollegor", "busy, from outside": "upptaget, utifrån",
    "no answer, colleagues": "inget svar, kollegor", "no answer, from outside": "inget svar, utifrån",
    "unreachable, colleagues": "ej nåbar, kollegor", "unreachable, from outside": "ej nåbar, utifrån",
    "key {2} in the mailbox": "knapp {2} i brevlådan", "rings": "ringer", "waited too long": "väntat för länge",
    "nobody logged in": "ingen inloggad", "all pause": "alla har paus", "queue full": "kön är full",
    "number left": "nummer lämnat", "attempts used up": "försöken är slut",
    "own attendants are there": "egna telefonister är på plats", "asks for {1}": "ber om {1}",
    "asks by name": "ber om ett namn", "key {1}": "knapp {1}", "not understood": "inte uppfattat",
    "extension {1}": "anknytning {1}", "no key": "ingen knapp", "wrong key": "fel knapp",
    "callers of users in it": "under aktiviteten", "by name": "via namn", "then": "sedan",
    "blocked caller": "spärrad uppringare", "withheld number": "dolt nummer", "after the last day": "efter sista dagen",
    # sections
    "Numbers": "Nummer", "Call flow": "Samtalsväg", "Users": "Användare", "Cost": "Kostnad", "Schedules": "Scheman",
    "Findings": "Iakttagelser", "History": "Historik", "Verification": "Provringning", "The file": "Filen",
    "Tenants": "Kunder", "Number blocks": "Nummerserier", "Trunks": "Trunkar", "Catalogue": "Prislista",
    "Environments": "Miljöer", "Contents": "Innehåll", "Skip to the contents": "Gå till innehållet",
    # heads of columns and facts
    "Number": "Nummer", "Title": "Benämning", "Kind": "Slag", "Leads to": "Leder till",
    "Name": "Namn", "Extension": "Anknytning", "Plan": "Abonnemang", "Direct number": "Direktnummer",
    "Telephones": "Telefoner", "May call": "Får ringa", "Item": "Post", "Count": "Antal", "Price": "Pris",
    "Amount": "Belopp", "A month": "Per månad", "Code": "Kod", "Place": "Ställe", "What": "Vad",
    "Domain": "Domän", "Block": "Serie", "In use": "Används", "Address": "Adress", "For": "För",
    "Outcome": "Utfall", "Total": "Summa", "Base": "Grundpris", "Mailbox": "Röstbrevlåda",
    "Test call": "Provsamtal", "Seconds": "Sekunder", "Call": "Samtal", "Start": "Start", "Minute": "Minut",
    "Machines": "Maskiner", "Day": "Dag", "Target": "Mål",
    # numbers and rights
    "main": "huvudnummer", "direct": "direktnummer", "mobile": "mobilnummer", "other": "annat",
    "international": "utländskt", "Direct numbers": "Direktnummer",
    "Mobile numbers": "Mobilnummer", "Other numbers": "Andra nummer", "International numbers": "Utländska nummer",
    "Main numbers": "Huvudnummer",
    "may internal": "kollegor", "may national": "fasta nummer", "may mobile": "fasta och mobila nummer",
    "may international": "utomlands", "may premium": "utomlands och betalnummer",
    "calls national": "till fasta nummer", "calls mobile": "till mobiler", "calls international": "utomlands",
    "calls premium": "till betalnummer", "as the plan says": "enligt abonnemanget",
    "desk": "bordstelefon", "dect": "DECT", "softphone": "app", "browser": "webbläsare", "mobile telephone": "mobil",
    "yes": "ja", "no": "nej", "everything": "allt", "emergency calls": "nödsamtal",
    "from {0}": "från {0}", "until {0}": "till och med {0}",
    # sentences
    "Telephony of {0}": "Telefoni hos {0}", "Telephony at {0}": "Telefoni hos {0}",
    "as of {0}": "läget {0}", "by {0}": "av {0}", "commit {0}": "revision {0}",
    "with changes that are not committed": "med ändringar som inte är sparade i historiken",
    "the files as they are, not in Git": "filerna som de är, utan historik",
    "{0} of {1} passed": "{0} av {1} godkända", "not verified": "inte provringt", "per month": "per månad",
    "numbers": "nummer", "users": "användare", "findings": "iakttagelser", "test calls passed": "provsamtal godkända",
    "tenants": "kunder", "all tenants": "alla kunder",
    "unavailable": "ej tillgänglig", "congestion": "spärrton", "normal": "avslutas",
    "rings {0}": "ringer {0}", "behind it {0}": "därefter {0}", "the call ends: {0}": "samtalet slutar: {0}",
    "Who is reached when": "Vem som nås när",
    "{0} in {1}, day by day from left to right and hour by hour from top to bottom":
        "{0} år {1}, dag för dag från vänster till höger och timme för timme uppifrån och ned",
    "These numbers lead to the same place at every hour: {0}.":
        "De här numren leder till samma ställe dygnet runt: {0}.",
    "Where calls go": "Vart samtalen går",
    "Each box leads to its line of the file. Thick green lines are where a caller comes first, without a choice.":
        "Varje ruta leder till sin rad i filen. Tjocka gröna linjer visar vart den som ringer kommer först, utan att "
        "välja.",
    "The same in words": "Samma sak i ord",
    "What a month costs in which everything is active, without calls and without tax. Prices are those of the "
    "provider's catalogue.":
        "Vad en månad kostar då allt är aktivt, utan samtal och utan moms. Priserna är de i leverantörens prislista.",
    "{0} in {1}": "{0} år {1}", "weekly hours": "veckans tider", "exception": "undantag",
    "Days that differ from the week": "Dagar som avviker från veckan",
    "open differently": "andra tider", "clocks change": "klockan ställs om", "closed all day": "stängt hela dagen",
    "open {0}": "öppet {0}", "callers reach {0}": "den som ringer når {0}",
    "clocks change {0}": "klockan ställs om {0}",
    "Every day is as the week says.": "Alla dagar är som veckan säger.",
    "Nothing to complain about.": "Inget att anmärka på.",
    "error": "fel", "warning": "varning", "note": "notering",
    "What the file said": "Vad filen har sagt", "What was applied": "Vad som har driftsatts",
    "What was committed": "Vad som har sparats i historiken",
    "The last {0} commits, newest first.": "De senaste {0} revisionerna, nyast först.",
    "the first": "den första",
    "nothing that callers, users or the invoice would notice": "inget som uppringare, användare eller fakturan märker",
    "and {0} more": "och {0} till",
    "The folder is not in Git.": "Mappen har ingen historik i Git.", "Nothing is committed yet.": "Inget är sparat än.",
    "Nothing was recorded for the environment {0}.": "Inget är antecknat för miljön {0}.",
    "because: {0}": "skäl: {0}", "allowed {0}": "tillät {0}",
    "applied": "driftsatt", "failed": "misslyckades", "partly": "delvis", "begun": "påbörjat", "destroyed": "borttaget",
    "passed": "godkänt",
    "No results of test calls are at hand: pbx verify --report junit=build/verify.xml makes them.":
        "Inga resultat av provsamtal finns: pbx verify --report junit=build/verify.xml ger dem.",
    "Made on {0} (UTC).": "Gjorda {0} (UTC).", "All {0} test calls passed.": "Alla {0} provsamtal godkända.",
    "{0} of {1} test calls failed.": "{0} av {1} provsamtal misslyckades.", "Every test call": "Alla provsamtal",
    "{0} free": "{0} lediga", "A number rests for {0} days before another tenant may have it.":
        "Ett nummer vilar {0} dagar innan en annan kund kan få det.",
    "for one user": "per användare", "for a tenant": "per kund", "for each": "per styck",
    "This page needs no network and no script.":
        "Sidan behöver varken nät eller skript.",
    "another operator's, not in use here yet": "en annan operatörs, används inte här än",
    "callers hear that it is not in use": "den som ringer får höra att numret inte används",
    "Legend": "Teckenförklaring", "Back to all tenants": "Till alla kunder",
}  # fmt: skip

SWEDISH_MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
    "december",
)  # fmt: skip
SWEDISH_WEEK = ("må", "ti", "on", "to", "fr", "lö", "sö")


@dataclass(frozen=True)
class Language:
    code: str
    """BCP 47."""
    months: tuple[str, ...]
    week: tuple[str, ...]
    words: Mapping[str, str]
    """English → this language; what is not in it stays as it is."""
    decimal: str = "."

    def say(self, text: str, *values: object) -> str:
        told = self.words.get(text, text)
        return told.format(*values) if values else told


LANGUAGES: Mapping[str, Language] = {
    "en": Language("en", MONTHS, WEEK, ENGLISH),
    "sv": Language("sv", SWEDISH_MONTHS, SWEDISH_WEEK, SWEDISH, ","),
}
"""Those that pages are written in."""
