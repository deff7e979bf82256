"""The lock file's writer: which systems a package is for, and which wheels they can install."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest

from tests.test_architecture import ROOT


@pytest.fixture(scope="module")
def lock() -> ModuleType:
    spec = importlib.util.spec_from_file_location("installer_lock", ROOT / "installer" / "lock.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_package_for_everybody_has_no_condition(lock):
    assert lock.marker(set(lock.TARGETS)) == ""


def test_conditions_name_the_system_or_the_versions(lock):
    windows = {target for target in lock.TARGETS if target[0] == "win32"}
    old = {target for target in lock.TARGETS if target[1] == "3.11"}
    assert lock.marker(windows) == " ; sys_platform == 'win32'"
    assert lock.marker(old) == " ; python_version < '3.12'"
    assert lock.marker(windows & old) == " ; sys_platform == 'win32' and python_version < '3.12'"
    assert lock.marker(windows | old).count(" or ") == 2


@pytest.mark.parametrize(
    ("interpreter", "abi", "fits"),
    [
        ("py3", "none", True),
        ("py2", "none", False),
        ("cp311", "cp311", True),
        ("cp310", "cp310", False),
        ("cp39", "abi3", True),
        ("cp315", "abi3", False),
        ("cp313", "cp313t", False),
        ("pp311", "pypy311_pp73", False),
    ],
)
def test_wheels_of_supported_pythons_only(lock, interpreter, abi, fits):
    assert lock.fits_python(interpreter, abi) is fits


def test_requirements_are_followed_on_each_system(lock):
    packages = {
        "shop": {"metadata": {"requires_dist": ["colours; sys_platform == 'win32'", "codec[fast]>=2"]}},
        "codec": {"metadata": {"requires_dist": ["speed; extra == 'fast'", "docs; extra == 'docs'"]}},
        "speed": {"metadata": {}},
    }
    needed, missing = lock.walk(["shop"], packages)
    assert missing == {"colours"}
    assert needed["speed"] == set(lock.TARGETS)
    assert "docs" not in needed
