"""What people do on the pages, and every scenario begins with."""
from selenium.webdriver.common.keys import Keys


def staff_page(browser, house, label="lund", port=None, token=None):
    browser.open(f"http://127.0.0.1:{port or house.port}/#token={token or house.tokens[label]}")


def caller_page(browser, house, clinic="Dermatology", query="", port=None):
    browser.open(f"http://127.0.0.1:{port or house.port}/c/{house.clinics[clinic]}{query}")


def enter(browser, first, last):
    browser.one("#f-firstName").send_keys(first)
    browser.one("#f-lastName").send_keys(last)
    browser.one("#enter").click()
    browser.one("#stay-title")


def act_in(browser, clinic):
    """Chooses the clinic in the header, as a person would: by its name."""
    browser.one("#place")
    browser.js(
        """const s = document.getElementById('place');
        s.value = [...s.options].find((o) => o.text.startsWith(arguments[0])).value;
        s.dispatchEvent(new Event('change'));""", clinic)
    browser.until(f"the waiting area of {clinic}", lambda: browser.one("#board-title").text == clinic)


def sign_in(staff, house, address, password):
    staff.one("#s-subdomain").clear()
    staff.one("#s-subdomain").send_keys(house.subdomain)
    staff.one("#s-email").clear()
    staff.one("#s-email").send_keys(address)
    staff.one("#s-password").send_keys(password, Keys.ENTER)
