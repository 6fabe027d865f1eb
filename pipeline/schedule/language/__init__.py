"""The expression language: text an artist writes -> a checked tree with units -> values for all frames at once."""
