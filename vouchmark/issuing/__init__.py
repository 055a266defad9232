"""What an issuer of a club does with many members at once: invitations on slips, answers to a folder of requests."""
