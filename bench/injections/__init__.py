"""Whether anything that people fill in can run a script in somebody's browser: see __main__.py."""
