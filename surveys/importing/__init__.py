"""Reading what comes from elsewhere: rounds that were run with another tool, means of others, the population's numbers."""
