"""One slider, one chart."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

k = st.slider("Frequency", 1, 40, 5)
x = np.linspace(0, 2 * np.pi, 200)
figure = go.Figure(go.Scatter(x=x, y=np.sin(k * x**2), mode="lines", name="chirp"))
figure.update_layout(title="Chirp", xaxis_title="x", yaxis_title="y")
st.plotly_chart(figure)
