"""Kamailio, the edge's SIP server: registration, authentication, trunks, numbers.

`objects` and `rows` make a tenant's rows of the edge's database (`schema`); `platform` and `configuration` make the
configuration of an edge node, which knows no tenant.
"""
