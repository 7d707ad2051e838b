"""Official activity reporting: reads Excel ledgers, produces checked figures and Word documents."""

__version__ = "0.1.0"
