"""What everyone has to be able to read and use: languages, light and dark, phone and desk."""
from selenium.webdriver.common.keys import Keys

from browser import DESK, PHONE, Browser, check_access, check_width
from steps import act_in, caller_page, enter, staff_page

LANGUAGES = {
    "en": "Enter the waiting area", "nl": "Wachtruimte binnengaan", "de": "Wartebereich betreten",
    "da": "Gå ind i venteområdet", "nb": "Gå inn i venteområdet", "pl": "Wejdź do poczekalni",
    "uk": "Увійти до зали очікування", "th": "เข้าห้องรอ",
}


def languages(house, options):
    """WA-1: in each language, light and dark, on a phone: readable, named, no wider than the screen."""
    with Browser(PHONE) as caller:
        agent = caller.js("return navigator.userAgent")
        for tag, words in LANGUAGES.items():
            caller.cdp("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=f"xx,{tag};q=0.8,en;q=0.2")
            for dark in (False, True):
                caller.scheme(dark)
                caller.resize(PHONE)
                caller_page(caller, house)
                caller.sees(words)
                assert caller.js("return document.documentElement.lang") == tag
                where = f"{tag}, {'dark' if dark else 'light'}"
                check_width(caller, where)
                check_access(caller, where)
                caller.picture(options.pictures, f"caller-entry-{tag}-{'dark' if dark else 'light'}")
        caller.one("#languages summary").click()
        caller.one("a[hreflang=de]").click()
        caller.sees(LANGUAGES["de"])
        caller.resize(PHONE)
        enter(caller, "Maximiliane-Friederike", "Freifrau von Schwarzenberg-Hohenlohe-Waldenburg")
        caller.sees("Sie sind im Wartebereich")
        check_width(caller, "waiting, de")
        check_access(caller, "waiting, de")
        caller.picture(options.pictures, "caller-waiting-de-dark")
        caller.open(f"http://127.0.0.1:{house.port}/c/{'0' * 32}?lang=uk")
        caller.sees("Це посилання нікуди не веде")
        check_access(caller, "unknown, uk")
        assert caller.complaints() == [], caller.complaints()


def staff_access(house, options):
    """WA-2: the staff's page, light and dark, at a desk and on a phone: readable, named, no wider than the screen."""
    for first, last in (("Ada", "Bakker"), ("Maximiliane-Friederike", "Schwarzenberg-Hohenlohe-Waldenburg"),
                        ("กนกวรรณ", "ศรีสุวรรณ"), ("Олена", "Коваленко")):
        visit, token = house.arrive("Dermatology", firstName=first, lastName=last, phone="+31 6 1234 5678",
                                    birthDate="1980-02-29")
        house.command("visit.message", {"visit": visit, "text": "Hello?"}, token)
        if first == "Ada":
            house.command("answers.start", {"visit": visit, "questionnaire": house.questionnaire()}, token)
    rows = house.waiting("Dermatology")
    house.command("visit.admit", {"visit": rows[0]["visit"]}, house.tokens["lund"])
    house.command("visit.admit", {"visit": rows[1]["visit"]}, house.tokens["lund"])
    house.command("visit.leave", {"visit": rows[1]["visit"]}, house.tokens["lund"])
    with Browser() as staff:
        for dark in (False, True):
            for size, width in ((DESK, "desk"), (PHONE, "phone")):
                where = f"{width}-{'dark' if dark else 'light'}"
                staff.scheme(dark)
                staff.resize(size)
                staff_page(staff, house)
                act_in(staff, "Dermatology")
                staff.card("Ada Bakker")
                staff.until("every card", lambda: len(staff.all(".card")) == 4)
                assert "1 started" in staff.card("Ada Bakker").text
                check_width(staff, where)
                check_access(staff, where)
                staff.picture(options.pictures, f"staff-{where}")
        staff.resize(PHONE)
        staff.press("Ada Bakker", "message")
        staff.sees("Hello?")
        check_access(staff, "messages")
        check_width(staff, "messages")
        staff.keys(Keys.ESCAPE)
        staff.press("Ada Bakker", "transfer")
        check_access(staff, "transfer")
        staff.picture(options.pictures, "staff-transfer-phone")
        staff.keys(Keys.ESCAPE)
        staff.one("#sign-out").click()
        staff.sees("You are signed out.")
        assert "Ada Bakker" not in staff.js("return document.documentElement.outerHTML"), "a name stayed on the page"
        check_access(staff, "signed out")
        staff.picture(options.pictures, "staff-sign-in-phone-dark")
        staff.scheme(False)
        staff.resize(DESK)
        staff.picture(options.pictures, "staff-sign-in")
