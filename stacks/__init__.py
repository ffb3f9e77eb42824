"""The Pulumi programs: one small stack for an environment's platform and one for each tenant on it."""
