"""What drawings of several concepts share: the palette, the film, arrows and boxes."""
