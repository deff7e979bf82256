"""Scanners and hands, told apart by their speed."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from shopdesk.ui.till.burst import CODE_CONTROLS, Burst, ScanProfile


def type_code(burst: Burst, code: str, at: int = 0, step: int = 4) -> int:
    """Type a code at a scanner's speed; the moment of its last key."""
    for letter in code:
        assert not burst.lapsed(at)
        burst.add(letter, at)
        at += step
    return at


def test_a_fast_run_of_keys_with_an_end_key_is_a_code():
    burst = Burst()
    at = type_code(burst, "4006381333931")
    assert burst.finish(at) == "4006381333931"
    assert burst.size == 0


def test_two_fast_keys_are_two_rolling_fingers():
    burst = Burst()
    at = type_code(burst, "12")
    assert burst.finish(at) is None
    assert burst.size == 2


def test_a_pause_longer_than_inside_a_code_ends_the_burst():
    burst = Burst()
    burst.add("4", 100)
    assert not burst.lapsed(135)
    assert burst.lapsed(136)
    assert burst.lapsed(90)  # a clock set back is a pause, never a burst


def test_prefix_and_suffix_are_taken_off_and_a_prefix_makes_one_character_a_code():
    burst = Burst(ScanProfile(prefix="~", suffix="#"))
    assert burst.finish(type_code(burst, "~A#")) == "A"
    assert burst.finish(type_code(burst, "4006#", 500)) == "4006"


def test_separators_stay_inside_a_code():
    burst = Burst()
    code = "]C1010400638133393110LOT7\x1d3103001250"
    assert burst.finish(type_code(burst, code)) == code


def test_a_code_of_four_kilobytes_is_read_and_a_longer_one_is_not():
    burst = Burst()
    assert burst.finish(type_code(burst, "x" * 4096)) == "x" * 4096
    at = type_code(burst, "x" * 4097, 100_000)
    assert burst.too_long
    assert burst.finish(at) is None
    assert burst.size == 0


def test_a_flood_without_end_key_takes_no_memory():
    burst = Burst()
    for at in range(50_000):
        burst.add("x", at)
    assert burst.size == 50_000
    assert len(burst._keys) == burst.profile.longest


def test_second_half_of_an_end_key_is_no_key_of_its_own():
    burst = Burst()
    at = type_code(burst, "12345")
    burst.finish(at)
    assert burst.echo(at + 3)
    assert burst.echo(at + 60)  # and a third one, counted from the second
    assert not burst.echo(at + 200)
    assert not Burst().echo(0)


@given(st.text(min_size=1, max_size=60))
def test_whatever_is_scanned_comes_out_without_its_edges(code):
    burst = Burst(ScanProfile(shortest=1))
    assert burst.finish(type_code(burst, code)) == (code.strip() or None)


def test_a_million_random_keystrokes_raise_nothing_and_lose_no_count():
    """T16: half codes, CR floods, separators, emoji, clocks that jump."""
    chance = random.Random(16)
    letters = [*"0123456789ABCxyz*., ", *CODE_CONTROLS, "\U0001f4e6", "é", "\u202e", "\x00"]
    burst, at, codes = Burst(ScanProfile(prefix="~", suffix="\x03", longest=64)), 0, 0
    for _number in range(1_000_000):
        at += chance.choice((0, 1, 4, 9, 20, 34, 35, 36, 80, -50))
        if burst.lapsed(at):
            burst.clear()
        if chance.random() < 0.1:
            if not burst.size:
                burst.echo(at)
            elif burst.finish(at) is not None:
                codes += 1
            else:
                burst.clear()
        else:
            burst.add(chance.choice(letters), at)
        assert burst.size >= 0
    assert codes > 1_000
