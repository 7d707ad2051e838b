"""Official activity reporting: Excel ledgers in, checked figures and Word documents out."""

__version__ = "0.1.0"
