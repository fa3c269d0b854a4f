#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""html_browser_test.py PROGRAM [FOLDER]: the HTML report in a real browser, headless Chromium, spoken
to through a pipe in the DevTools protocol. PROGRAM is sample_report. With FOLDER, or with
HVSPEC_SCREENSHOTS set, screenshots are kept there to be looked at. Exits 77, skipped, where there
is no Chromium."""
import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
PATIENCE = 60  # seconds for one answer; a loaded machine starts Chromium slowly
# Root gets no sandbox, and needs none for pages of our own.
FLAGS = ["--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
         "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
         "--hide-scrollbars", "--no-default-browser-check"]
DESKTOP, PHONE, NARROW = (1280, 900), (390, 844), (320, 568)


class Browser:
    """One Chromium with one page; `problems` is what the console said since the last load."""

    def __init__(self, program, profile):
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        self.reader, self.writer = ours_in, ours_out
        self.number, self.buffer, self.problems, self.loaded = 0, b"", [], False

        def place():  # the protocol's pipe: the browser reads file 3 and writes file 4
            os.dup2(theirs_in, 63)
            os.dup2(theirs_out, 64)
            os.dup2(63, 3)
            os.dup2(64, 4)

        self.process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"], preexec_fn=place,
            close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def close(self):
        self.session = None
        self.call("Browser.close")
        self.process.wait(PATIENCE)

    def receive(self):
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self.buffer:
            if not select.select([self.reader], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError("Chromium does not answer")
            data = os.read(self.reader, 1 << 20)
            if not data:
                raise EOFError("Chromium has ended")
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(message)
        self.note(message.get("method"), message.get("params", {}))
        return message

    def note(self, method, params):
        if method == "Page.loadEventFired":
            self.loaded = True
        elif method == "Runtime.exceptionThrown":
            self.problems.append(params["exceptionDetails"]["text"])
        elif method == "Log.entryAdded":
            self.problems.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.problems.append(str(params["args"]))
        elif method == "Network.requestWillBeSent":
            if not params["request"]["url"].startswith(("file:", "about:")):
                self.problems.append("requests " + params["request"]["url"])

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writer, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def view(self, size=DESKTOP, scheme="light", media="", scripts=True):
        width, height = size
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=size != DESKTOP)
        self.call("Emulation.setEmulatedMedia", media=media,
                  features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)

    def go(self, address):
        self.problems, self.loaded = [], False
        self.call("Page.navigate", url=address)
        while not self.loaded:
            self.receive()

    def load(self, path, fragment=""):
        self.go("about:blank")  # or a new fragment would only scroll the page that is there
        self.go(path.as_uri() + fragment)

    def value(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def click(self, selector):
        """As a user does: a press and a release of the mouse where the element is."""
        box = self.value(f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
                         "e.scrollIntoView({block: 'center', inline: 'center'});"
                         "const r = e.getBoundingClientRect();"
                         "return [r.x + r.width / 2, r.y + r.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left",
                      clickCount=1)

    def screenshot(self, path, whole=False):
        picture = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(picture["data"]))


SHOWN = ("[...document.querySelectorAll('article')].filter(a => a.checkVisibility())"
         ".map(a => a.id).join(' ')")
TARGET_TRACE = ("(() => { const e = document.querySelector(':target');"
                "return e && e.checkVisibility() && e.querySelector('.trace .deciding')"
                ".checkVisibility() && e.getBoundingClientRect().top < innerHeight; })()")


class Test:
    def __init__(self, browser, folder, pages, pictures):
        self.browser, self.folder, self.pages, self.failures = browser, folder, pages, 0
        self.pictures = pictures

    def check(self, what, value, expected):
        good = value == expected
        self.failures += not good
        print("ok  " if good else "FAIL", what, "" if good else f": {value!r}, not {expected!r}")

    def loads_cleanly(self):
        for name, path in self.pages.items():
            self.browser.view()
            self.browser.load(path)
            self.check(f"{name}: no console message, no request", self.browser.problems, [])
            self.check(f"{name}: the page is in standards mode",
                       self.browser.value("document.compatMode"), "CSS1Compat")

    def filter_works(self):
        self.browser.view()
        self.browser.load(self.pages["small"])
        self.check("the filter is there", self.browser.value("filter.checkVisibility()"), True)
        self.browser.load(self.pages["small"], "#filter=fail")
        self.check("a filter in the address", self.browser.value(SHOWN), "p1-max-reaches-target")
        self.check("it is said how many", self.browser.value(
            "document.querySelector('output').textContent"), "1 of 6 rules shown")
        self.check("the counts follow", self.browser.value(
            "[...document.querySelectorAll('.counts b')].map(b => b.textContent).join()"),
            "0 of 1,1 of 1,0 of 1,0 of 1,0 of 1,0 of 1")
        self.browser.load(self.pages["cells"], "#text=nowhere-to-be-found")
        self.check("what the filter empties says so", self.browser.value(
            "[...document.querySelectorAll('main > section')].filter(s => s.querySelector('[data-v]'))"
            ".every(s => s.checkVisibility() && s.querySelector('.nothing')?.checkVisibility())"), True)
        self.browser.click("#filter button")
        self.check("and only then", self.browser.value("document.querySelectorAll('.nothing').length"), 0)
        self.browser.load(self.pages["small"], "#filter=pass,info")
        self.check("two verdicts, folded ones opened", self.browser.value(SHOWN),
                   "p1-max-read-first p1-hypervisor-max-in-block")
        self.browser.load(self.pages["small"], "#text=GAPS%2F")
        self.check("text in the address, in any case", self.browser.value(SHOWN),
                   "p1-gaps-order-independent")
        self.browser.load(self.pages["small"])
        self.browser.click("#filter input[value=fail]")
        self.check("a click on a verdict hides it", self.browser.value(
            "document.getElementById('p1-max-reaches-target').checkVisibility()"), False)
        self.check("and is kept in the address", self.browser.value("location.hash"),
                   "#filter=pass,nonstrict,info,not-exercised,not-applicable")
        self.browser.click("#filter button")
        self.check("and all are shown again", self.browser.value(
            "[document.querySelectorAll('[hidden]').length, location.hash]"), [0, ""])
        self.browser.click("#filter input[type=search]")
        self.browser.call("Input.insertText", text="value-intact")
        self.check("typed text", self.browser.value(SHOWN), "p1-target-value-intact")
        self.browser.load(self.pages["small"], "#filter=%3Cb%3E&text=%")
        self.check("a filter that means nothing", self.browser.problems, [])

    def cell_leads_to_trace(self):
        for scripts in (True, False):
            mode = "" if scripts else " without scripts"
            self.browser.view(scripts=scripts)
            self.browser.load(self.pages["small"])
            self.browser.click("#matrix summary")
            self.browser.click("#matrix td.fail a")
            self.check(f"a failing cell of one probe leads to its trace{mode}",
                       self.browser.value(TARGET_TRACE), True)
            self.browser.load(self.pages["hostile"])
            self.browser.click("#matrix td.fail a")
            self.check(f"a failing cell of two probes leads to its trace{mode}",
                       self.browser.value(TARGET_TRACE), True)
            self.browser.click("#matrix td.pass a")
            self.check(f"a passing one to its folded rule{mode}", self.browser.value(
                "document.querySelector(':target').checkVisibility()"), True)
            self.browser.load(self.pages["cells"])
            self.browser.click("#matrix summary")
            self.browser.click("#matrix a[href='#s1-2']")
            self.check(f"a broken cell to its own trace, opened{mode}",
                       self.browser.value(TARGET_TRACE), True)
            self.browser.click("#matrix a[href='#s1-1']")
            self.check(f"a passing one to its scenario, opened{mode}", self.browser.value(
                "(() => { const e = document.querySelector(':target'); return e.checkVisibility()"
                "&& e.closest('.scenario').querySelector('.shown .trace').checkVisibility(); })()"),
                True)
        self.browser.view()
        self.browser.load(self.pages["small"], "#filter=pass")
        self.browser.value("location.hash = '#p1-max-reaches-target'")
        self.browser.value("new Promise(done => setTimeout(done, 50))")
        self.check("a link to what is filtered away", self.browser.value(
            "document.querySelector(':target').checkVisibility()"), True)

    def more_rows_are_hinted_at(self):
        self.browser.view()
        self.browser.load(self.pages["small"])
        self.browser.click("#matrix summary")
        self.check("what lies below the matrix's edge has a shade at it", self.browser.value(
            "(() => { const s = document.querySelector('#matrix .scroller'); s.style.maxHeight = '6rem';"
            "const a = getComputedStyle(s, '::after'); return [a.position, parseFloat(a.height) > 0,"
            "a.backgroundImage.startsWith('linear-gradient')].join(); })()"), "sticky,true,true")

    def leaf_maps_are_drawn(self):
        """The scales are shared through <use>, where a rule that names their surroundings fails."""
        for scheme, ink in (("light", "rgb(87, 96, 106)"), ("dark", "rgb(160, 169, 180)")):
            self.browser.view(scheme=scheme)
            self.browser.load(self.pages["small"])
            self.check(f"the scale of a leaf map is seen, {scheme}", self.browser.value(
                "getComputedStyle(document.querySelector('.scale')).fill"), ink)
        self.check("no rule about shapes names what surrounds them", self.browser.value(
            "[...document.styleSheets[0].cssRules].filter(r => /[^,\\s]\\s+\\.(scale|range|key|map-|square)/"
            ".test(r.selectorText ?? '')).length"), 0)
        self.check("a run of leaves has its pattern", self.browser.value(
            "getComputedStyle(document.querySelector('figure .map-value')).fill"),
            'url("#map-value")')

    def names_stay_text(self):
        self.browser.view()
        self.browser.load(self.pages["hostile"])
        self.check("no element comes from a name", self.browser.value(
            "document.querySelectorAll('b[a], img, iframe, object, link, base').length"), 0)
        self.check("nor a script or a style", self.browser.value(
            "document.querySelectorAll('script, style').length"), 2)
        self.check("the name is there as text", self.browser.value(
            "document.querySelector('#p1 h3').textContent.includes("
            "'\\\\x1b[31m\\\\x07\\\\x01<b a=\\'1\\' c=\"2\">&amp;]]>--\\\\x0d')"), True)
        self.browser.value("document.body.insertAdjacentHTML('beforeend',"
                           "'<img src=x onerror=\"window.ran = true\">'"
                           "+ '<p style=\"color: red\" onclick=\"window.ran = true\">x</p>')")
        self.browser.value("document.body.lastElementChild.click()")
        self.check("the policy stops what would slip through", self.browser.value(
            "typeof window.ran"), "undefined")

    def works_without_scripts(self):
        self.browser.view(scripts=False)
        self.browser.load(self.pages["small"])
        self.check("without scripts: no filter", self.browser.value("filter.checkVisibility()"),
                   False)
        self.check("without scripts: the failure is spelled out", self.browser.value(
            "document.querySelector('#p1-max-reaches-target .trace').checkVisibility()"
            "&& document.querySelector('#p1-max-reaches-target .leafmap').checkVisibility()"), True)
        self.browser.click("#p1 > details > summary")
        self.check("without scripts: folded rules open", self.browser.value(
            "document.getElementById('p1-max-read-first').checkVisibility()"), True)

    def fits(self):
        for name, path in self.pages.items():
            for size in (PHONE, NARROW):
                self.browser.view(size)
                self.browser.load(path)
                self.browser.value("document.querySelectorAll('details').forEach("
                                   "d => { d.open = true; })")
                self.check(f"{name}: {size[0]} pixels are enough", self.browser.value(
                    "document.documentElement.scrollWidth <= innerWidth"), True)

    def schemes(self):
        ground = "getComputedStyle(document.body).backgroundColor"
        for scheme, colour in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 23, 27)")):
            for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
                self.browser.view(size, scheme)
                self.browser.load(self.pages["small"])
                self.check(f"{name}, {scheme}", self.browser.value(ground), colour)
                for page in self.pictures:
                    self.browser.load(self.pages[page])
                    self.browser.screenshot(self.folder / f"{page}-{name}-{scheme}.png", True)
        self.check("the screenshots are pictures", min(
            len(path.read_bytes()) for path in self.folder.glob("*.png")) > 10000, True)

    def prints(self):
        self.browser.view(media="print", scheme="dark")
        self.browser.load(self.pages["small"])
        self.check("print: no filter", self.browser.value("filter.checkVisibility()"), False)
        self.check("print: dark ink on white, in the dark as well", self.browser.value(
            "getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
        self.browser.load(self.pages["cells"])
        self.browser.value("dispatchEvent(new Event('beforeprint'))")
        self.check("print: scenarios are opened where something is broken, and only there",
                   self.browser.value("[...document.querySelectorAll('.scenario')]"
                                      ".map(s => s.open).join()"), "true,true,false")
        self.check("print: the scenarios' cases are left out, and it is said", self.browser.value(
            "[document.getElementById('scenarios').checkVisibility(),"
            " document.querySelector('.on-paper').checkVisibility(),"
            " document.getElementById('rules').checkVisibility()].join()"), "false,true,true")
        document = self.browser.call("Page.printToPDF")["data"]
        self.check("print: a document", base64.b64decode(document)[:5], b"%PDF-")


def write_pages(program, folder):
    pages = {}
    for name in subprocess.run([program], check=True, capture_output=True,
                               text=True).stdout.split():
        pages[name] = folder / f"{name}.html"
        pages[name].write_bytes(subprocess.run([program, "html", name], check=True,
                                               capture_output=True).stdout)
    return pages


def main(program, screenshots=None):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        print("chromium (Debian package chromium) not found: skipped")
        return SKIPPED
    screenshots = screenshots or os.environ.get("HVSPEC_SCREENSHOTS")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        temporary = pathlib.Path(temporary)
        folder = pathlib.Path(screenshots) if screenshots else temporary
        folder.mkdir(parents=True, exist_ok=True)
        browser = Browser(chromium, temporary / "profile")
        pages = write_pages(program, temporary)
        # Pictures of long pages take longer than all the rest, and serve who looks at them.
        test = Test(browser, folder, pages, pages if screenshots else ["small"])
        try:
            for part in (test.loads_cleanly, test.filter_works, test.cell_leads_to_trace, test.more_rows_are_hinted_at,
                         test.leaf_maps_are_drawn, test.names_stay_text, test.works_without_scripts, test.fits,
                         test.schemes, test.prints):
                part()
            browser.close()
        finally:
            if browser.process.poll() is None:
                browser.process.kill()
                browser.process.wait(PATIENCE)
    return 1 if test.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
