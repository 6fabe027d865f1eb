"""Draw a new frame from the warped last one, or from noise, under the guidance of the prompts."""
