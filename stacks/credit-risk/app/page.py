"""The dashboard's page."""

import streamlit as st

from risk import figures

st.set_page_config(page_title=figures.TITLE)
st.title(figures.TITLE)
for name, value in figures.counts().items():
    st.metric(name, value)
st.subheader("Latest decisions")
st.table(figures.latest())
