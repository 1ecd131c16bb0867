"""How much of a mail is read. What is beyond is named in the mail's troubles; the raw mail is kept whole anyway."""

MAIL_BYTES = 50 * 1024 * 1024  # of a larger mail only the beginning is read
BEGINNING_BYTES = 1024 * 1024
HEAD_BYTES = 256 * 1024  # of one head; real ones stay far below 64 kB
HEADERS = 1000
HEADER_BYTES = 64 * 1024  # of one header
DEPTH = 30
PARTS = 1000
ADDRESSES = 200
TEXT_BYTES = 2 * 1024 * 1024  # of one text; a longer one is kept as a file too
HTML_BYTES = 1024 * 1024
TNEF_BYTES = 20 * 1024 * 1024
FILES = 500
NAME_LENGTH = 255  # what file systems take; who stores them may shorten them more
LINE_LENGTH = 998  # RFC 5322, 2.1.1
