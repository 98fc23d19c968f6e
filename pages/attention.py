from viz import ui
from viz.attention import demo, exercises

page = ui.Page("attention")
page.show(demo.VIEWS)
page.ask(exercises.ALL)
