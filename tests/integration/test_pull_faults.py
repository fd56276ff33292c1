"""Makes every fault of pull_faults.toml happen between a real device that pulls and real servers, and compares how it ends."""
import concurrent.futures
import contextlib
import pathlib
import tomllib

import pytest

from nginx_server import why_no_nginx
from pull_scenes import SCENES, Scene
from pull_site import Site
from signing_tools import keys  # noqa: F401

TABLE = tomllib.loads((pathlib.Path(__file__).parent / "pull_faults.toml").read_text())
QUICK, WAITING = ([row for row in TABLE["fault"] if bool(row.get("wait")) == wait] for wait in (False, True))


@pytest.fixture(scope="module")
def make_site(binaries, free_port, keys, tmp_path_factory):  # noqa: F811
    """A function; all that it makes ends with the module."""
    with contextlib.ExitStack() as cleanup:
        yield lambda: cleanup.enter_context(contextlib.closing(Site(TABLE, binaries, free_port, keys, tmp_path_factory.mktemp("site"))))


@pytest.fixture(scope="module")
def site(make_site):
    return make_site()


def make_happen(site, row, folder):
    try:
        scene = Scene(site, row, folder)
        SCENES[row.get("how", "check")](scene)
        scene.compare()
        scene.check_again()
    except BaseException:
        print(site.device.report())
        site.renew_device()
        raise


@pytest.mark.parametrize("row", [pytest.param(row, id=row["name"]) for row in QUICK])
def test_fault(site, row, tmp_path):
    if "nginx" in row.get("update", {}).get("url", "") and why_no_nginx():
        pytest.skip(why_no_nginx())
    make_happen(site, row, tmp_path)


@pytest.mark.long_wait
def test_faults_that_wait(make_site, sanitized, tmp_path):
    """All at once, each with a device of its own."""
    if sanitized:
        pytest.skip("waits for a timeout: release build only")
    sites = [make_site() for _ in WAITING]
    folders = [tmp_path / str(number) for number in range(len(WAITING))]
    for folder in folders:
        folder.mkdir()
    with concurrent.futures.ThreadPoolExecutor(len(WAITING)) as pool:
        ended = [pool.submit(make_happen, *each) for each in zip(sites, WAITING, folders)]
    for each in ended:
        each.result()
