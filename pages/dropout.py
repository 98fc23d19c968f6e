from viz import ui
from viz.dropout import demo, exercises

page = ui.Page("dropout")
page.show(demo.VIEWS)
page.ask(exercises.ALL)
