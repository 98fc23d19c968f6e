"""Ten ideas of deep learning: computed, drawn, asked."""
