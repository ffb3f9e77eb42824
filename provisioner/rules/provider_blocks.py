"""Number blocks that hold nothing, or the same numbers twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Claims
from provisioner.core.findings import Finding, Rule
from provisioner.provider import Block, Provider

EMPTY = Rule(
    code="X101",
    title="Block that holds no number",
    why="Every number that was meant to be in it is refused.",
    remedy="Write the first number as `from` and the last one as `to`, with as many digits.",
    bad='{from: "+46850100199", to: "+46850100100"}',
    good='{from: "+46850100100", to: "+46850100199"}',
    source="N1",
)
OVERLAP = Rule(
    code="X102",
    title="Blocks that overlap",
    why="Whom a number was set aside for has two answers.",
    remedy="Divide the stretch so that each number is in one block.",
    bad='[{from: "+46850100100", to: "+46850100150"}, {from: "+46850100140", to: "+46850100199"}]',
    good='[{from: "+46850100100", to: "+46850100139"}, {from: "+46850100140", to: "+46850100199"}]',
    source="N1",
)


def check_empty(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    for index, block in enumerate(provider.number_blocks if provider else ()):
        if block.from_ and block.to and not block.holds(block.to):
            digits = len(block.from_) - 1
            why = "ends before it begins" if len(block.from_) == len(block.to) else "has ends of different lengths"
            expected = f"a last number of {digits} digits that is {block.from_} or higher"
            yield "", EMPTY.at(("number_blocks", index, "to"), f"{block} {why}", expected=expected)


def check_overlap(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    blocks = provider.number_blocks if provider else []
    for index, block in enumerate(blocks):
        for earlier in blocks[:index]:
            if _overlap(earlier, block):
                path = ("number_blocks", index)
                yield "", OVERLAP.at(path, f"{block} overlaps {earlier}", expected="each number in one block")


def _overlap(one: Block, other: Block) -> bool:
    if one.prefix is not None and other.prefix is not None:
        return one.prefix.startswith(other.prefix) or other.prefix.startswith(one.prefix)
    return any(
        end is not None and holder.holds(end)
        for holder, held in ((one, other), (other, one))
        for end in (held.from_, held.to)
    )
