"""The demo: pictures drawn, signed and changed here and now."""
