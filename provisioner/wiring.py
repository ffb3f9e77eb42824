"""The one place where ports meet adapters: every command asks here for its tools."""
