"""Who was sent a link into a room."""
from selenium.webdriver.common.keys import Keys

from browser import PHONE, Browser, check_access, check_width


def rooms(house, options):
    """ORG-3, ROLE-7: by a mailed link, on a phone, in Dutch: who is there as it changes; why nobody enters."""
    admin, lund = house.sign_in(house.administrator), house.tokens["lund"]
    room = {"room": house.command(
        "room.add", {"clinic": house.clinics["Dermatology"], "kind": "meeting", "name": "Tumour <b>board</b>"},
        admin)["room"]}
    house.command("room.enter", room, lund)
    invited = house.command("room.invite", room | {"email": "eva@elsewhere.example", "language": "nl"}, lund)
    with Browser(PHONE, languages="nl-BE,en;q=0.5") as guest:
        fragment = guest.until("the mail", lambda: house.link("eva@elsewhere.example", "room"))
        secret = fragment.split(".")[2]
        page(guest, house, fragment)
        guest.sees("U bent uitgenodigd in een ruimte")
        looks(guest, options, "room-entry")
        guest.one("#languages summary").click()
        guest.one("a[hreflang=pl]").click()
        guest.sees("Wejdź do pokoju")
        guest.one("#languages summary").click()
        guest.one("a[hreflang=nl]").click()
        guest.one("#r-name").send_keys(Keys.ENTER)
        guest.sees("Vul dit in.")
        guest.one("#r-name").send_keys("Eva <i>Maes</i>", Keys.ENTER)
        guest.sees("Tumour <b>board</b>")
        people(guest, ["Dr. Astrid Lund", "Eva <i>Maes</i>"])
        assert secret not in guest.driver.current_url
        guest.until("presence was told", lambda: guest.js(
            "return performance.getEntriesByType('resource').some((e) => e.name.endsWith('/v1/presence'))"))
        looks(guest, options, "room")
        guest.driver.refresh()
        people(guest, ["Dr. Astrid Lund", "Eva <i>Maes</i>"])
        shared = house.command("room.make-guest-link", room, lund)
        others = [by_link(house, shared["fragment"], f"Guest {number}") for number in range(4)]
        people(guest, ["Dr. Astrid Lund", "Eva <i>Maes</i>"] + [f"Guest {number}" for number in range(4)])
        with Browser() as late:
            refused(late, house, shared["fragment"], "The room is full.")
            check_access(late, "a full room")
            house.command("room.leave", room, others[0])
            house.command("room.lock", room, lund)
            guest.sees("De ruimte is op slot")
            refused(late, house, shared["fragment"], "The room is locked.")
            house.command("room.unlock", room, lund)
            guest.sees_no("De ruimte is op slot")
            house.command("room.revoke-guest-link", room | {"link": shared["link"]}, lund)
            refused(late, house, shared["fragment"], "This link lets nobody in")
            refused(late, house, shared["fragment"][:-1], "This link lets nobody in")
            page(late, house, "nonsense")
            late.sees("This link leads nowhere")
            check_access(late, "no link")
            assert late.complaints() == [], late.complaints()
        guest.one("#leave").click()
        guest.sees("U hebt de ruimte verlaten")
        check_access(guest, "left")
        guest.one("#again").click()
        people(guest, ["Dr. Astrid Lund"] + [f"Guest {number}" for number in range(1, 4)] + ["Eva <i>Maes</i>"])
        house.command("room.revoke-guest-link", room | {"link": invited["link"]}, lund)
        guest.one("#leave").click()
        guest.one("#again").click()
        guest.sees("Deze link laat niemand binnen")
        another = house.command("room.make-guest-link", room, lund)
        page(guest, house, another["fragment"])
        guest.one("#r-name").send_keys("Eva", Keys.ENTER)
        guest.sees("Guest 3")
        house.command("room.close", room, admin)
        guest.sees("U bent niet meer in de ruimte")
        guest.one("#again").click()
        guest.sees("De ruimte is voorgoed gesloten.")
        assert "Guest 3" not in guest.js("return document.documentElement.outerHTML"), "a name stayed on the page"
        assert guest.complaints() == [], guest.complaints()


def page(browser, house, fragment):
    browser.open("about:blank")
    browser.open(f"http://127.0.0.1:{house.port}/room#{fragment}")


def people(browser, names):
    browser.until(f"{names} are there", lambda: [
        line.find_element("tag name", "span").text for line in browser.all("#people li")] == names)


def by_link(house, fragment, name):
    """A guest who came by an app; their token."""
    organisation, room, secret = fragment.split(".")
    return house.command("room.enter-by-link", {
        "organisation": organisation, "room": room, "secret": secret, "name": name})["token"]


def refused(browser, house, fragment, words):
    page(browser, house, fragment)
    browser.one("#r-name").send_keys("Late", Keys.ENTER)
    browser.sees(words)
    browser.one("#r-name")


def looks(browser, options, name):
    for dark in (False, True):
        browser.scheme(dark)
        browser.resize(PHONE)
        check_width(browser, name)
        check_access(browser, name)
        browser.picture(options.pictures, f"{name}-{'dark' if dark else 'light'}")
    browser.scheme(False)
    browser.resize(PHONE)
