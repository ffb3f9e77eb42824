"""One component a file: what a stack is made of."""
