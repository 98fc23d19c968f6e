from viz.ui import exam

exam.show(
    "All questions as one paper. Answers stay in this browser; solutions appear when you hand in."
)
