"""The sound of a film: the file, what is heard in it or told of it, and the names that values have of it."""
