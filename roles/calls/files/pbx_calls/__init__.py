"""The log of users' calls on a core node.

`rows` are those of the channel event log, `gather` makes entries of all rows of one call, `log` keeps them (a file for
each tenant), `follow` reads on and on, `messages` finds the message that a call left. `pbx-people` shows them to users.
"""
