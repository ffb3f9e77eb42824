"""What the pipeline asks of the outside world: one small Protocol a file. Adapters answer, `wiring` joins them."""
