"""What other houses' files and answers say: bytes in, figures and refusals out. No database, no network, no clock."""
