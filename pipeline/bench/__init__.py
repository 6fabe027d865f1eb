"""What the program costs, measured by one command for each number that is told anywhere.

A benchmark is a module with `add_options`, `run` and `table`, with `claims` and `panels` of what `run` returned, and a
line in `__main__`; `bound` says, where there is one, what keeps it from being better.
"""
