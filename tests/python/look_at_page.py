"""Opens a page of a run in a real browser (Chromium over its DevTools pipe), on a desk and on a telephone, light and dark,
and on paper. Usage: look_at_page.py CHROMIUM PAGE FOLDER. Ends with 1 and what is wrong; leaves pictures in the folder."""

import base64
import json
import os
import subprocess
import sys
import tempfile
import time
import zlib

SIZES = [(1280, 900), (360, 740)]
LOOK = r"""
(() => {
  const wrong = [], numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).slice(0, 3).map((c) => c / 255)
      .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor, parts = numbers(colour);
      if (parts.length < 4 || parts[3] === 1) return colour;
      if (parts[3] > 0) wrong.push("a background that is seen through: " + colour);
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  let texts = 0, least = 99;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || element.closest("title, desc")) continue;
    const style = getComputedStyle(element);
    const colour = element.closest("svg") ? style.fill : style.color;
    const found = contrast(colour, behind(element));
    texts += 1;
    least = Math.min(least, found);
    if (found < 4.5) wrong.push("contrast " + found.toFixed(2) + ": " + walk.currentNode.data.trim().slice(0, 40));
  }
  let bars = 0;
  for (const bar of document.querySelectorAll("svg.bars rect")) {
    const style = getComputedStyle(bar);
    const seen = style.stroke !== "none" ? style.stroke : style.fill;
    bars += 1;
    if (contrast(seen, behind(bar)) < 3) wrong.push("a bar that is hardly seen: " + seen);
  }
  for (const svg of document.querySelectorAll("svg.bars")) {
    const texts = [...svg.querySelectorAll("text")].map((text) => text.getBoundingClientRect());
    for (let place = 0; place + 1 < texts.length; place += 2)
      if (texts[place].right > texts[place + 1].left) wrong.push("words on words in " + svg.getAttribute("aria-labelledby"));
    const width = svg.getBoundingClientRect();
    if (texts.some((text) => text.left < width.left - 1 || text.right > width.right + 1)) wrong.push("words beside the picture");
  }
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) wrong.push("it scrolls sideways: " + root.scrollWidth + " in " + root.clientWidth);
  for (const tile of document.querySelectorAll(".tiles li"))
    if (tile.scrollWidth > tile.clientWidth) wrong.push("a figure does not fit its tile: " + tile.textContent);
  return JSON.stringify({ wrong, texts, bars, least, page: light(getComputedStyle(document.body).backgroundColor),
    height: root.scrollHeight, title: document.title });
})()
"""


class Browser:
    def __init__(self, program):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        theirs_in, self.to = os.pipe()
        self.answers, theirs_out = os.pipe()

        def prepare():
            os.dup2(os.dup2(theirs_in, 60), 3)
            os.dup2(os.dup2(theirs_out, 61), 4)

        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                   "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe"]
        # Ends beside ours would be 3 and 4 themselves: they are moved out of the way first.
        moved = os.dup2(theirs_in, 62), os.dup2(theirs_out, 63)
        theirs_in, theirs_out = moved
        command = [program, *options, "--user-data-dir=" + self.folder.name, "about:blank"]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, preexec_fn=prepare, close_fds=False, stdout=quiet, stderr=quiet)
        for end in moved:
            os.close(end)
        self.last, self.read, self.events = 0, b"", []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = None
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def ask(self, method, **parameters):
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters}
        if getattr(self, "session", None):
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.read:
                more = os.read(self.answers, 1 << 20)
                if not more:
                    raise SystemExit("the browser went away")
                self.read += more
            one, self.read = self.read.split(b"\0", 1)
            one = json.loads(one)
            if one.get("id") == self.last:
                if "error" in one:
                    raise SystemExit(f"{method}: {one['error']}")
                return one["result"]
            self.events.append(one)

    def value(self, expression):
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise SystemExit(str(found["exceptionDetails"]))
        return found["result"].get("value")

    def open(self, page):
        self.ask("Page.navigate", url="file://" + os.path.abspath(page))
        for _ in range(200):
            if self.value("document.readyState") == "complete" and self.value("location.protocol") == "file:":
                return
            time.sleep(0.05)
        raise SystemExit("the page does not load")

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


def lines_of(png):
    """How many lines of a picture are unlike all others: few in an empty one."""
    data, place = b"", 8
    while place < len(png):
        length = int.from_bytes(png[place:place + 4], "big")
        if png[place + 4:place + 8] == b"IHDR":
            width = int.from_bytes(png[place + 8:place + 12], "big")
            channels = {2: 3, 6: 4}[png[place + 17]]
        if png[place + 4:place + 8] == b"IDAT":
            data += png[place + 8:place + 8 + length]
        place += 12 + length
    rows, step = zlib.decompress(data), width * channels + 1
    return len({rows[start:start + step] for start in range(0, len(rows), step)})


def main():
    program, page, folder = sys.argv[1:]
    browser, wrong, told = Browser(program), [], []
    for domain in ("Page", "Runtime", "Network", "Log"):
        browser.ask(domain + ".enable")
    for width, height in SIZES:
        for scheme in ("light", "dark"):
            where = f"{width} px, {scheme}"
            browser.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                        mobile=width < 600)
            browser.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.open(page)
            # What is folded away is looked at too.
            browser.value("document.querySelectorAll('details').forEach((one) => { one.open = true })")
            seen = json.loads(browser.value(LOOK))
            wrong += [f"{where}: {one}" for one in seen["wrong"]]
            if seen["texts"] < 50 or seen["bars"] < 3:
                wrong.append(f"{where}: hardly anything is there: {seen}")
            if (seen["page"] > 0.5) != (scheme == "light"):
                wrong.append(f"{where}: the page is not {scheme}")
            told.append(f"{where}: {seen['texts']} texts, least contrast {seen['least']:.2f}, {seen['height']} px high")
            area = {"x": 0, "y": 0, "width": width, "height": min(seen["height"], 4000), "scale": 1}
            shot = browser.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=area)
            png = base64.b64decode(shot["data"])
            open(os.path.join(folder, f"page-{width}-{scheme}.png"), "wb").write(png)
            if lines_of(png) < 200:
                wrong.append(f"{where}: the picture is empty")
    browser.open(page)
    for kind in ("keyDown", "keyUp"):
        browser.ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    if browser.value("document.activeElement.className") != "skip":
        wrong.append("the first stop of the keyboard is not the skip link")
    if browser.value("document.querySelector('#content') !== null") is not True:
        wrong.append("the skip link leads nowhere")
    paper = base64.b64decode(browser.ask("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])
    open(os.path.join(folder, "page.pdf"), "wb").write(paper)
    if not paper.startswith(b"%PDF") or len(paper) < 20_000:
        wrong.append("nothing is printed")
    for event in browser.events:
        asked = event.get("params", {}).get("request", {}).get("url", "file:")
        if event["method"] == "Network.requestWillBeSent" and not asked.startswith("file:"):
            wrong.append(f"it asks for {asked}")
        if event["method"] in ("Log.entryAdded", "Runtime.exceptionThrown"):
            wrong.append(f"the browser complains: {event['params']}")
    browser.end()
    print("\n".join(wrong or told))
    return 1 if wrong else 0


sys.exit(main())
