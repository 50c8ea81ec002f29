"""Files from elsewhere, read into surveys."""
