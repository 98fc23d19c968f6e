from viz.ui import home

home.show(
    "Ideas of deep learning that you can take hold of: one page each, true numbers, moved by hand.",
    ways=(
        (
            "In the order of a lecture course:",
            ("batchnorm", "dropout", "autoencoder", "rnn", "translation", "attention", "gnn"),
        ),
    ),
)
