"""What decided, written down and taken out again: lists, policy, issuers, options, what index and ledger answered."""
