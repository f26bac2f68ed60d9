"""Who may look, and how they sign in, one function for each scenario."""
import base64
import hmac
import struct
import time

from selenium.webdriver.common.keys import Keys

from browser import DESK, PHONE, Browser, check_access, check_width
from house import Provider
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
        # A line separator in a name ends no line of the stream.
        house.arrive("Dermatology", firstName="Ana\u2028Lu", lastName="Sol")
        staff.sees("Lu Sol")
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
    house.command("security.set-second-factor", {"rule": "required"}, house.sign_in(house.administrator))
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


def sign_on(house, options):
    """ACC-4: an organisation's providers are buttons; by keyboard to a real one and back; then no password is asked."""
    home = "http://127.0.0.1"
    text = "Anselm & <b>Co</b>"
    admin = house.sign_in(house.administrator)
    with Provider() as provider, Browser(home=house.port) as staff:
        house.command("sign-on.set", provider.settings(
            "work", text, createdRole="teamMember", createdClinic=house.clinics["Dermatology"]), admin)
        house.command("sign-on.set", provider.settings("region", "The region's account"), admin)
        staff.open(home)
        name_organisation(staff, house)
        staff.until("the e-mail address is asked", lambda: staff.focused().get_attribute("id") == "s-email")
        assert not staff.all("#by-provider")
        for name in ("region", "work"):
            house.command("sign-on.switch", {"name": name, "isOn": True}, admin)
        staff.one("#s-email").send_keys("mila@anselm.example")
        staff.one("#s-password").send_keys("three brown bears and a piano", Keys.ENTER)
        staff.sees("not by a password.")
        buttons(staff, house, ["The region's account", text], options)
        staff.open("about:blank")
        staff.open(home)
        buttons(staff, house, ["The region's account", text], options)
        provider.user(sub="denied")
        go_by(staff, "region")
        staff.sees("You are not signed in")
        check_access(staff, "refused by the provider")
        staff.picture(options.pictures, "staff-sign-on-refused")
        staff.resize(DESK)
        staff.tab_to("main a")
        staff.keys(Keys.ENTER)
        provider.user(sub="mila-1", email="mila@anselm.example", email_verified=True, name="Mila Nowak")
        go_by(staff, "work")
        staff.sees("Nobody is waiting.")
        staff.sees("Mila Nowak")
        assert staff.js("return document.cookie") == ""
        house.arrive("Dermatology", firstName="Goran", lastName="Rossi")
        staff.press("Goran Rossi", "admit")
        staff.until("being seen", lambda: staff.all("#beingSeen .card"))
        for name in ("region", "work"):
            house.command("sign-on.switch", {"name": name, "isOn": False}, admin)
        staff.one("#sign-out").click()
        staff.sees("You are signed out.")
        staff.one("#s-password")
        assert not staff.all("#by-provider")
        assert staff.complaints() == [], staff.complaints()


def name_organisation(staff, house):
    staff.one("#s-subdomain")
    staff.tab_to("#s-subdomain")
    staff.keys(house.subdomain.upper(), Keys.TAB)


def buttons(staff, house, texts, options):
    """What the page with an organisation's providers shows, as typed and as it comes from the server."""
    for address in (None, f"http://127.0.0.1/?organisation={house.subdomain}"):
        if address:
            staff.open(address)
        staff.until("the buttons", lambda: [link.text for link in staff.all("#by-provider a")] == texts)
        assert not staff.all("#s-password, #s-email, #by-password button")
    for dark in (False, True):
        for size, width in ((DESK, "desk"), (PHONE, "phone")):
            where = f"staff-sign-on-{width}-{'dark' if dark else 'light'}"
            staff.scheme(dark)
            staff.resize(size)
            check_width(staff, where)
            check_access(staff, where)
            staff.picture(options.pictures, where)
    staff.scheme(False)
    staff.resize(DESK)


def go_by(staff, provider):
    """To a provider by the tab key and enter."""
    staff.one("#by-provider a")
    staff.tab_to(f"#by-provider a[href$='/{provider}']")
    staff.keys(Keys.ENTER)


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
