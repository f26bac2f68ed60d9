"""Who may look, and how they sign in, one function for each scenario."""
import base64
import hmac
import struct
import time

from selenium.webdriver.common.keys import Keys

from browser import DESK, PHONE, Browser, check_access, check_width
from steps import act_in, sign_in, staff_page


def rights(house, options):
    """ROLE-1, ROLE-3, ACC-6: a coordinator sees and writes but takes nobody in; a token revoked ends the page."""
    house.arrive("Dermatology", firstName="Lars", lastName="Dahl")
    with Browser() as staff:
        staff_page(staff, house, "coordinator")
        act_in(staff, "Dermatology")
        staff.card("Lars Dahl")
        actions = [b.get_attribute("data-action") for b in staff.card("Lars Dahl").find_elements("tag name", "button")]
        assert actions == ["message"], actions
        assert "token" not in staff.driver.current_url, "the token stands in the address"
        house.operate("staff.suspend", {
            "organisation": house.organisation, "staff": house.staff["coordinator"], "reason": "test"})
        staff.sees_no("Lars Dahl")


def accounts(house, options):
    """ACC-1, ACC-2, ACC-6: invited by mail, sets a password, signs in and out with a cookie that no script can read."""
    address, password = "mila@anselm.example", "three brown bears and a piano"
    home = f"http://127.0.0.1:{house.port}"
    with Browser() as staff:
        invited(staff, house, address, password)
        sign_in(staff, house, address, "not the right password")
        staff.sees("one of them is not right")
        check_access(staff, "a refused sign-in")
        staff.one("#s-password").clear()
        sign_in(staff, house, address, password)
        staff.sees("Nobody is waiting.")
        staff.sees("Mila Nowak")
        assert staff.js("return document.cookie") == ""
        assert not [value for value in staff.js("return Object.values({...sessionStorage, ...localStorage})")
                    if "at_" in value]
        house.arrive("Dermatology", firstName="Goran", lastName="Rossi")
        staff.press("Goran Rossi", "admit")
        staff.until("being seen", lambda: staff.all("#beingSeen .card"))
        staff.driver.refresh()
        staff.card("Goran Rossi")
        staff.one("#sign-out").click()
        staff.sees("You are signed out.")
        staff.driver.refresh()
        staff.one("#sign-in")
        forgotten(staff, house, home, address, password)
        assert staff.complaints() == [], staff.complaints()


def second_factor(house, options):
    """ACC-3: where the organisation requires it, an authenticator is enrolled before anything else; then codes are asked."""
    address, password = "jan@anselm.example", "three brown bears and a piano"
    house.operate("security.set-second-factor", {"organisation": house.organisation, "rule": "required"})
    with Browser() as staff:
        invited(staff, house, address, password)
        sign_in(staff, house, address, password)
        staff.sees("Protect your account")
        staff.until("the picture", lambda: staff.js("return document.getElementById('enrol-qr').naturalWidth > 0"))
        assert not staff.all("#enrol-later")
        check_access(staff, "enrolling")
        staff.picture(options.pictures, "staff-enrol")
        staff.resize(DESK)
        staff.driver.refresh()
        secret = staff.until("the secret", lambda: staff.one("#enrol-secret").text)
        staff.one("#enrol-code").send_keys("000000" if totp(secret) != "000000" else "000001", Keys.ENTER)
        staff.sees("This is not the code your app shows now.")
        staff.one("#enrol-code").clear()
        staff.one("#enrol-code").send_keys(totp(secret), Keys.ENTER)
        staff.sees("Keep these codes")
        recovery = [line.text for line in staff.all("#enrol-list li")]
        assert len(set(recovery)) >= 8, recovery
        staff.one("#enrol-done").click()
        staff.sees("Nobody is waiting.")
        assert secret not in staff.js("return document.documentElement.outerHTML")
        for code in (recovery[0], recovery[1]):
            staff.one("#sign-out").click()
            sign_in(staff, house, address, password)
            staff.sees("code of your authenticator app too")
            if code != recovery[0]:
                staff.one("#s-code").send_keys(recovery[0], Keys.ENTER)
                staff.sees("was used before")
                staff.one("#s-code").clear()
            staff.one("#s-code").send_keys(code, Keys.ENTER)
            staff.sees("Nobody is waiting.")


def totp(secret):
    """The code of now (RFC 6238)."""
    secret = secret.replace(" ", "")
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    number = struct.unpack(">I", digest[digest[-1] & 15:][:4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def invited(staff, house, address, password):
    house.make("staff.invite", "staff", profile={"name": "Mila Nowak", "email": address}, reason="test",
               roles=[{"role": "teamMember", "clinic": house.clinics["Dermatology"]}])
    link = staff.until("the invitation", lambda: house.link(address, "invitation"))
    staff.open(f"http://127.0.0.1:{house.port}/invitation#{link}")
    set_password(staff, password)
    assert link not in staff.driver.current_url
    staff.one("#pane-done a").click()
    staff.one("#sign-in")


def set_password(staff, password):
    check_access(staff, "setting a password")
    staff.one("#p-password").send_keys("too short", Keys.ENTER)
    staff.sees("at least 13 characters.")
    staff.one("#p-password").clear()
    staff.one("#p-password").send_keys(password)
    staff.one("#p-again").send_keys("something else", Keys.ENTER)
    staff.sees("This is not the same.")
    staff.one("#p-again").clear()
    staff.one("#p-again").send_keys(password, Keys.ENTER)
    staff.sees("Your password is set")


def forgotten(staff, house, home, address, password):
    """A page that is open while the password changes elsewhere is signed out."""
    sign_in(staff, house, address, password)
    staff.card("Goran Rossi")
    with Browser(PHONE) as phone:
        phone.open(f"{home}/password")
        check_access(phone, "a forgotten password")
        check_width(phone, "a forgotten password")
        phone.one("#a-subdomain").send_keys(house.subdomain)
        phone.one("#a-email").send_keys(address, Keys.ENTER)
        phone.sees("Look into your mail")
        link = phone.until("the link", lambda: house.link(address, "password"))
        phone.open(f"{home}/password#{link}")
        set_password(phone, "another song of three bears")
        staff.sees("You were signed out.")
        staff.sees_no("Goran Rossi")
        phone.open("about:blank")
        phone.open(f"{home}/password#{link}")
        phone.one("#p-password").send_keys("a third song of three bears")
        phone.one("#p-again").send_keys("a third song of three bears", Keys.ENTER)
        phone.sees("The link was used")
        phone.open(home)
        sign_in(phone, house, address, "another song of three bears")
        phone.card("Goran Rossi")
