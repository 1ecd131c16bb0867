"""Reading mails: pure functions, bytes in, values out. No database, no settings, usable on any .eml on their own."""
