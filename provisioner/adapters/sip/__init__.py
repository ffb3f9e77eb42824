"""Real SIP telephones for the verifier: baresip on the lab's machines, and sipp for calls in numbers.

`agents` starts and ends them, `control` speaks to one, `call` and `agent` turn its events into the `SipAgents` port,
`settings` writes its files, `trace` reads the SIP messages that it logged, `shell` reaches the machines.
"""
