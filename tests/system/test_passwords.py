"""What is good enough as a password or PIN, and how it is hashed (S06, S07, S10)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.system import passwords
from shopdesk.system.passwords import TARGET, UnusablePin, WeakPassword, check_password, check_pin
from shopdesk.system.tokens import API_KEY, DEVICE, REFRESH, SESSION, new_token, token_hash

GOOD = [
    ("kettle drum ocean", False),  # 17, words with blanks
    ("fifteen letters", False),  # exactly 15
    ("Übermäßig-Ähnlich", False),
    ("пароль на каждый день", False),
    ("密码不能太短十五个字符才行了吧", False),
    ("8vU2-kq9", True),  # 8 with a PIN
    ("738291047382910", False),  # digits alone: no rules of composition
    ("x" * 60 + "y3" + "z" * 66, False),  # 128
    ("a password with password in it", False),
]
BAD = [
    ("fourteen lette", False),  # 14
    ("8vU2-kq", True),  # 7
    ("k9" * 64 + "x", False),  # 129
    ("password", True),
    ("PassWord", True),
    ("password1234567", False),
    ("123456789012345", False),
    ("aaaaaaaaaaaaaaaa", False),
    ("abcabcabcabcabcabc", False),
    ("passwordpassword", False),
    ("abcdefghijklmnopq", False),
    ("christmas-tree1", True),  # replaced by the user's name below
    ("tab\tin the middle of it", False),
]


@pytest.mark.parametrize(("password", "with_pin"), GOOD)
def test_good_passwords(password, with_pin):
    check_password(password, username="ann", has_pin=with_pin)


@pytest.mark.parametrize(("password", "with_pin"), BAD)
def test_bad_passwords(password, with_pin):
    with pytest.raises(WeakPassword) as refused:
        check_password(password, username="christmas-tree", has_pin=with_pin)
    assert refused.value.code == "weak_password"
    assert str(refused.value).startswith("Choose another password: ")


def test_eight_characters_do_only_beside_a_pin():
    check_password("8vU2-kq9", username="ann", has_pin=True)
    with pytest.raises(WeakPassword):
        check_password("8vU2-kq9", username="ann", has_pin=False)


def test_length_counts_letters_however_they_were_typed():
    composed = "ä" * 7 + "ö" * 7 + "ü"
    decomposed = unicodedata.normalize("NFD", composed)
    assert len(decomposed) == 2 * len(composed)
    for spelling in (composed, decomposed):
        with pytest.raises(WeakPassword, match="tries first"):  # long enough, but three letters only
            check_password(spelling, username="ann", has_pin=False)
        with pytest.raises(WeakPassword, match="at least 15"):
            check_password(spelling[:-1] if spelling is composed else spelling[:-2], username="ann", has_pin=False)


def test_one_password_typed_on_two_keyboards_is_one():
    hashed = passwords.hash_secret("Grün ist die Hoffnung")
    assert passwords.verify(hashed, unicodedata.normalize("NFD", "Grün ist die Hoffnung"))
    assert not passwords.verify(hashed, "Grun ist die Hoffnung")


@pytest.mark.parametrize("pin", ["482913", "7391546", "805316204917"])
def test_good_pins(pin):
    check_pin(pin)


@pytest.mark.parametrize(
    "pin",
    ["", "48291", "4829134829134", "48291a", "４８２９１３", "111111", "123456", "654321", "000000", "121212", "123123",
     "111222", "112233", "147258", "901234", "12345678", " 482913"],
)  # fmt: skip
def test_bad_pins(pin):
    with pytest.raises(UnusablePin):
        check_pin(pin)


def test_the_cost_is_written_into_the_hash():
    passwords.use_profile(TARGET)
    hashed = passwords.hash_secret("kettle drum ocean")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not passwords.is_outdated(hashed)
    passwords.use_profile(passwords.Profile(19_456, 2, 1))
    assert passwords.is_outdated(hashed)
    assert passwords.verify(hashed, "kettle drum ocean")


def test_nonsense_for_a_hash_is_no_match():
    for hashed in ("", "plain", "$argon2id$v=19$m=8,t=1,p=1$broken", "$2b$12$abcdefghijklmnopqrstuv"):
        assert not passwords.verify(hashed, "anything")


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_verifies_with_itself_and_with_nothing_else(secret, other):
    hashed = passwords.hash_secret(secret) if _is_utf8(secret) else None
    if hashed is None or not _is_utf8(other):
        return
    assert passwords.verify(hashed, secret)
    same = unicodedata.normalize("NFC", secret) == unicodedata.normalize("NFC", other)
    assert passwords.verify(hashed, other) is same


def _is_utf8(text: str) -> bool:
    return not any(unicodedata.category(char) == "Cs" for char in text)


def test_one_time_passwords_are_good_and_differ():
    made = {passwords.one_time_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        check_password(password, username="ann", has_pin=False)


def test_tokens_are_long_random_and_known_by_their_hash():
    for kind in (SESSION, REFRESH, DEVICE, API_KEY):
        tokens = {new_token(kind) for _ in range(100)}
        assert len(tokens) == 100
        assert all(token.startswith(kind) and len(token) >= len(kind) + 43 for token in tokens)
        assert {len(token_hash(token)) for token in tokens} == {64}
