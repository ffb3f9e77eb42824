"""The telephones that set themselves up, by the name that a tenant file gives them: maker and model.

A maker's telephones of one generation read the same file, so a new model is a word in a line here. `generic` stands for
all others: its file is for people.
"""

from __future__ import annotations

from enum import StrEnum


class Maker(StrEnum):
    SNOM = "snom"
    YEALINK = "yealink"
    GRANDSTREAM = "grandstream"
    POLY = "poly"
    LINPHONE = "linphone"
    GENERIC = "generic"


_FAMILIES = {
    Maker.SNOM: (
        "d120 d140 d150 d315 d335 d345 d375 d385 d713 d715 d717 d725 d735 d745 d765 d785 d810 d812 d815 d862 d865 "
        "d892 d895"
    ),
    Maker.YEALINK: (
        "t31p t33g t42u t43u t44u t44w t46u t48u t53 t53w t54w t57w t58w t73u t74u t77u t85w t87w w60b w70b w75b "
        "w80b w90b"
    ),
    Maker.GRANDSTREAM: (
        "gxp2130 gxp2135 gxp2140 gxp2160 gxp2170 grp2612 grp2613 grp2614 grp2615 grp2616 grp2624 grp2634 grp2650 "
        "grp2670 wp820 wp822 wp825 dp750 dp752 dp755 ht801 ht802 ht812"
    ),
    Maker.POLY: (
        "vvx150 vvx250 vvx350 vvx450 vvx501 vvx601 edge-e100 edge-e220 edge-e320 edge-e350 edge-e400 edge-e450 "
        "edge-e500 edge-e550 ccx350 ccx400 ccx500 ccx505 ccx600 ccx700"
    ),
}

MODELS: dict[str, Maker] = {
    f"{maker}-{model}": maker for maker, family in _FAMILIES.items() for model in family.split()
} | {Maker.GENERIC.value: Maker.GENERIC}
"""Model of a telephone on a desk or in a pocket → whose file it reads."""

MOST_HANDSETS = 250
"""What people may set up at a base whose file is for them; more than any base serves alone."""

BASES: dict[str, tuple[Maker, int]] = {
    "snom-m300": (Maker.SNOM, 20),
    "snom-m400": (Maker.SNOM, 20),
    "yealink-w60b": (Maker.YEALINK, 8),
    "yealink-w70b": (Maker.YEALINK, 10),
    "generic": (Maker.GENERIC, MOST_HANDSETS),
}
"""Model of a DECT base that sets its handsets up → whose file it reads, and how many handsets it takes."""

ASKS_BY_MAC = frozenset({Maker.YEALINK, Maker.GRANDSTREAM, Maker.POLY})
"""Makers whose telephones put their hardware address into the name of the file that they ask for."""
