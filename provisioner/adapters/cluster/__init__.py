"""Kubernetes: the programs that speak to it, and what lives there beside Pulumi's own objects."""
