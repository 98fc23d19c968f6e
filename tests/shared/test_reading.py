"""Formulas and tables: what a learner types is read or refused with a sentence, never executed."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz import grammar, seeds, tables


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    for read in (
        lambda: grammar.read_expression(text, ("a", "b")).evaluate({"a": 0.3, "b": 0.7}),
        lambda: grammar.read_polynomial(text, ("w", "u1")),
        lambda: grammar.read_number(text),
        lambda: tables.read_numbers(text, limit=20),
        lambda: tables.read_matrix(text, max_rows=4, max_columns=4),
        lambda: tables.read_table(text, max_rows=9, max_columns=9),
    ):
        try:
            read()
        except ValueError as error:
            sentence = str(error)
        else:
            sentence = "it was read"
        assert len(sentence.split()) >= 3


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "a.b",
        "a if b else a",
        "lambda: a",
        "a@b",
        "f(a)",
        "a;b",
        "9**9**9**9",
        "(" * 300,
        "a" * 300,
        "-" * 150 + "a",
        "((((w^20)^20)^20)^20)",
    ],
)
def test_nothing_but_arithmetic_is_read(text):
    def read():
        grammar.read_polynomial(text, ("a", "b", "w"))
        grammar.read_expression(text, ("a", "b", "w")).evaluate({"a": 1.0, "b": 1.0, "w": 3.0})

    with pytest.raises(ValueError, match=r"\w"):
        read()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("bc(1-e)", 0.8 * 0.6 * 0.7),
        ("2b^2", 1.28),
        ("log b c", np.log(0.8) * 0.6),
        ("ln(b)/2", np.log(0.8) / 2),
        ("tanh(exp(b))", np.tanh(np.exp(0.8))),
        ("2e", 0.6),
        ("√b", 0.8**0.5),
        ("−b·c", -0.48),
        ("b²c", 0.384),
        ("1/2b", 0.4),
        ("y = b^½", 0.8**0.5),
        ("Γ=0,5 b", 0.4),
    ],
)
def test_formulas(text, value):
    names = {"a": 0.2, "b": 0.8, "c": 0.6, "d": 0.9, "e": 0.3}
    found = grammar.read_expression(text, tuple(names)).evaluate(names)
    assert found == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("e^(-2)", np.exp(-2)), ("1/(1+e^-4.5)", 1 / (1 + np.exp(-4.5))), ("3e²", 3 * np.exp(2))],
)
def test_a_power_of_eulers_number(text, value):
    assert grammar.read_number(text) == pytest.approx(value)
    assert grammar.read_expression("2^e + b^2 e", ("b", "e")).evaluate({"b": 1, "e": 3}) == 11
    with pytest.raises(ValueError, match="found 'e'"):
        grammar.read_number("2 e")


@given(st.lists(st.integers(-5, 5), min_size=2, max_size=2), st.floats(-2, 2), st.floats(-2, 2))
def test_polynomials_and_expressions_agree(factors, x, y):
    text = f"{factors[0]}x^2 y + ({factors[1]} - x y)^3".replace("--", "+")
    values = {"x": x, "y": y}
    exact = grammar.read_polynomial(text, ("x", "y")).evaluate(values)
    assert exact == pytest.approx(
        grammar.read_expression(text, ("x", "y")).evaluate(values), abs=1e-8, rel=1e-8
    )


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: tables.read_numbers("1, two", limit=9),
            "the list: 'two' is not a number",
        ),
        (lambda: tables.read_numbers("", limit=9), "needs at least 1 number"),
        (lambda: tables.read_numbers("1 2 3", limit=2), "at most 2 numbers, got 3"),
        (
            lambda: tables.read_matrix("1 2\n3", max_rows=4, max_columns=4),
            "line 2 has 1 number, expected 2",
        ),
        (
            lambda: tables.read_matrix("1 2; 3 x", max_rows=4, max_columns=4),
            "line 2: 'x' is not a number",
        ),
        (
            lambda: tables.read_table("a,b\n1,2\n3", max_rows=4, max_columns=4),
            "line 3 has 1 column, expected 2",
        ),
        (lambda: tables.read_table("1\n2\n3", max_rows=2, max_columns=4), "at most 2 rows"),
        (lambda: tables.read_numbers("1 inf", limit=9), "'inf' is not a number"),
    ],
)
def test_errors_name_the_place(call, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        call()


def test_tables_are_read_with_any_separator():
    for text in ("x,y\n1,2\n3,4", "x;y\n1;2\n3;4", "x\ty\n1\t2\n3\t4", "x y\n1 2\n\n3 4"):
        table = tables.read_table(text, max_rows=9, max_columns=9)
        assert table.names == ("x", "y")
        np.testing.assert_array_equal(table.values, [[1, 2], [3, 4]])
    assert tables.read_table("1 2", max_rows=9, max_columns=9).names == ("column 1", "column 2")


def test_a_header_may_have_names_of_several_words():
    table = tables.read_table('"study hours", sleep,marks,\n1,2,3', max_rows=9, max_columns=9)
    assert table.names == ("study hours", "sleep", "marks")
    with pytest.raises(ValueError, match="line 3, column study hours: 'x' is not a number"):
        tables.read_table("study hours,sleep\n1,2\nx,4", max_rows=9, max_columns=9)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8))
def test_written_numbers_are_read_back(values):
    again = tables.read_numbers(tables.write_numbers(values), limit=8)
    np.testing.assert_allclose(again, values, rtol=1e-10, atol=1e-12)


def test_a_typo_in_a_seed_file_names_file_and_key(tmp_path, monkeypatch):
    class Model(seeds.SeedModel):
        mean: float

    monkeypatch.setattr(seeds, "FOLDER", tmp_path)
    (tmp_path / "x.toml").write_text("maen = 1.0")
    with pytest.raises(ValueError, match=r"x\.toml: (mean|maen)"):
        seeds.load("x", Model)
    (tmp_path / "x.toml").write_text("mean = ")
    with pytest.raises(ValueError, match=r"x\.toml"):
        seeds.load("x", Model)
    with pytest.raises(ValueError, match="no seed file for 'y'; there are: x"):
        seeds.load("y", Model)


@pytest.mark.parametrize(("text", "words"), [("log2(8)", "in brackets"), ("log10", "is missing")])
def test_a_logarithm_of_another_base_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        grammar.read_number(text)
    assert grammar.read_number("50 log10(0.7071)") == pytest.approx(50 * np.log10(0.7071))


@pytest.mark.parametrize("text", ["1e400", "-1e400", "2*1e999", "9" * 190 + "e400"])
def test_a_number_beyond_all_numbers_is_refused(text):
    with pytest.raises(ValueError, match="too large a number"):
        grammar.read_number(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 000", 1000),
        ("−1 234 567", -1234567),
        ("1,234,567", 1234567),
        ("≈ 2.5x", 2.5),
        ("0,483", 0.483),
        ("12,50", 12.5),
        ("0,5^2", 0.25),
        ("0,5 + 1,25", 1.75),
        ("−1,234,567 + 1", -1234566),
        ("= 3 ×", 3),
        ("2 × 3", 6),
    ],
)
def test_a_number_is_read_as_people_write_it(text, value):
    assert grammar.read_number(text) == value


def test_a_number_with_two_meanings_is_asked_about():
    with pytest.raises(ValueError, match=r"in two ways: write 2483 or 2\.483"):
        grammar.read_number("2,483")
    with pytest.raises(ValueError, match="are understood; found"):
        grammar.read_number("1,2,3")
