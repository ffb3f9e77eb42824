"""The tenant document on one page: one field for each feature, in the order that the compiler works."""
