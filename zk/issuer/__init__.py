"""The issuer: one credential per person, class and epoch, signed without being seen."""
