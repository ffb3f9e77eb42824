"""Other systems' lists as tenant files: what a list says becomes commented YAML, what it cannot say is told."""
