"""Carrying out probes on a running platform.

`cast` finds an agent for each party, `perform` does the steps (`signalling` and `sound` hold them, `performance` what
they share), `outcome` holds what came of them, `junit` and `table` tell it. The order of probes and the tenant's clock
are `pipeline.verify`'s.
"""
