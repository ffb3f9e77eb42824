"""Traces: what a call would meet in a tenant, worked out from the rooms' small-step rules, without any platform.

`interpreter` leads one call from node to node, `given` is what a person says of caller and colleagues, `dialled` finds
where a call begins. Independent of the compiled dialplan, see `core/trace.py`.
"""
