from viz import ui
from viz.gradients import demo, exercises

page = ui.Page("gradients")
page.show(demo.VIEWS)
page.ask(exercises.ALL)
