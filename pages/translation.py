from viz import ui
from viz.translation import demo, exercises

page = ui.Page("translation")
page.show(demo.VIEWS)
page.ask(exercises.ALL)
