"""The demonstration municipality «Solvik»: all of it made up, people, streets and messages alike.

Data and pure functions; only `load.py` knows the database. `build_story(seed, today)` gives 1,891 cards and their lives.
"""
