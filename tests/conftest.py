"""Fixtures that every part of the suite shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("afterprint", deadline=None)
settings.load_profile("afterprint")

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real pages beside the checkout. In CI it must be there: a skip would be a failure."""
    if SHARED.is_dir():
        return SHARED
    if os.environ.get("CI") == "true":
        pytest.fail(f"{SHARED} is absent, and in CI it must be present")
    pytest.skip(f"needs the real pages of {SHARED}, which are not beside this checkout")
