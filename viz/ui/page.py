"""The frame of a concept's page: header, stage, controls, tabs; in lecture mode the stage alone."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from viz import catalog, settings
from viz.quiz import Maker
from viz.settings import BaseSettings
from viz.ui import ask, cache, controls, events, link, notices, outcome, tabs
from viz.ui.stage.player import Shot, play
from viz.view import View

TABS = ("Explore", "Derive", "Check yourself", "Code")
CHECK = TABS[2]
COLUMNS = (4.6, 1)
Special = Callable[["Page"], None]


def _nothing(_page: "Page") -> None:
    return None


class Page:
    """One concept's page: ``show`` its views, then ``ask`` its questions.

    What follows the controls is a fragment: moving one runs and sends that part alone. Header,
    controls, tabs, suggestions and questions stand around it and are run when something else
    happens.
    """

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.concept = catalog.find(slug)
        self.lecture = st.query_params.get("lecture") == "1"
        self.bare = self.lecture or bool(st.context.is_embedded)

    def show(self, views: tuple[View[Any, Any], ...], special: Special = _nothing) -> None:
        """Header, stage, controls, sentence; Explore, Derive, Code.

        Args:
            views: the first is the exam's.
            special: draws what this page alone has in Explore, before the further charts.
        """
        self.views, self.special = views, special
        st.session_state[f"first:{self.slug}"] = views[0].key
        controls.enter(self.slug, views)
        self._follow()
        self.view = self._view()
        self._read_words()
        self.asking = self._checks() and ask.is_open(self.concept.exercises())
        header = st.container() if self.bare else st.container(key="un-header")
        left, right = self._columns()
        # Questions write here: in the stage's column, and not where the fragment clears.
        self.question_place, self.figure_place = left.container(), left.container()
        self.tab = self._tabs()
        # The picture is sent first: the browser paints it before it draws the rest of the page.
        if self.asking:
            with self.question_place:
                notices.warn(self._problems())
        else:
            with left:
                self._live()
        with right:
            self._controls()
        if not self.bare:
            self._header(header)
        if self.tab == TABS[0]:
            with self.fixed_place:
                tabs.suggestions(self.slug, self.views, self.view)
            tabs.related(self.slug)

    @st.fragment(key=controls.LIVE)
    def _live(self) -> None:
        """The stage, and what the open tab says of the present settings."""
        self.notice_place = st.container()
        values = controls.values(self.slug, self.view)
        self.settings = settings.settings_from(self.view.settings, values)
        found = outcome.of(self.slug, self.view, self.settings)
        self.shown, self.result = found.shown, found.result
        sentence = self._play()
        with self.notice_place:
            if found.job is not None:
                events.watch(self.slug, self.view.key, self.settings)
            notices.warn([*self._problems(), *filter(None, (found.problem, sentence))])
        if self.tab:
            with self.live_place:
                self._open_tab()

    def _problems(self) -> list[str]:
        """What is wrong with the link."""
        state, raw = st.session_state, link.raw(self.view.settings)
        words = (*state.get(f"unknown:{self.slug}", ()), *state[f"misread:{self.slug}"].values())
        return [*words, *controls.problems(self.slug, self.view, raw)]

    def _controls(self) -> None:
        """While a question is open they are hidden, and stay in the link."""
        hidden = self.bare or self.asking
        values = controls.values(self.slug, self.view)
        agreed = controls.draw(self.slug, self.view, values, hidden=hidden)
        if not hidden:
            self._buttons()
        self._again(agreed)

    def _again(self, agreed: bool) -> None:
        """Run once more if a widget came back with a value that the browser had kept for it."""
        tried = st.session_state.pop(f"again:{self.slug}", False)
        if not agreed and not tried:
            st.session_state[f"again:{self.slug}"] = True
            st.rerun()

    def ask(self, makers: tuple[Maker, ...]) -> None:
        """Check yourself; an open question takes the stage's place."""
        if self._checks():
            ask.questions(self, makers)

    def _checks(self) -> bool:
        """Whether the page is asking: the tab is open, or a lecturer's link names a question."""
        if self.bare:
            asked = "q" in st.query_params or st.query_params.get("tab") == CHECK
            return self.lecture and asked
        return bool(st.session_state.get("tab", st.query_params.get("tab")) == CHECK)

    def _follow(self) -> None:
        """Load the state that a commit of the last run asked for, before widgets are drawn."""
        slug, settings = st.session_state.pop("then", ("", None))
        if slug == self.slug and settings is not None:
            self.go(settings)

    def _view(self) -> View[Any, Any]:
        """The view that is chosen, or that the link names."""
        state, place = st.session_state, f"view:{self.slug}"
        by_key = {view.key: view for view in self.views}
        if state.get(place) not in by_key:
            asked = st.query_params.get("view", self.views[0].key)
            state[place] = asked if asked in by_key else self.views[0].key
            if asked not in by_key:
                words = f"view must be one of {', '.join(by_key)}, got {asked[:20]}"
                state[f"unknown:{self.slug}"] = (words,)
        return by_key[state[place]]

    def _read_words(self) -> None:
        """Remember what the page's first link says wrongly, until a control is moved."""
        place = f"misread:{self.slug}"
        if place not in st.session_state:
            st.session_state[place] = link.misread(self.view.settings, TABS)

    def _header(self, header: Any) -> None:
        left, right = header.columns((29, 21), vertical_alignment="bottom")
        left.markdown(f"# {self.concept.title}\n{self.concept.question}")
        if len(self.views) > 1:
            self._choose_view(right.container(horizontal=True, horizontal_alignment="right"))

    def _choose_view(self, place: Any) -> None:
        state, chooser = st.session_state, f"choose:{self.slug}"
        labels = {view.key: view.label for view in self.views}

        def chosen() -> None:
            key = state[chooser]
            link.write("view", None if key == self.views[0].key else key)
            link.write("step", None)
            link.write("ghost", None)
            state[f"view:{self.slug}"] = key
            state[f"said:{self.slug}"] = ""
            state.pop(f"unknown:{self.slug}", None)

        state[chooser] = self.view.key
        place.segmented_control(
            "View",
            list(labels),
            format_func=labels.__getitem__,
            key=chooser,
            on_change=chosen,
            required=True,
            label_visibility="collapsed",
        )

    def _columns(self) -> tuple[Any, Any]:
        if self.bare:
            return st.container(), st.container(key="un-hidden")
        left, right = st.columns(COLUMNS, gap="medium")
        return left, right.container(key="un-hidden" if self.asking else "un-controls")

    def _buttons(self) -> None:
        row = st.container(horizontal=True, gap="small")
        row.button("Reset", on_click=self._reset)
        pinned = "ghost" in st.query_params
        # One key for both, so that the focus stays where it is.
        row.button(
            "Unpin" if pinned else "Pin",
            key="un-pin",
            on_click=self._pin,
            help="Take the pale ghost away"
            if pinned
            else "Keep this picture as a pale ghost behind the next ones",
        )

    def _pin(self) -> None:
        link.write("ghost", None if "ghost" in st.query_params else link.ghost_text(self.shown))

    def _reset(self) -> None:
        link.write("ghost", None)
        st.session_state[f"said:{self.slug}"] = ""
        link.go(self.slug, self.view, {})

    def _tabs(self) -> str:
        if self.bare:
            return ""
        # st.tabs would be drawn anew, with all that is in it, whenever a control moves.
        tab = st.segmented_control(
            "Part of the page",
            list(TABS),
            key="tab",
            bind="query-params",
            default=TABS[0],
            required=True,
            label_visibility="collapsed",
        )
        self.fixed_place = st.container(gap="xsmall", key="un-tips")
        self.live_place = st.container()
        return str(tab)

    def _play(self) -> str:
        """The stage; a sentence if the link asks for a frame that the film does not have."""
        slug, view = self.slug, self.view
        phone = events.layout() == "phone"
        shot = cache.shot(slug, view.key, self.shown, phone, self.result)
        said = st.session_state.get(f"said:{slug}")
        place = f"stage:{slug}:{view.key}"
        step, sentence = self._step(shot)
        play(
            shot,
            key=place,
            layout=events.layout(),
            ghost=self._ghost(phone),
            step=step,
            move=st.session_state.get(f"move:{slug}", 0),
            lecture=self.lecture,
            on_frame=self._settled(place, shot.film.start_index),
            on_layout=lambda: events.measured(place),
            on_lecture=lambda: events.lecture(place),
        )
        if said:
            st.caption(said)
        return sentence

    def _step(self, shot: Shot) -> tuple[int | None, str]:
        """The frame the link asks for when the stage is mounted or moved."""
        state, count = st.session_state, len(shot.film.frames)
        text = st.query_params.get("step")
        moved = (self.view.key, self.bare, state.get(f"move:{self.slug}", 0))
        if state.get(f"mounted:{self.slug}", (None,))[0] != moved:
            good = text is not None and text.isdecimal() and int(text) < count
            words = (
                f"step must be a whole number from 0 to {count - 1}, got {text[:20]}"
                if (text is not None and not good)
                else ""
            )
            state[f"mounted:{self.slug}"] = (moved, int(text) if text and good else None, words)
        _, step, sentence = state[f"mounted:{self.slug}"]
        if text and text.isdecimal() and not sentence and int(text) >= count:
            # The film became shorter, and the stage went to its last frame.
            link.keep_step(count - 1, shot.film.start_index)
        return step, sentence

    def _settled(self, place: str, start: int) -> Callable[[], None]:
        def settle() -> None:
            frame = st.session_state[place].get("frame")
            if isinstance(frame, int):
                link.keep_step(frame, start)

        return settle

    def _ghost(self, phone: bool) -> Shot | None:
        pinned = link.read_ghost(self.view.settings)
        if pinned is None or self.view.slow(pinned):
            return None
        try:
            found = cache.result(self.slug, self.view.key, pinned)
        except ValueError:
            return None
        return cache.shot(self.slug, self.view.key, pinned, phone, found)

    def _open_tab(self) -> None:
        if self.tab == TABS[0]:
            controls.own_data(self.slug, self.view)
            self.special(self)
            phone = events.layout() == "phone"
            tabs.explore(self.slug, self.view, self.shown, self.result, phone)
        elif self.tab == TABS[1]:
            tabs.derive(self.slug, self.view, self.shown, self.result)
        elif self.tab == TABS[3]:
            tabs.code(self.slug, self.view, self.shown)

    def go(self, settings: BaseSettings) -> None:
        """Load the state that shows an answer; for callbacks."""
        view = next((v for v in self.views if v.settings is type(settings)), self.views[0])
        link.go(self.slug, view, settings.model_dump())
