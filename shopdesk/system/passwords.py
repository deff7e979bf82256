"""Passwords and PINs: what is good enough (S06, S10) and how they are hashed (S07). No database here.

The rule of length, read from NIST 800-63B-4 for this shop: 15 characters where the password is all that a person has, 8 where
they also have a PIN, because whoever has one must prove it again at every lock and approval. At most 128 characters, no rules of
composition, no expiry; what everybody chooses is refused. Lengths count characters after Unicode NFC.
"""

from __future__ import annotations

import itertools
import secrets
import unicodedata
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.paths import resource_path

SHORTEST_ALONE = 15
SHORTEST_WITH_PIN = 8
LONGEST = 128
SHORTEST_PIN = 6
LONGEST_PIN = 12

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_USUAL_PINS = (
    "112233 121314 102030 142536 789456 456123 159753 147852 741852 123654 147896 131415 141516 151617 100200 "
    "112211 221122 110110 123321 321123 789987 456654 520131 420420 246810 135790 314159 271828 202020 010203"
)
_KEYPAD = ("123456789012345", "987654321098765", "147258369", "963852741", "159357", "753951", "258000")


class WeakPassword(ShopError):
    """A password that is too short, too long or too easily guessed."""

    code = "weak_password"
    sentence = N_("Choose another password: {problem}")

    def __init__(self, problem: str) -> None:
        super().__init__(field="password", problem=problem)


class UnusablePin(ShopError):
    """A PIN of the wrong form, easily guessed, or somebody else's; the sentence does not tell which of the last two."""

    code = "unusable_pin"
    sentence = N_("Choose another PIN: at least 6 digits, at most 12, and not one that is easy to guess.")

    def __init__(self) -> None:
        super().__init__(field="pin")


@dataclass(frozen=True, slots=True)
class Profile:
    """What a hash costs: argon2id's memory in KiB, passes and lanes."""

    memory_kib: int
    passes: int
    lanes: int


TARGET = Profile(65_536, 3, 4)
"""RFC 9106's second choice: 64 MiB, 3 passes, 4 lanes."""

_hasher: PasswordHasher


def use_profile(profile: Profile) -> None:
    """Hash at another cost from now on; hashes of other costs still verify and are renewed at the next sign-in."""
    global _hasher
    _hasher = PasswordHasher(
        time_cost=profile.passes, memory_cost=profile.memory_kib, parallelism=profile.lanes, type=Type.ID
    )


use_profile(TARGET)


def normal(secret: str) -> str:
    """The one spelling of a secret: Unicode NFC, so that every keyboard's way to an accent is the same password."""
    return unicodedata.normalize("NFC", secret)


def hash_secret(secret: str) -> str:
    """The PHC string of a password or PIN. Takes 0.1 to 0.5 s: never inside a transaction."""
    return _hasher.hash(normal(secret))


def verify(hashed: str | None, secret: str) -> bool:
    """Whether a secret is the one that was hashed. As slow as hashing.

    Without a hash (nobody of that name) the same work is done for nothing, so that the time tells nobody who exists.
    """
    if len(secret) > 4 * LONGEST:
        secret = ""  # no secret is that long; megabytes of it are not worth hashing
    if hashed is None:
        _hasher.hash(normal(secret))
        return False
    try:
        return _hasher.verify(hashed, normal(secret))
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(hashed: str) -> bool:
    """Whether a hash was made at another cost than today's."""
    return _hasher.check_needs_rehash(hashed)


def check_password(password: str, *, username: str, has_pin: bool) -> None:
    """Raise WeakPassword unless the password is good enough for a person with or without a PIN."""
    password = normal(password)
    shortest = SHORTEST_WITH_PIN if has_pin else SHORTEST_ALONE
    if len(password) < shortest:
        raise WeakPassword(_("it needs at least {count} characters.").format(count=shortest))
    if len(password) > LONGEST:
        raise WeakPassword(_("it may have at most {count} characters.").format(count=LONGEST))
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in password):
        raise WeakPassword(_("it holds a character that no keyboard types."))
    if is_guessable(password, username):
        raise WeakPassword(_("it is one of those that everybody tries first."))


def is_guessable(password: str, username: str = "") -> bool:
    """Whether a password is on the list of the usual ones, or only a name, a repetition or a run of keys."""
    lowered = password.casefold()
    if lowered in _blocked() or len(set(lowered)) < 4:
        return True
    period = _period(lowered)
    if period < len(lowered) and (period < 6 or lowered[:period] in _blocked()):
        return True
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(lowered)}
    if len(steps) == 1 and steps <= {1, -1}:
        return True
    bare = lowered.strip("0123456789!?.,-_ #*$")
    added = lowered.replace(bare, "", 1) if bare else lowered
    usual = len(bare) < 4 or bare in _blocked() or bare in {username.casefold(), "shopdesk"}
    return usual and ((bool(bare) and len(added) <= 4) or added in _KEYPAD[0])


def check_pin(pin: str) -> None:
    """Raise UnusablePin unless it is 6 to 12 digits that are not easily guessed."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST_PIN <= len(pin) <= LONGEST_PIN):
        raise UnusablePin
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(pin)}
    repeated = any(len(pin) % size == 0 and pin == pin[:size] * (len(pin) // size) for size in (1, 2, 3))
    twos = len(set(pin)) == 2 and pin in {pin[0] * k + pin[-1] * (len(pin) - k) for k in range(1, len(pin))}
    if (
        (len(steps) == 1 and steps <= {0, 1, 9})
        or repeated
        or twos
        or pin in _USUAL_PINS
        or any(pin in run for run in _KEYPAD)
    ):
        raise UnusablePin


def one_time_password() -> str:
    """A password for the first sign-in: four groups of five letters and digits that are told apart, 99 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


@cache
def _blocked() -> frozenset[str]:
    text = resource_path("seed", "blocked_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def _period(text: str) -> int:
    """The length of the piece that a text repeats; its own length when it repeats nothing."""
    sizes = (size for size in range(1, len(text)) if len(text) % size == 0)
    return next((size for size in sizes if text == text[:size] * (len(text) // size)), len(text))
