"""Pictures and clips that a film rests on: where it starts, what guides it, what it is drawn over, and distances."""
