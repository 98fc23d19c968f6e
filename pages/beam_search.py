from viz import ui
from viz.beam_search import demo, exercises

page = ui.Page("beam_search")
page.show(demo.VIEWS)
page.ask(exercises.ALL)
