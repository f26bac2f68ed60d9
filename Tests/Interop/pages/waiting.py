"""The waiting area from both sides, one function for each scenario; the first words name the requirements' rows."""
import datetime

from selenium.webdriver.common.keys import Keys

from browser import DESK, PHONE, Browser, check_access
from house import Link
from steps import act_in, caller_page, enter, staff_page


def consultation(house, options):
    """WA-1, WA-2, WA-5, WA-7: enters by the keyboard alone; is seen at once; is taken in, held, written to, ended."""
    house.command("clinic.set-waiting-area", {"clinic": house.clinics["Dermatology"], "entry": [
        {"field": "firstName", "required": True}, {"field": "lastName", "required": True},
        {"field": "birthDate"}, {"field": "phone"}]}, house.sign_in(house.administrator))
    with Browser() as staff, Browser(PHONE, "en") as caller:
        staff_page(staff, house)
        staff.sees("Nobody is waiting.")
        staff.until("live", lambda: staff.one("#connection").text == "Live")
        staff.js("window.isTheSamePage = true")
        by_keyboard(caller, house)
        caller.sees("You are in the waiting area")
        caller.until("the place in line", lambda: caller.one("#place").text == "1")
        staff.sees("<script>alert(1)</script> de Vries")
        staff.sees("Walk-in")
        staff.sees("1980-02-29")
        assert staff.js("return window.isTheSamePage"), "the staff's page was loaded again"
        caller.picture(options.pictures, "caller-waiting-phone")
        name = "<script>alert(1)</script> de Vries"
        messages_pass(staff, caller, name, options)
        taken_in_held_and_ended(staff, caller, name)
        for browser in (staff, caller):
            assert browser.complaints() == [], browser.complaints()
        assert house.waiting("Dermatology") == []


def by_keyboard(caller, house):
    caller_page(caller, house)
    caller.one("#enter")
    caller.tab_to("#enter").send_keys(Keys.ENTER)
    caller.sees("Please check what you entered.")
    caller.sees("Fill this in.")
    assert caller.focused().get_attribute("id") == "f-firstName", "the focus is not on the first field that is wrong"
    caller.keys("<script>alert(1)</script>")
    for field, text in (("#f-lastName", "de Vries"), ("#f-day", "31"), ("#f-month", "2"), ("#f-year", "1980")):
        caller.tab_to(field)
        caller.keys(text)
    caller.keys(Keys.ENTER)
    caller.sees("This is not a date.")
    assert caller.focused().get_attribute("id") == "f-day"
    caller.keys(Keys.END, Keys.BACKSPACE, Keys.BACKSPACE, "29")
    caller.tab_to("#enter")
    caller.keys(Keys.ENTER)


def messages_pass(staff, caller, name, options):
    caller.one("#message-text").send_keys("Can you see <b>this</b>?")
    caller.chord(Keys.CONTROL, Keys.ENTER)
    staff.until("an unread message", lambda: "1" in staff.card(name).find_element("css selector", ".badge").text)
    staff.press(name, "message")
    staff.sees("Can you see <b>this</b>?")
    staff.one("#talk-dialog #message-text").send_keys("We see it well.")
    staff.picture(options.pictures, "staff-messages")
    staff.resize(DESK)
    staff.one("#talk-dialog button[type=submit]").click()
    caller.sees("We see it well.")
    staff.until("the message in the dialog too", lambda: "We see it well." in staff.one("#talk-dialog .thread").text)
    staff.keys(Keys.ESCAPE)
    staff.until("the focus is back where it was",
                lambda: staff.focused().get_attribute("data-action") == "message")
    staff.until("nothing is unread", lambda: not staff.card(name).find_elements("css selector", ".badge"))


def taken_in_held_and_ended(staff, caller, name):
    staff.press(name, "admit")
    caller.sees("You have been taken in")
    staff.until("in its list", lambda: staff.all("#beingSeen .card"))
    assert staff.focused().tag_name in ("button", "h3"), "the focus got lost when the card moved"
    staff.press(name, "hold")
    staff.sees("On hold in the call")
    staff.press(name, "resume")
    staff.sees_no("On hold in the call")
    staff.press(name, "leave")
    caller.sees("You are on hold")
    staff.until("on hold", lambda: staff.all("#onHold .card"))
    staff.press(name, "admit")
    caller.sees("You have been taken in")
    staff.press(name, "end")
    staff.sees("End the visit of")
    staff.one("#ask-go").click()
    caller.sees("Your visit has ended")
    staff.sees("Nobody is waiting.")


