from viz.ui import home

home.show(
    "Ten ideas of deep learning that you can take hold of: one page each, true numbers, "
    "moved by hand."
)
