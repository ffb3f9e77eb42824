"""The platform as objects of a Kubernetes cluster: one component a file, on pulumi-kubernetes.

Names are fixed and known beforehand, so that people and the parts in pods find each other by them. What pods read is
content-addressed and immutable: new files are a new object, and pods that shall read it are rolled, one node of the
platform after the other. Tenants are not here: their bundles go to the cluster as the engine's own resources ask.
"""
