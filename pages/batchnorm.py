from viz import ui
from viz.batchnorm import demo, exercises

page = ui.Page("batchnorm")
page.show(demo.VIEWS)
page.ask(exercises.ALL)
