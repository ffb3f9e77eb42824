"""The record of an applied tenant comes back as it went in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.errors import PbxError
from provisioner.core.record import pack, unpack

VALUES = st.recursive(
    st.none() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), VALUES, max_size=6))
def test_round_trip(document: dict[str, object]) -> None:
    packed = pack(document)
    assert packed.isascii()
    assert unpack(packed) == document
    assert list(unpack(packed)) == list(document), "the order in which people wrote stays"


@pytest.mark.parametrize("text", ["", "no record", pack({"a": "b"})[:-3]])
def test_what_is_no_record_is_an_error(text: str) -> None:
    with pytest.raises(PbxError, match="cannot be read"):
        unpack(text)
