"""How ``segue serve`` ends when it cannot go on."""

import resource

import pytest

from segue.cli.serve import run, widen
from segue.errors import StoreError


async def fail(error):
    raise error


def test_a_fault_goes_to_the_log_and_fails_the_process(caplog):
    with pytest.raises(SystemExit) as ended:
        run(fail(ZeroDivisionError("by zero")))
    (record,) = caplog.records
    assert (ended.value.code, record.getMessage()) == (1, "ended by a fault")
    assert "by zero" in str(record.exc_info[1])


def test_what_is_wrong_with_the_store_is_left_to_be_told_as_a_sentence():
    with pytest.raises(StoreError):
        run(fail(StoreError("the disk is gone")))


def test_as_many_files_may_be_open_as_the_system_allows():
    soft, hard = before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, soft), hard))
    try:
        widen()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(hard, 65_536)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
