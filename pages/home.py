from viz.ui import home

home.show(
    "Ten ideas of deep learning that you can take hold of: true numbers, moved by hand.",
    ways=(
        (
            "In a lecture course:",
            (
                *("gradients", "batchnorm", "dropout", "autoencoder", "cnn"),
                *("rnn", "translation", "attention", "beam_search", "gnn"),
            ),
        ),
        (
            "Before the exam:",
            (
                *("batchnorm", "gradients", "rnn", "attention", "cnn", "beam_search"),
                *("translation", "gnn", "dropout", "autoencoder", "exam"),
            ),
        ),
    ),
)
