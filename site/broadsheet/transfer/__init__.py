"""In and out: what other systems wrote, and what a site takes along when it moves."""
