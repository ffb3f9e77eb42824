"""The engine: Pulumi's own command with a provider of ours, behind the port `Engine`.

`cli` gets the command, `engine` drives it, `provider` carries resources out, `state` and `locks` read what it keeps.
"""
