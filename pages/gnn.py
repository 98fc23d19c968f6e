from viz import ui
from viz.gnn import demo, exercises

page = ui.Page("gnn")
page.show(demo.VIEWS)
page.ask(exercises.ALL)
