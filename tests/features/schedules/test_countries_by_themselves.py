"""Countries are imported one by one, past the library's package of them: each has the days that the library gives."""

from __future__ import annotations

import json
import subprocess
import sys

from provisioner.features.schedules import calendars

PLAIN = """\
import json, holidays
from holidays.registry import EntityLoader
found = {}
for code in EntityLoader.get_country_codes(include_aliases=False):
    known = holidays.country_holidays(code)
    categories = tuple(each for each in ("public", "de_facto") if each in known.supported_categories)
    days = holidays.country_holidays(code, years=(2027, 2028), categories=categories)
    found[code] = sorted(str(day) for day in days if day.year in (2027, 2028))
print(json.dumps(found))
"""


def test_every_country_has_the_days_of_the_library() -> None:
    plain = subprocess.run([sys.executable, "-c", PLAIN], capture_output=True, text=True, check=True).stdout
    ours = {
        code: [str(day) for day in calendars.calendar(code) if day.year in (2027, 2028)]
        for code in calendars.countries()
    }
    assert ours == json.loads(plain)


def test_a_country_is_imported_alone() -> None:
    code = (
        "import sys; from provisioner.features.schedules import calendars; calendars.calendar('SE');"
        "print(sum(each.startswith('holidays.countries.') for each in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
