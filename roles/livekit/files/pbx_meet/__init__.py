"""Lets people into video rooms: who holds a link gets a token for one room, and who leads it holds the keys.

A link is a signed statement (JWT, RFC 7519) of the tenant's own key; nothing of it is kept here. What rooms there are
stands in one file for each tenant, which an apply lays down; who waits is known to this process alone.
"""
