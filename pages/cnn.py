from viz import ui
from viz.cnn import demo, exercises

page = ui.Page("cnn")
page.show(demo.VIEWS)
page.ask(exercises.ALL)
