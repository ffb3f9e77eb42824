"""Makes a provider's folder of any size, the same bytes every time.

A tenant is a company of about fifty people as a provider hosts them: users with desk phone and app, direct numbers,
opening hours, a menu, two ring groups, two queues, shared and personal mailboxes, prompts in two languages.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

USERS = 50
NUMBERS_EACH = 100
"""Numbers that lie between a tenant's first and the next one's, where its users do not need more."""
FIRST_NUMBER = 46101000000

PROVIDER = """\
version: 1
name: Bench
country: SE

number_blocks:
  - {{from: "+{first}", to: "+{last}"}}

trunks:
  carrier: {{title: Carrier, address: carrier.lab, port: 5060, order: 1}}
  emergency: {{title: Emergency, address: carrier.lab, port: 5062, emergency: yes, order: 1}}

catalogue:
  plans:
    business: {{title: Business, price: 189, features: [voicemail, softphone, international]}}

environments:
  lab: {{target: lab}}

mail: {{relay: mail.lab, from: pbx@bench.example}}
"""

HEAD = """\
version: 1
name: Company {index} AB
domain: company-{index}.example
time_zone: Europe/Stockholm
language: sv
country: SE

sites:
  main:
    title: Head office
    emergency_address: {{street: Storgatan {index}, postal_code: "111 22", city: Stockholm, country: SE}}
    emergency_number: "+{main}"

numbers:
  "+{main}": {{kind: main, title: Main number, destination: "schedule:opening"}}
"""

DIRECT = """\
  "+{number}": {{kind: direct, destination: "user:{user}"}}
"""

USER = """\
  {user}:
    name: Person {number} of Company {index}
    extension: {extension}
    plan: business
    site: main
    email: {user}@company-{index}.example
    caller_id: direct
    call_permission: national
    devices:
      desk: {{kind: desk}}
      app: {{kind: softphone}}
    ring_time: 20s
    forwarding:
      busy: voicemail:{user}
      no_answer: voicemail:{user}
      unreachable: voicemail:{user}
    voicemail:
      email_notice: yes
"""

REST = """\

prompts:
  welcome:
    text:
      sv: Välkommen till Company {index}. För växeln, tryck ett. För support, tryck två. För order, tryck tre.
      en: Welcome to Company {index}. For reception press one. For support press two. For orders press three.
  closed:
    text: {{sv: Vi har stängt., en: We are closed.}}
  no-input:
    text: {{sv: Jag hörde inget val., en: I did not hear a choice.}}
  invalid:
    text: {{sv: Det valet finns inte., en: That choice does not exist.}}
  queue-wait:
    text: {{sv: Du står i kö., en: You are waiting.}}

schedules:
  opening:
    weekly:
      mon-thu: ["08:00-12:00", "13:00-17:00"]
      fri: "08:00-15:00"
    holidays: {{country: SE}}
    exceptions:
      - {{recurs: 12-24, closed: yes}}
      - {{recurs: 12-31, hours: "08:00-12:00"}}
    open: ivr:main
    closed: voicemail:info

ivr:
  main:
    prompt: welcome
    timeout: 5s
    attempts: 3
    keys:
      "1": ring_group:reception
      "2": queue:support
      "3": queue:orders
      "4": ring_group:workshop
    no_input: {{prompt: no-input}}
    invalid: {{prompt: invalid}}
    exhausted: ring_group:reception

ring_groups:
  reception:
    title: Reception
    extension: 900
    strategy: all
    members: [{reception}]
    ring_time: 20s
    no_answer: voicemail:info
  workshop:
    title: Workshop
    extension: 901
    strategy: linear
    members: [{workshop}]
    ring_time: 15s
    no_answer: voicemail:info

queues:
{queues}
voicemail:
  info:
    title: Shared mailbox
    extension: 950
    members: [{reception}]
    greeting: closed
    notify: {{mail: [info@company-{index}.example]}}
    max_length: 3m
"""

QUEUE = """\
  {name}:
    title: {name}
    extension: {extension}
    strategy: least_recent
    members: [{members}]
    ring_time: 15s
    wrap_up: 10s
    announce: {{prompt: queue-wait, every: 30s}}
    timeout: 120s
    overflow: {{timeout: "voicemail:info", full: "voicemail:info", empty: "voicemail:info"}}
    max_waiting: 20
"""


def make(root: Path, tenants: int, users: int = USERS) -> None:
    """Writes the folder."""
    (root / "tenants").mkdir(parents=True)
    last = FIRST_NUMBER + tenants * _width(users) - 1
    (root / "provider.yaml").write_text(PROVIDER.format(first=FIRST_NUMBER, last=last), encoding="utf-8")
    for index in range(1, tenants + 1):
        (root / "tenants" / f"company-{index}.yaml").write_text(tenant(index, users), encoding="utf-8")


def tenant(index: int, users: int = USERS) -> str:
    """One tenant's file; `index` counts from 1."""
    return "".join(_parts(index, users))


def _width(users: int) -> int:
    return max(NUMBERS_EACH, users + 1)  # each user's own and the main number


def _parts(index: int, users: int) -> Iterator[str]:
    main = FIRST_NUMBER + (index - 1) * _width(users)
    people = [f"person-{number}" for number in range(1, users + 1)]
    yield HEAD.format(index=index, main=main)
    for number, user in enumerate(people, 1):
        yield DIRECT.format(number=main + number, user=user)
    yield "\nusers:\n"
    for number, user in enumerate(people, 1):
        yield USER.format(user=user, number=number, index=index, extension=200 + number)
    third = max(1, users // 3)
    queues = (("support", 910, people[:third]), ("orders", 911, people[third : 2 * third] or people))
    yield REST.format(
        index=index,
        reception=_members(people[-8:]),
        workshop=_members(people[-4:]),
        queues="".join(
            QUEUE.format(name=name, extension=extension, members=_members(members))
            for name, extension, members in queues
        ),
    )


def _members(people: list[str]) -> str:
    return ", ".join(f'"user:{each}"' for each in people)
