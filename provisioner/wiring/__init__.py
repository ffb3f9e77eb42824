"""The one place where ports meet adapters: every command asks here for its tools."""

from .deployment import Deployment, history_of, provider, signatures
from .verification import Verification

__all__ = ["Deployment", "Verification", "history_of", "provider", "signatures"]
