"""HTTP matters that no page owns."""
