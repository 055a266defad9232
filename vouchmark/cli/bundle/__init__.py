"""`vouchmark bundle`: keep what was found so that anybody can check it again years later."""
