"""How the embedded models were made: a painted world to learn from, one trainer for each kind of model, and scores.

`python -m pipeline.train` is the way in; nothing that renders a film imports this.
"""
