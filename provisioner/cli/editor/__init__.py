"""The protocol by which editors ask (LSP 3.17), around `pipeline.editing`, which knows the answers."""
