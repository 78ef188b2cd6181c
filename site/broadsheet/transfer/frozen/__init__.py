"""The public site as files: what stands at which address, where its file lies, and what serves it."""
