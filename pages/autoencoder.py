from viz import ui
from viz.autoencoder import demo, exercises

page = ui.Page("autoencoder")
page.show(demo.VIEWS)
page.ask(exercises.ALL)
