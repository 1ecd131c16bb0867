"""Links and codes that prove a mailbox."""
