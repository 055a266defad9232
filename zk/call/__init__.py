"""The person in a call: a question asked of whoever is at the other end now, and the answer of an enrolled person."""
