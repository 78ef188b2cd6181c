"""Sample content: a small paper to look at, or as many posts as somebody wants to measure with."""
