"""Move the last frame to where the camera has gone."""
