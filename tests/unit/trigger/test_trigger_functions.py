import pytest

from segue.trigger.functions import FUNCTIONS


NAN = float("nan")


@pytest.mark.parametrize(
    ("function", "value", "result"),
    [
        ("length", "", 0),
        ("length", "abc", 3),
        ("length", "é😀", 6),
        ("length", "\ud83d", 3),
        ("length", [1, [2, 3]], 2),
        ("length", {"a": 1}, None),
        ("length", 5, None),
        ("length", None, 0),
        ("lowercase", "ÉA", "éa"),
        ("lowercase", 5, None),
        ("lowercase", None, None),
        ("uppercase", "straße", "STRASSE"),
        ("uppercase", [], None),
        ("snakecase", "Order Completed", "order_completed"),
        ("snakecase", "getAPIKey2Go", "get_api_key2_go"),
        ("snakecase", "HTML5 is_fun--now!", "html5_is_fun_now"),
        ("snakecase", "Élan vital", "élan_vital"),
        ("snakecase", "", ""),
        ("snakecase", True, None),
        ("kebabcase", "test string", "test-string"),
        ("kebabcase", "OrderCompleted", "order-completed"),
        ("kebabcase", None, None),
        ("titlecase", "test string", "Test String"),
        ("titlecase", "order_COMPLETED", "Order Completed"),
        ("titlecase", 5, None),
        ("typeof", None, "null"),
        ("typeof", True, "bool"),
        ("typeof", 1.5, "number"),
        ("typeof", "", "string"),
        ("typeof", (), "list"),
        ("typeof", {}, "object"),
        ("bool", None, False),
        ("bool", 0, False),
        ("bool", 0.5, True),
        ("bool", "", False),
        ("bool", "false", False),
        ("bool", "0", True),
        ("bool", [], False),
        ("bool", [0], True),
        ("bool", {}, False),
        ("string", 5.0, "5"),
        ("string", 1e21, "1e+21"),
        ("string", True, "true"),
        ("string", "x", "x"),
        ("string", None, None),
        ("string", {}, None),
        ("string", [1, None, "x", True], "1,,x,true"),
        ("string", [[1]], None),
        ("number", 5, 5),
        ("number", True, 1),
        ("number", " -1.5e3 ", -1500.0),
        ("number", "12345678901234567890", 12345678901234567890),
        ("number", "", None),
        ("number", "5x", None),
        ("number", "٣", None),
        ("number", "nan", None),
        ("number", "1_000", None),
        ("number", "1e999", None),
        ("number", "9" * 5000, None),
        ("number", None, None),
        ("number", [5], None),
    ],
)
def test_a_function_gives(function, value, result):
    given = FUNCTIONS[function].call(value)
    assert (given, type(given)) == (result, type(result))


@pytest.mark.parametrize(
    ("value", "part", "result"),
    [
        ("abc", "b", True),
        ("abc", "B", False),
        ("5", 5, False),
        (None, "", False),
        (["b"], "b", False),
    ],
)
def test_contains_looks_for_text_in_text(value, part, result):
    assert FUNCTIONS["contains"].call(value, part) is result
