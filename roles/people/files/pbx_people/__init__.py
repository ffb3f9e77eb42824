"""What users of this core node are doing: told to their programs, and set by them, over HTTP.

`known` is who there is (tenants' people.json), `lived` what they are doing (AstDB), `guard` who may ask how often,
`serve` the interface. It holds to `provisioner/targets/asterisk/activities.py`. Debian's Python, standard library only.
"""
