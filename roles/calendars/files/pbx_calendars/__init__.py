"""Sets what users of this core node are doing by their calendars.

`known` is which calendars there are (tenants' calendars.json), `kinds`, `sources` and `graph` how each kind is read,
`ical` what a text of iCalendar says, `meaning` which activity that is, `decide` what is set, `reading` how many are
read at once, `kept` what outlives a restart, `service` the round of all that. It sets by way of `pbx_people`. Debian's
Python and its packages.
"""
