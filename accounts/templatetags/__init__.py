"""Words and states as pages show them."""
