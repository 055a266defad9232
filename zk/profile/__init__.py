"""What the personhood profile fixes: messages, scopes, epochs, presentations, and what an issuer publishes."""