def transfer(house, options):
    """WA-6: moves to another clinic's waiting area; both sides see it at once, and nothing is given twice."""
    with Browser() as here, Browser() as there, Browser(PHONE) as caller:
        staff_page(here, house)
        act_in(here, "Dermatology")
        staff_page(there, house, "visser")
        act_in(there, "Physiotherapy")
        there.sees("Nobody is waiting.")
        caller_page(caller, house)
        enter(caller, "Ada", "Bakker")
        here.press("Ada Bakker", "transfer")
        here.sees("To the waiting area of")
        here.keys(Keys.ESCAPE)
        assert there.words().count("Ada Bakker") == 0
        here.press("Ada Bakker", "transfer")
        here.one("#transfer-go").click()
        there.card("Ada Bakker")
        there.sees("Came from")
        there.sees("Dermatology")
        here.sees("Nobody is waiting.")
        caller.sees("You were moved to another waiting area")
        there.picture(options.pictures, "staff-transferred")
        there.press("Ada Bakker", "admit")
        caller.sees("You have been taken in")
        rows = house.waiting("Physiotherapy", "visser")
        assert [row["entry"]["lastName"] for row in rows] == ["Bakker"]


def reload(house, options):
    """WA-3: a page loaded again keeps the place, as the same visit; leaving gives it up, once asked."""
    with Browser(PHONE) as caller:
        house.arrive("Dermatology", firstName="First", lastName="Inline")
        caller_page(caller, house)
        enter(caller, "Ruth", "Jansen")
        caller.until("second in line", lambda: caller.one("#place").text == "2")
        before = [row["visit"] for row in house.waiting("Dermatology")]
        caller.driver.refresh()
        caller.sees("You are in the waiting area")
        caller.until("still second in line", lambda: caller.one("#place").text == "2")
        caller_page(caller, house, query="?lang=th")
        caller.sees("คุณอยู่ในห้องรอ")
        assert [row["visit"] for row in house.waiting("Dermatology")] == before
        caller_page(caller, house)
        caller.one("#leave").click()
        caller.sees("Leave the waiting area?")
        caller.one("#leave-stay").click()
        assert len(house.waiting("Dermatology")) == 2
        caller.one("#leave").click()
        caller.one("#leave-go").click()
        caller.sees("You have left the waiting area")
        assert [row["visit"] for row in house.waiting("Dermatology")] == before[:1]
        caller.one("#again").click()
        caller.one("#enter")


def connection(house, options):
    """OPS-6: a lost connection is told; what happened meanwhile comes after it, once."""
    link = Link(house.port)
    with Browser() as staff, Browser(PHONE) as caller:
        staff_page(staff, house, port=link.port)
        caller_page(caller, house, port=link.port)
        enter(caller, "Noor", "Smit")
        staff.card("Noor Smit")
        link.cut()
        staff.sees("Connection lost")
        caller.sees("No connection")
        house.arrive("Dermatology", firstName="Late", lastName="Comer")
        visit = next(row["visit"] for row in house.waiting("Dermatology") if row["entry"]["lastName"] == "Smit")
        house.command("visit.admit", {"visit": visit}, house.tokens["lund"])
        link.mend()
        caller.sees("You have been taken in")
        staff.card("Late Comer")
        staff.until("live again", lambda: staff.one("#connection").text == "Live")
        assert [card.find_element("tag name", "h3").text for card in staff.all(".card")] == ["Late Comer", "Noor Smit"]
    # Who could not enter tries again, and is there once.
    with Browser(PHONE) as caller:
        caller_page(caller, house, port=link.port)
        caller.one("#f-firstName").send_keys("Again")
        caller.one("#f-lastName").send_keys("Tried")
        link.cut()
        caller.one("#enter").click()
        caller.until("why not", lambda: caller.one("#entry-problem").text)
        link.mend()
        caller.one("#enter").click()
        caller.sees("You are in the waiting area")
        names = [row["entry"]["lastName"] for row in house.waiting("Dermatology")]
        assert names.count("Tried") == 1, names


def closed(house, options):
    """ORG-2: a clinic that is closed says so, to who comes and to who was about to enter."""
    with Browser(PHONE) as caller:
        caller_page(caller, house, "Physiotherapy")
        caller.one("#f-firstName").send_keys("Too")
        caller.one("#f-lastName").send_keys("Late")
        house.operate("clinic.close", {
            "organisation": house.organisation, "clinic": house.clinics["Physiotherapy"]})
        caller.one("#enter").click()
        caller.sees("The waiting area is closed")
        check_access(caller, "closed")
        caller.until("closed from the first paint",
                     lambda: (caller_page(caller, house, "Physiotherapy"), "closed" in caller.words())[1])
        assert not caller.all("#enter")
        caller.picture(options.pictures, "caller-closed")


