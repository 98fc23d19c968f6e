"""Results and films, computed once for all sessions; keyed by concept, view and frozen settings."""

from typing import Any

import streamlit as st

from viz import catalog
from viz.settings import BaseSettings
from viz.ui.stage.player import Shot, shoot
from viz.view import View


def view_of(slug: str, view_key: str) -> View[Any, Any]:
    """The view with this key; the first one if there is none."""
    views = catalog.find(slug).views()
    return next((view for view in views if view.key == view_key), views[0])


@st.cache_resource(max_entries=64, show_spinner=False)
def result(slug: str, view_key: str, settings: BaseSettings) -> Any:
    """What the view's ``run`` gives; shared by all sessions, so it is only read."""
    return view_of(slug, view_key).run(settings)


@st.cache_resource(max_entries=64, show_spinner=False)
def shot(slug: str, view_key: str, settings: BaseSettings, phone: bool, _result: Any) -> Shot:
    """The stage's film of a result; the settings are the key, the result is not hashed."""
    del settings
    return shoot(view_of(slug, view_key).film(_result, phone=phone))


@st.cache_resource(max_entries=64, show_spinner=False)
def charts(
    slug: str, view_key: str, settings: BaseSettings, phone: bool, _result: Any
) -> tuple[Shot, ...]:
    """The further charts of a result."""
    del settings
    more = view_of(slug, view_key).more(_result, phone=phone)
    return tuple(shoot(film) for film in more)


@st.cache_resource(max_entries=64, show_spinner=False)
def witnesses(slug: str, view_key: str, settings: BaseSettings) -> dict[str, float]:
    """The same number by several ways."""
    return dict(view_of(slug, view_key).agree(settings))
