"""The commands with which an issuer enrols persons, publishes, and keeps its books."""
