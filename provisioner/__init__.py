"""The hosted PBX as code: a tenant file becomes a running, proven telephone platform."""

__version__ = "0.1.0"
