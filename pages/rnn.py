from viz import ui
from viz.rnn import demo, exercises

page = ui.Page("rnn")
page.show(demo.VIEWS)
page.ask(exercises.ALL)
