// Texts in English, Dutch, German and the languages of Scandinavia.
extension MailTexts {
    static let english = MailTexts(
        language: "en",
        greeting: ("Hello {name},", "Hello,"),
        until: "The link works until {until}.",
        closing: "This message was sent automatically. Replies to it are not read.",
        invitation: Text(
            "Your account at {organisation}",
            "{from} has invited you to {organisation}.",
            "Choose a password to start:\n{link}",
            "The link works once. If you did not expect this message, ignore it."),
        reset: Text(
            "A new password for {organisation}",
            "Somebody, probably you, asked for a new password at {organisation}.",
            "Choose it here:\n{link}",
            "The link works once. If it was not you, ignore this message: nothing has changed."),
        room: Text(
            "Invitation to {about}",
            "{from} invites you to {about}, at {organisation}.",
            "Enter here:\n{link}"),
        clinic: Text(
            "Your link to {about}",
            "{organisation} sends you the link to the waiting room of {about}.",
            "Open it when your appointment is due:\n{link}"),
        alert: Text(
            "Somebody is waiting: {about}",
            "Somebody is waiting in the waiting room of {about}.",
            "See who:\n{link}",
            "You receive this message because you asked for it in your settings."))

    static let dutch = MailTexts(
        language: "nl",
        greeting: ("Beste {name},", "Beste lezer,"),
        until: "De link werkt tot {until}.",
        closing: "Dit bericht is automatisch verstuurd. Antwoorden worden niet gelezen.",
        invitation: Text(
            "Je account bij {organisation}",
            "{from} heeft je uitgenodigd bij {organisation}.",
            "Kies een wachtwoord om te beginnen:\n{link}",
            "De link werkt één keer. Verwachtte je dit bericht niet, negeer het dan."),
        reset: Text(
            "Een nieuw wachtwoord voor {organisation}",
            "Iemand, waarschijnlijk jijzelf, vroeg om een nieuw wachtwoord bij {organisation}.",
            "Kies het hier:\n{link}",
            "De link werkt één keer. Was jij het niet, negeer dit bericht dan: er is niets "
                + "veranderd."),
        room: Text(
            "Uitnodiging voor {about}",
            "{from} nodigt je uit voor {about}, bij {organisation}.",
            "Ga hier naar binnen:\n{link}"),
        clinic: Text(
            "Uw link naar {about}",
            "{organisation} stuurt u de link naar de wachtkamer van {about}.",
            "Open deze wanneer uw afspraak begint:\n{link}"),
        alert: Text(
            "Er wacht iemand: {about}",
            "Er wacht iemand in de wachtkamer van {about}.",
            "Bekijk wie:\n{link}",
            "Je krijgt dit bericht omdat je er in je instellingen om hebt gevraagd."))

    static let german = MailTexts(
        language: "de",
        greeting: ("Guten Tag {name},", "Guten Tag,"),
        until: "Der Link gilt bis {until}.",
        closing: "Diese Nachricht wurde automatisch versandt. Antworten werden nicht gelesen.",
        invitation: Text(
            "Ihr Konto bei {organisation}",
            "{from} hat Sie zu {organisation} eingeladen.",
            "Wählen Sie ein Passwort, um zu beginnen:\n{link}",
            "Der Link gilt einmal. Haben Sie diese Nachricht nicht erwartet, beachten Sie sie "
                + "bitte nicht."),
        reset: Text(
            "Ein neues Passwort für {organisation}",
            "Jemand, vermutlich Sie selbst, hat bei {organisation} ein neues Passwort angefordert.",
            "Wählen Sie es hier:\n{link}",
            "Der Link gilt einmal. Waren Sie es nicht, beachten Sie diese Nachricht nicht: Es hat "
                + "sich nichts geändert."),
        room: Text(
            "Einladung zu {about}",
            "{from} lädt Sie zu {about} ein, bei {organisation}.",
            "Hier treten Sie ein:\n{link}"),
        clinic: Text(
            "Ihr Link zu {about}",
            "{organisation} sendet Ihnen den Link zum Wartezimmer von {about}.",
            "Öffnen Sie ihn, wenn Ihr Termin beginnt:\n{link}"),
        alert: Text(
            "Es wartet jemand: {about}",
            "Im Wartezimmer von {about} wartet jemand.",
            "Sehen Sie, wer:\n{link}",
            "Sie erhalten diese Nachricht, weil Sie in Ihren Einstellungen darum gebeten haben."))

    static let danish = MailTexts(
        language: "da",
        greeting: ("Hej {name}", "Hej"),
        until: "Linket virker indtil {until}.",
        closing: "Denne besked er sendt automatisk. Svar på den bliver ikke læst.",
        invitation: Text(
            "Din konto hos {organisation}",
            "{from} har inviteret dig til {organisation}.",
            "Vælg en adgangskode for at komme i gang:\n{link}",
            "Linket virker én gang. Hvis du ikke ventede denne besked, kan du se bort fra den."),
        reset: Text(
            "En ny adgangskode til {organisation}",
            "Nogen, sandsynligvis dig, har bedt om en ny adgangskode hos {organisation}.",
            "Vælg den her:\n{link}",
            "Linket virker én gang. Hvis det ikke var dig, kan du se bort fra beskeden: Intet er "
                + "ændret."),
        room: Text(
            "Invitation til {about}",
            "{from} inviterer dig til {about} hos {organisation}.",
            "Gå ind her:\n{link}"),
        clinic: Text(
            "Dit link til {about}",
            "{organisation} sender dig linket til venteværelset i {about}.",
            "Åbn det, når det er tid til din aftale:\n{link}"),
        alert: Text(
            "Der venter nogen: {about}",
            "Der venter nogen i venteværelset i {about}.",
            "Se hvem:\n{link}",
            "Du får denne besked, fordi du har bedt om den i dine indstillinger."))

    static let norwegian = MailTexts(
        language: "nb",
        greeting: ("Hei {name}", "Hei"),
        until: "Lenken virker til {until}.",
        closing: "Denne meldingen er sendt automatisk. Svar på den blir ikke lest.",
        invitation: Text(
            "Kontoen din hos {organisation}",
            "{from} har invitert deg til {organisation}.",
            "Velg et passord for å komme i gang:\n{link}",
            "Lenken virker én gang. Hvis du ikke ventet denne meldingen, kan du se bort fra den."),
        reset: Text(
            "Et nytt passord for {organisation}",
            "Noen, sannsynligvis du selv, har bedt om et nytt passord hos {organisation}.",
            "Velg det her:\n{link}",
            "Lenken virker én gang. Hvis det ikke var deg, kan du se bort fra meldingen: Ingenting "
                + "er endret."),
        room: Text(
            "Invitasjon til {about}",
            "{from} inviterer deg til {about} hos {organisation}.",
            "Gå inn her:\n{link}"),
        clinic: Text(
            "Lenken din til {about}",
            "{organisation} sender deg lenken til venterommet hos {about}.",
            "Åpne den når det er tid for timen din:\n{link}"),
        alert: Text(
            "Noen venter: {about}",
            "Noen venter i venterommet hos {about}.",
            "Se hvem:\n{link}",
            "Du får denne meldingen fordi du har bedt om den i innstillingene dine."))
}
