"""A real device with its page."""
import pytest

from page_client import PageClient

PASSWORD = "open sesame"


@pytest.fixture
def start_page(start_device, free_port):
    """A function that starts a device with a page, and returns a client that knows the password."""

    def start(password=PASSWORD, web=None, ota=None, **how):
        port = free_port()
        device = start_device(ota={"passwd": password} | (ota or {}), elements={"web": {"0": {"port": port} | (web or {})}}, **how)
        device.log.wait("web/0: http: listening")
        return PageClient(device, port, password)

    return start
