"""Sends a core node's notices: reads them from Asterisk's queue log and from bookings, keeps them in a spool.

Out of the spool they go to the mail relay and to the gateway for text messages.

A line is forgotten only when its messages lie in the spool, and a message only when the other side has taken it, so a
crash at any moment loses nothing; it may send a message twice. Standard library only, for Debian's own Python.
"""
