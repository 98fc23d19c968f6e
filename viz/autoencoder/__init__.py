"""Reconstruction fixes only a product; of its factors weight decay picks the orthonormal pair."""
