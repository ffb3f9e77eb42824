"""Examples that `--help` shows, by the words of the command. Those of some commands stand in their own description."""

from __future__ import annotations

from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "validate": (
        "pbx validate --folder examples",
        "pbx validate acme --report sarif=findings.sarif --report junit=findings.xml",
    ),
    "explain": ("pbx explain R101", "pbx explain users.extension"),
    "render": ("pbx render acme --out build/acme", "pbx render acme --explain extensions.conf"),
    "trace": (
        "pbx trace acme +46846500400 --at 2027-12-24T10:00",
        "pbx trace acme +46846500400 --keys 2 --busy anna,bo",
        "pbx trace acme +46846500400 --all",
    ),
    "schema": (
        "pbx schema --for tenant > tenant.schema.json",
        "pbx schema --for tenant acme > acme.schema.json",
        "pbx schema --for provider --dialect draft-07",
    ),
    "import fusionpbx": ("pbx import fusionpbx acme extensions.csv --destinations destinations.csv --plan business",),
    "import wazo": (
        "pbx import wazo acme users.csv --plan business",
        "pbx import wazo acme users.csv --list incalls.json --list groups.json --list schedules.json",
    ),
    "import ivozprovider": ("pbx import ivozprovider acme users.json extensions.json ddis.json --plan business",),
    "import asterisk": ("pbx import asterisk acme /etc/asterisk --plan business --sounds prompts/acme",),
    "import csv": (
        "pbx import csv acme users.csv --plan office",
        "pbx import csv acme users.csv --numbers numbers.csv --name Acme --domain acme.example --write",
    ),
    "policy": ("pbx policy --plan plan.json", "pbx policy acme --report sarif=policies.sarif"),
    "lsp": ("pbx lsp",),
    "codes": ("pbx codes acme", "pbx codes --format json"),
    "device": (
        "pbx device acme list",
        "pbx device acme link anna-app",
        "pbx device acme link base.store",
    ),
    "verify": (
        "pbx verify --env lab",
        "pbx verify --target acme --only 'ivr.*' -v",
        "pbx verify --report junit=build/verify.xml",
    ),
    "schedule show": (
        "pbx schedule show acme --year 2027",
        "pbx schedule show acme opening --format svg > opening.svg",
    ),
    "schedule import": ("pbx schedule import holidays.ics acme opening --year 2027",),
    "callbacks": ("pbx callbacks acme",),
    "activity": ("pbx activity acme", "pbx activity acme anna set lunch --until 13:00"),
    "desk": ("pbx desk acme", "pbx desk acme gate out"),
    "switch": ("pbx switch acme", "pbx switch acme opening closed --until 13:00"),
    "limits": ("pbx limits acme", "pbx limits acme --lift"),
    "storage": ("pbx storage acme",),
    "chat-password": ("pbx chat-password acme anna", "pbx chat-password acme guest.lars"),
    "secret ls": ("pbx secret ls --env production",),
    "secret set": ("pbx secret set given/relay --env production",),
    "secret renew": ("pbx secret renew devices/acme/anna-desk",),
    "pin": ("pbx pin acme anna", "pbx pin acme conference:weekly", "pbx pin acme conference:weekly --leaders"),
    "prompt list": ("pbx prompt list acme",),
    "prompt export": ("pbx prompt export acme welcome welcome.wav --language sv",),
    "prompt import": ("pbx prompt import acme welcome recorded.flac --language sv",),
    "prompt reset": ("pbx prompt reset acme welcome",),
    "prompt pin": ("pbx prompt pin acme",),
    "calls": ("pbx calls acme", "pbx calls acme anna --missed"),
    "recordings list": ("pbx recordings list acme --user anna --since 2027-01-01",),
    "recordings get": ("pbx recordings get acme ID --out call.wav",),
    "recordings delete": ('pbx recordings delete acme ID --reason "asked by the caller"',),
    "recordings log": ("pbx recordings log acme",),
    "queues": ("pbx queues acme --watch", "pbx queues acme --format json"),
    "agent": ("pbx agent acme nurse cecilia pause", "pbx agent acme nurse cecilia resume"),
    "conferences": ("pbx conferences acme --watch", "pbx conferences acme --format json"),
    "conference book": (
        "pbx conference book acme weekly --at 2027-01-11T10:00 --by anna --invite bo --invite eva@client.example",
        "pbx conference book acme weekly --at 2027-01-11T10:00 --by anna --every week --times 10 --remind 15m",
    ),
    "conference change": ("pbx conference change acme 1b4e28ba --at 2027-01-12T10:00 --invite cecilia",),
    "conference cancel": ("pbx conference cancel acme 1b4e28ba",),
    "conference bookings": ("pbx conference bookings acme",),
    "conference link": (
        "pbx conference link acme board --guest 'Lars Ek'",
        "pbx conference link acme board --user anna",
        "pbx conference link acme --user bo",
    ),
    "conference lock": ("pbx conference lock acme weekly",),
    "conference unlock": ("pbx conference unlock acme weekly",),
    "conference mute": ("pbx conference mute acme weekly bo", "pbx conference mute acme weekly members"),
    "conference unmute": ("pbx conference unmute acme weekly members",),
    "conference remove": ("pbx conference remove acme weekly +46701740650",),
    "attendant sheet": ("pbx attendant sheet acme",),
    "attendant records": ("pbx attendant records acme --month 2027-01",),
    "attendant login": ("pbx attendant login acme svarab",),
    "history": ("pbx history acme --since 2027-01-01",),
    "mv": (
        "pbx mv acme user:anna anna-b",
        "pbx mv acme queue:support service --dry-run",
        "pbx mv acme tenant nova",
    ),
    "lock ls": ("pbx lock ls --env prod",),
    "lock break": ("pbx lock break prod.tenant.acme",),
    "audit verify": ("pbx audit verify --env prod", "pbx audit verify --file lab.jsonl"),
    "invoice-basis": ("pbx invoice-basis --month 2027-01 --format csv",),
    "engine": ("pbx engine",),
    "lab up": ("pbx lab up", "pbx lab up --name trial", "pbx lab up --name trial --only phones --only carrier"),
    "lab down": ("pbx lab down", "pbx lab down --name trial"),
    "lab status": ("pbx lab status", "pbx lab status --format json | jq .inventory"),
    "lab shell": ("pbx lab shell core", 'pbx lab shell core asterisk -rx "core show channels"'),
    "lab mail": ("pbx lab mail --last 3", "pbx lab mail --format json | jq .messages"),
    "lab call": (
        "pbx lab call +46846500400 --press 1",
        "pbx lab call 102 --from acme:anna",
        "pbx lab call +46846500400 --press '1,,[Anna Ek]'",
    ),
    "image build": ("pbx image build", "pbx image build kamailio --fresh", "pbx image build --out dist/images"),
    "cluster up": ("pbx cluster up", "pbx cluster up --name trial"),
    "cluster down": ("pbx cluster down", "pbx cluster down --name trial"),
    "cluster status": ("pbx cluster status", "pbx cluster status --format json | jq .kubeconfig"),
    "cluster load": ("pbx cluster load", "pbx cluster load kamailio asterisk"),
    "cluster trial": ("pbx cluster trial --lab trial", "pbx cluster trial --lab trial --env pods >pods.yaml"),
    "cluster shell": ("pbx cluster shell kubectl get pods", "pbx cluster shell ctr version"),
}


def with_examples(told: str, words: str) -> str:
    """The description of a command with its examples below."""
    lines = EXAMPLES.get(words, ())
    return "\n".join([told, "", "Examples:", *lines]) if lines else told