def door(house, options):
    """ORG-6, TXT-3, WA-15, WALK-2: what the clinic asks and tells; closed, disabled, suspended; why one is sent back."""
    clinic = {"clinic": house.clinics["Dermatology"]}
    admin = house.sign_in(house.administrator)
    house.command("clinic.set-waiting-area", {
        "clinic": clinic["clinic"], "entry": [{"field": "lastName", "required": True}, {"field": "externalNumber"}],
        "disclaimer": {"version": 7, "text": "We do not <b>record</b> calls."}, "welcome": "Have your card at hand.",
        "waitingText": "The nurse calls first.", "longWaitMinutes": 45}, admin)
    with Browser() as staff, Browser(PHONE) as caller:
        caller_page(caller, house)
        for words in ("Have your card at hand.", "Patient number", "We do not <b>record</b> calls."):
            caller.sees(words)
        assert not caller.all("#f-firstName, #f-phone, #f-day")
        check_access(caller, "a clinic's own questions")
        caller.one("#f-lastName").send_keys("Horvat")
        caller.one("#enter").click()
        caller.sees("You can enter only if you accept this.")
        assert house.waiting("Dermatology") == []
        caller.one("#f-disclaimer").click()
        caller.one("#enter").click()
        caller.sees("The nurse calls first.")
        staff_page(staff, house, token=admin)
        act_in(staff, "Dermatology")
        announced(staff, caller)
        sent_back_and_away(staff, caller, "Horvat", options)
        house.command("clinic.switch-waiting-area", clinic | {"mode": "disabled", "text": "We moved next door."}, admin)
        staff.sees("Switched off")
        shut(caller, house, "The waiting area is switched off", "We moved next door.")
        house.command("clinic.switch-waiting-area", clinic | {"mode": "suspended"}, admin)
        shut(caller, house, "The waiting area is paused", "Please try again later.")
        house.command("clinic.switch-waiting-area", clinic | {"mode": "on"}, admin)
        day = str(datetime.date.today() + datetime.timedelta(days=2))
        house.command("clinic.set-waiting-area", {
            "clinic": clinic["clinic"], "hours": {"week": [], "exceptions": [
                {"day": day, "times": [{"from": "09:30", "until": "10:00"}]}]}}, admin)
        shut(caller, house, "The waiting area is closed", "It opens next:")
        caller.sees("09:30")


def shut(caller, house, title, words):
    caller.until(title, lambda: (caller_page(caller, house), title in caller.words())[1])
    caller.sees(words)
    assert not caller.all("#enter")
    check_access(caller, title)


def announced(staff, caller):
    staff.one("#announce").click()
    staff.sees("There are none.")
    staff.one("#announce-text").send_keys("We are <i>running late</i>.")
    staff.one("#announce-go").click()
    caller.sees("We are <i>running late</i>.")
    staff.until("in the list", lambda: "running late" in staff.one("#announce-list").text)
    check_access(staff, "announcements")
    staff.one("#announce-list button").click()
    caller.sees_no("running late")
    staff.until("the focus stays in the dialog", lambda: staff.focused().get_attribute("id") == "announce-text")
    staff.keys(Keys.ESCAPE)
    staff.until("the dialog is closed", lambda: not staff.all("dialog"))


def sent_back_and_away(staff, caller, name, options):
    staff.press(name, "admit")
    caller.sees("You have been taken in")
    staff.press(name, "send-back")
    staff.sees("Send Horvat back to wait?")
    staff.one("#reason-choice").send_keys("A technical problem")
    staff.one("#reason-words").send_keys("The camera is dark.")
    check_access(staff, "the reason's dialog")
    staff.picture(options.pictures, "staff-send-back")
    staff.resize(DESK)
    staff.one("#reason-go").click()
    caller.sees("There was a technical problem.")
    caller.sees("The camera is dark.")
    caller.sees("You are in the waiting area")
    staff.press(name, "dismiss")
    staff.one("#reason-choice").send_keys("Another clinic is the right one")
    staff.one("#reason-go").click()
    caller.sees("The staff have ended your visit")
    caller.sees("Another clinic is the right one for you.")
    staff.sees("Nobody is waiting.")
