"""The painted world: endless captioned little pictures, drawn from a seed, on which the small models are trained.

`world.paint` gives one picture with its depth and caption; the other modules hold its vocabulary and its parts.
"""
