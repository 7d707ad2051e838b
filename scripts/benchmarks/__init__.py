"""What scripts/bench.py measures: data, peers, the product, and the table."""
