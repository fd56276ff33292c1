"""Many airlift-device processes on loopback, with an image that is confirmed by being alive."""
from device_process import Device

SCRIPT = b"#!/bin/sh\nexec sleep 100000\n"


class Crowd:
    """One device for each port; `image` is what they run at first."""

    def __init__(self, binaries, folder, ports, image=SCRIPT):
        self.devices, self._folder = [], folder
        (folder / "first").write_bytes(image)
        for number, port in enumerate(ports):
            device = Device(binaries, folder / f"d{number}", port, name=f"crowd{number}")
            device.configure(ota={"confirm": "alive 1"})
            device.init(folder / "first", max(65536, 2 * len(image)))
            self.devices.append(device)
        for device in self.devices:
            device.start(level="info", ready=False)
        for device in self.devices:
            device.log.wait(": ready: ")

    def close(self):
        for device in self.devices:
            if device.process:
                device.process.kill()
        for device in self.devices:
            device.close()

    def write_list(self):
        """A file for --devices."""
        path = self._folder / "devices"
        path.write_text("".join(f"127.0.0.1:{device.port}\n" for device in self.devices))
        return path

    def newest_updates(self):
        return [device.status()["history"][0]["number"] for device in self.devices]

    def wait_confirmed(self, before):
        """Waits until each device has confirmed an update newer than those of newest_updates()."""
        for device, number in zip(self.devices, before):
            device.wait_status(lambda now: now["history"][0]["number"] > number and now["history"][0]["result"] == "confirmed",
                               "the image is confirmed")
