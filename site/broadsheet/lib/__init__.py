"""Pure helpers: no request, no database."""
