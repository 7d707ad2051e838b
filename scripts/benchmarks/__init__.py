"""The parts of scripts/bench.py: data, peers, the product, and the table."""
