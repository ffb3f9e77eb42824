"""Live figures of a core node's queues and ring groups: for `pbx queues` as JSON, for Prometheus as text.

`figures` makes them of Asterisk's own view (`view`) and of the queue log (`queue_log`), so a restart loses none; `page`
tells them to Prometheus. Read only.
"""
