"""What is kept on a disk or in a database: ledgers and vaults."""
