"""Numbers of users' own fields are numbers to the last sign: YAML can write the end of a line into any text."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from provisioner.features.users.devices import CallerId
from provisioner.features.users.lists import Caller, Stranger


@pytest.mark.parametrize("form", [CallerId, Caller, Stranger], ids=["caller ID", "caller", "stranger"])
def test_a_number_ends_with_its_last_digit(form: Any) -> None:
    adapter = TypeAdapter(form)
    assert adapter.validate_python("+46850100100") == "+46850100100"
    with pytest.raises(ValidationError):
        adapter.validate_python("+46850100100\n")
