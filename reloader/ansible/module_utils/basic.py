"""The class that the roles' modules name; in a pod their functions are called, and nobody makes one."""


class AnsibleModule:
    def __init__(self, **_: object) -> None:
        raise RuntimeError("in a pod a module's functions are called, not its main")
