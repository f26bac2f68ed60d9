"""Chromium, driven as a person drives it, and what a page must be for everyone to use it."""
import os
import pathlib

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

# Nothing here is waited for by time; this ends a test that would wait for ever.
PATIENCE_SECONDS = int(os.environ.get("PATIENCE", "90"))
PHONE = (320, 640)
DESK = (1280, 900)


class Browser:
    """One person's browser, with a profile of its own. With `home`, the port of a server, that one is found at
    http://127.0.0.1/ too, where a server believes to be that was told no public address."""

    def __init__(self, size=DESK, languages="en", dark=False, home=None):
        options = webdriver.ChromeOptions()
        options.binary_location = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                         "--disable-background-networking", "--disable-component-update", "--no-first-run",
                         f"--window-size={DESK[0]},{DESK[1]}"):
            options.add_argument(argument)
        if home:
            options.add_argument(f"--host-resolver-rules=MAP 127.0.0.1:80 127.0.0.1:{home}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.ChromeService(os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_page_load_timeout(PATIENCE_SECONDS)
        self.driver.set_script_timeout(PATIENCE_SECONDS)
        agent = self.driver.execute_script("return navigator.userAgent")
        self.cdp("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=languages)
        self.scheme(dark)
        self.resize(size)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def cdp(self, command, **parameters):
        return self.driver.execute_cdp_cmd(command, parameters)

    def resize(self, size):
        self.cdp("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1,
                 mobile=size[0] < 600)

    def scheme(self, dark):
        self.cdp("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}])

    def open(self, address):
        self.driver.get(address)

    def until(self, what, condition):
        """Waits for a condition that reads the page; elements may be replaced while it does."""
        def tried(_):
            try:
                return condition()
            except StaleElementReferenceException:
                return False
        return WebDriverWait(self.driver, PATIENCE_SECONDS, poll_frequency=0.1).until(
            tried, f"waited in vain: {what}; the page says: {self.words()[:1500]}")

    def words(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    def sees(self, text):
        self.until(f"“{text}” is shown", lambda: text in self.words())

    def sees_no(self, text):
        self.until(f"“{text}” is not shown", lambda: text not in self.words())

    def one(self, selector):
        return self.until(selector, lambda: next(
            (e for e in self.driver.find_elements(By.CSS_SELECTOR, selector) if e.is_displayed()), None))

    def all(self, selector):
        return [e for e in self.driver.find_elements(By.CSS_SELECTOR, selector) if e.is_displayed()]

    def card(self, name):
        return self.until(f"a card of {name}", lambda: next(
            (c for c in self.all(".card") if c.find_element(By.TAG_NAME, "h3").text == name), None))

    def press(self, name, action):
        """The button of a caller's card."""
        self.until(f"{action} of {name}", lambda: self.tapped(
            self.card(name).find_elements(By.CSS_SELECTOR, f"[data-action={action}]")))

    @staticmethod
    def tapped(elements):
        if elements:
            elements[0].click()
        return bool(elements)

    def keys(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def chord(self, modifier, key):
        ActionChains(self.driver).key_down(modifier).send_keys(key).key_up(modifier).perform()

    def focused(self):
        return self.driver.switch_to.active_element

    def tab_to(self, selector, most=30):
        """Reaches an element by the tab key alone; that it is seen to have the focus is checked on the way."""
        for _ in range(most):
            here = self.focused()
            if self.js("return arguments[0].matches(arguments[1])", here, selector):
                assert self.js("const s = getComputedStyle(arguments[0]);"
                               "return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2", here), \
                    f"the focus on {selector} cannot be seen"
                return here
            self.keys(Keys.TAB)
        raise AssertionError(f"the tab key does not reach {selector}")

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def picture(self, folder, name):
        if not folder:
            return
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        size = self.js("return [innerWidth, Math.max(innerHeight, document.documentElement.scrollHeight)]")
        is_dialog = self.js("return Boolean(document.querySelector('dialog[open]'))")
        path = str(pathlib.Path(folder) / f"{name}.png")
        if not is_dialog:
            self.resize((size[0], size[1]))
        self.driver.save_screenshot(path)

    def complaints(self):
        """What the console says against the page: scripts that fail, the policy that was broken."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] == "SEVERE" and "status of" not in entry["message"]
                and "net::ERR" not in entry["message"]]


def check_access(browser, where):
    """What can be told by program of a page that everyone can use; empty: nothing found."""
    faults = browser.js(CHECKS)
    tree = browser.cdp("Accessibility.getFullAXTree")["nodes"]
    roles = {"button", "link", "textbox", "combobox", "checkbox", "radio", "searchbox", "DisclosureTriangle", "dialog"}
    for node in tree:
        role = node.get("role", {}).get("value")
        if not node.get("ignored") and role in roles and not node.get("name", {}).get("value", "").strip():
            faults.append(f"a {role} without a name")
    assert not faults, f"{where}: {faults}"


def check_width(browser, where):
    wide = browser.js("const e = document.documentElement; return [e.scrollWidth, e.clientWidth]")
    assert wide[0] <= wide[1], f"{where}: {wide[0]} px wide on {wide[1]}"


CHECKS = r"""
const faults = [];
const seen = new Set();
for (const element of document.querySelectorAll("[id]")) {
  if (seen.has(element.id)) faults.push(`two elements have the id ${element.id}`);
  seen.add(element.id);
}
for (const name of ["aria-labelledby", "aria-describedby", "for"]) {
  for (const element of document.querySelectorAll(`[${name}]`)) {
    for (const id of element.getAttribute(name).split(/\s+/)) {
      if (!document.getElementById(id)) faults.push(`${name} names ${id}, which is not there`);
    }
  }
}
if (!document.documentElement.lang) faults.push("the page says no language");
if (!document.title) faults.push("the page has no title");
if (document.querySelector("[tabindex]:not([tabindex='0']):not([tabindex='-1'])")) faults.push("a tab order of its own");
if (document.querySelector("[onclick], [style], script:not([src]):not([type='application/json']), style"))
  faults.push("an inline script or style");
const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
const titles = [...document.querySelectorAll("h1")].filter(shown);
if (titles.length !== 1) faults.push(`${titles.length} main headings`);
let level = 0;
for (const heading of [...document.querySelectorAll("main h1, main h2, main h3")].filter(shown)) {
  const own = Number(heading.tagName[1]);
  if (own > level + 1) faults.push(`heading ${heading.textContent} skips a level`);
  level = own;
}
for (const element of document.querySelectorAll("button, select, textarea, summary, input:not([type=checkbox]):not([type=radio])")) {
  const box = element.getBoundingClientRect();
  if (shown(element) && (box.height < 24 || box.width < 24)) faults.push(`${element.id || element.textContent} is too small to hit`);
}
const parse = (colour) => {
  const numbers = colour.match(/[\d.]+/g).map(Number);
  return { r: numbers[0], g: numbers[1], b: numbers[2], a: numbers[3] ?? 1 };
};
const over = (top, below) => ({
  r: top.r * top.a + below.r * (1 - top.a), g: top.g * top.a + below.g * (1 - top.a),
  b: top.b * top.a + below.b * (1 - top.a), a: 1,
});
const luminance = ({ r, g, b }) => {
  const [x, y, z] = [r, g, b].map((part) => {
    const value = part / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const ground = (element) => {
  const layers = [];
  for (let each = element; each; each = each.parentElement) layers.push(parse(getComputedStyle(each).backgroundColor));
  return layers.reverse().reduce((below, top) => over(top, below), parse(getComputedStyle(document.body).backgroundColor));
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const told = new Set();
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !shown(element) || element.closest(".visually-hidden, noscript, script")) continue;
  if (element.closest("[aria-disabled='true']") || element.tagName === "OPTION") continue;
  const style = getComputedStyle(element);
  const back = ground(element);
  const [one, other] = [luminance(over(parse(style.color), back)), luminance(back)].sort((a, b) => b - a);
  const ratio = (one + 0.05) / (other + 0.05);
  const text = walker.currentNode.data.trim().slice(0, 30);
  if (ratio < 4.5 && !told.has(text)) {
    told.add(text);
    faults.push(`“${text}” has a contrast of ${ratio.toFixed(2)}`);
  }
}
return faults;
"""
