"""The program for `pulumi preview` and `pulumi up` by hand: the stack as `pbx` last wanted it."""

from __future__ import annotations

import pulumi

from provisioner.adapters.pulumi.wanted import read
from stacks.program import run

run(read(pulumi.get_stack()))
