"""The link follows what is done on a page, and the page follows the link."""

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.test_app import visit  # noqa: F401

pytestmark = pytest.mark.browser


def click(visitor, words):
    visitor.page.locator("button:visible", has_text=words).last.click()
    visitor.idle()


def nudge(visitor, place=-1):
    visitor.page.locator(".st-key-un-controls input[type=range]").nth(place).focus()
    visitor.press("ArrowLeft", 600)
    visitor.idle()


def test_a_control_that_comes_back_after_a_question_still_writes_into_the_link(visit):  # noqa: F811
    visitor = visit().open("batchnorm")
    for _ in range(4):
        before = visitor.page.url
        for tab in ("Check yourself", "Explore"):
            visitor.page.get_by_role("radio", name=tab).click()
            visitor.idle()
        nudge(visitor)
        assert visitor.page.url != before


def test_reset_holds_for_controls_that_are_put_away(visit):  # noqa: F811
    visitor = visit().open("gnn?graph=karate")
    click(visitor, "Reset")
    click(visitor, "Pin")
    assert "Node 2 averages 3 messages" in visitor.text(".un-caption")


def test_a_preset_writes_controls_that_it_brings_up(visit):  # noqa: F811
    visitor = visit().open("beam_search")
    click(visitor, "Own tree")
    visitor.page.wait_for_url("**K=2**")


def test_a_step_is_written_again_after_a_reset(visit):  # noqa: F811
    visitor = visit().open("rnn")
    for _ in range(2):
        visitor.page.get_by_role("button", name="one step back").first.click()
        visitor.page.wait_for_url("**step=14**")
        visitor.idle()
        click(visitor, "Reset")
        assert "step" not in visitor.page.url


def test_another_view_does_not_read_this_ones_keys_as_its_fields(visit):  # noqa: F811
    visitor = visit().open("batchnorm?data=skewed")
    click(visitor, "2-D")
    assert visitor.page.locator("[data-testid=stAlert]").count() == 0


def test_back_shows_what_the_link_says(visit):  # noqa: F811
    visitor = visit().open("rnn")
    before = visitor.text(".un-caption")
    click(visitor, "Descent")
    assert visitor.text(".un-caption") != before
    visitor.page.go_back()
    visitor.page.wait_for_timeout(1500)
    visitor.idle()
    assert visitor.text(".un-caption") == before


def test_a_bad_links_sentences_go_when_a_control_is_moved(visit):  # noqa: F811
    visitor = visit().open("rnn?view=nonsense&step=999")
    (said,) = visitor.page.locator("[data-testid=stAlert]").all_inner_texts()
    assert "view must be one of" in said
    assert "step must be a whole number" in said
    nudge(visitor)
    assert visitor.page.locator("[data-testid=stAlert]").count() == 0
    assert "nonsense" not in visitor.page.url


def test_a_bad_value_of_a_control_that_is_not_shown_leaves_the_link(visit):  # noqa: F811
    visitor = visit().open("gradients?view=net&branch=half")
    (said,) = visitor.page.locator("[data-testid=stAlert]").all_inner_texts()
    assert "half" in said
    nudge(visitor)
    assert visitor.page.locator("[data-testid=stAlert]").count() == 0
    assert "branch" not in visitor.page.url


def test_the_links_step_follows_a_film_that_becomes_shorter(visit):  # noqa: F811
    visitor = visit().open("gradients?depth=60&step=59")
    for _ in range(3):
        nudge(visitor)
    visitor.page.wait_for_url("**depth=57**")
    visitor.idle()
    assert "step" not in visitor.page.url


def test_own_data_stand_in_their_field_whatever_was_opened_before(visit):  # noqa: F811
    visitor = visit(viewport={"width": 390, "height": 1900})
    visitor.open("gnn?view=train&on=own&from=constant&L2=4&seed=11")
    area = visitor.page.locator("textarea")
    visitor.page.wait_for_function("() => document.querySelector('textarea')?.value")
    assert area.input_value().startswith("# one edge a line")
    area.fill("a b\nb c\nlabels: a=0 b=1")
    visitor.page.keyboard.press("Control+Enter")
    visitor.page.wait_for_url("**own=a+b**")
    visitor.idle()
    for tab in ("Derive", "Explore"):
        visitor.page.locator(".st-key-tab").get_by_role("radio", name=tab).click()
        visitor.idle()
    assert area.input_value().startswith("a b\nb c")
    click(visitor, "Back to the example")
    assert area.input_value().startswith("# one edge a line")


def _elements(frames):
    """The kinds of element in what the server sent."""
    messages = [ForwardMsg.FromString(frame) for frame in frames]
    return [message.delta.new_element.WhichOneof("type") for message in messages]


def test_a_moved_control_sends_the_picture_and_no_control(visit):  # noqa: F811
    visitor, frames = visit(), []

    def listen(socket):
        socket.on("framereceived", lambda frame: frames.append(frame))

    visitor.page.on("websocket", listen)
    visitor.open("dropout")
    assert "slider" in _elements(frames)
    before, frames[:] = visitor.text(".un-caption"), []
    nudge(visitor, 0)
    assert visitor.text(".un-caption") != before
    sent = _elements(frames)
    assert "bidi_component" in sent
    assert not {"slider", "selectbox", "button", "button_group"} & {*sent}


def test_a_choice_brings_and_takes_the_controls_it_needs(visit):  # noqa: F811
    visitor = visit().open("dropout")
    features = visitor.page.get_by_role("slider", name="Features d")
    features.wait_for()
    visitor.page.get_by_role("combobox", name="Data").click()
    visitor.page.get_by_role("option", name="own").click()
    visitor.page.wait_for_url("**cols=own**")
    features.wait_for(state="detached")
    visitor.page.locator("textarea").wait_for()
    click(visitor, "Reset")
    features.wait_for()
    visitor.page.locator("textarea").wait_for(state="detached")
    assert "cols" not in visitor.page.url


def test_pressing_faster_than_the_server_answers_ends_at_the_last_value(visit):  # noqa: F811
    visitor = visit().open("gradients")
    visitor.page.locator(".st-key-un-controls input[type=range]").first.focus()
    for _ in range(12):
        visitor.press("ArrowRight", 30)
    visitor.page.wait_for_url("**depth=62**")
    visitor.idle()
    shown, words = visitor.figure(), visitor.text(".un-caption")
    again = visit().open("gradients?depth=62")
    assert (again.figure(), again.text(".un-caption")) == (shown, words)


def test_what_is_pinned_is_what_is_shown(visit):  # noqa: F811
    visitor = visit().open("dropout")
    visitor.page.get_by_role("slider", name="Keep probability p").focus()
    visitor.press("ArrowLeft", 600)
    visitor.page.wait_for_url("**p=0.49**")
    visitor.idle()
    click(visitor, "Pin")
    visitor.page.wait_for_url("**ghost=**")
    assert "ghost=p%3D0.49" in visitor.page.url
