"""What a test has written stays when it has failed. For a conftest.py to import."""
import shutil

import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    setattr(item, f"report_{call.when}", outcome.get_result())


@pytest.fixture
def tmp_path(tmp_path, request):
    """pytest's own, but gone when the test has passed: each device's flash takes its whole size on the disk."""
    yield tmp_path
    report = getattr(request.node, "report_call", None)
    if report is not None and report.passed:
        shutil.rmtree(tmp_path, ignore_errors=True)
