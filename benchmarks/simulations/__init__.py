"""Simulations that show the size of every trend test and the coverage of its interval."""
