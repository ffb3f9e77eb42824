"""The one place where ports meet adapters: every command asks here for its tools."""

from .deployment import Deployment, described_in, history_of, provider, signatures
from .verification import Verification

__all__ = ["Deployment", "Verification", "described_in", "history_of", "provider", "signatures"]
