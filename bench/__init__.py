"""Benchmarks, not timed tests: `make bench` measures, prints a table and writes `build/bench.json`.

Each figure stands beside a floor or a peer measured in the same run on the same machine, because a bare number of
seconds says as much about the machine as about us.
"""
