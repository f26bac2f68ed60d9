// Texts in Polish, Ukrainian and Thai.
extension MailTexts {
    static let polish = MailTexts(
        language: "pl",
        greeting: ("Dzień dobry {name},", "Dzień dobry,"),
        until: "Link działa do {until}.",
        closing: "Ta wiadomość została wysłana automatycznie. Odpowiedzi nie są czytane.",
        invitation: Text(
            "Twoje konto w {organisation}",
            "{from} zaprasza Cię do {organisation}.",
            "Aby zacząć, ustaw hasło:\n{link}",
            "Link działa jeden raz. Jeśli nie spodziewasz się tej wiadomości, zignoruj ją."),
        reset: Text(
            "Nowe hasło do {organisation}",
            "Ktoś, prawdopodobnie Ty, poprosił o nowe hasło w {organisation}.",
            "Ustaw je tutaj:\n{link}",
            "Link działa jeden raz. Jeśli to nie Ty, zignoruj tę wiadomość: nic się nie zmieniło."),
        room: Text(
            "Zaproszenie: {about}",
            "{from} zaprasza Cię do: {about}, {organisation}.",
            "Wejdź tutaj:\n{link}"),
        clinic: Text(
            "Link do poczekalni: {about}",
            "{organisation} przesyła link do poczekalni: {about}.",
            "Proszę go otworzyć o godzinie wizyty:\n{link}"),
        alert: Text(
            "Ktoś czeka: {about}",
            "Ktoś czeka w poczekalni: {about}.",
            "Zobacz kto:\n{link}",
            "Otrzymujesz tę wiadomość, ponieważ tak wybrano w Twoich ustawieniach."))

    static let ukrainian = MailTexts(
        language: "uk",
        greeting: ("Вітаємо, {name}!", "Вітаємо!"),
        until: "Посилання діє до {until}.",
        closing: "Це повідомлення надіслано автоматично. Відповіді на нього не читають.",
        invitation: Text(
            "Ваш обліковий запис: {organisation}",
            "{from} запрошує вас до {organisation}.",
            "Щоб почати, оберіть пароль:\n{link}",
            "Посилання діє один раз. Якщо ви не очікували цього повідомлення, не зважайте на нього."
        ),
        reset: Text(
            "Новий пароль: {organisation}",
            "Хтось, імовірно ви, попросив новий пароль для {organisation}.",
            "Оберіть його тут:\n{link}",
            "Посилання діє один раз. Якщо це були не ви, не зважайте на це повідомлення: нічого не "
                + "змінилося."),
        room: Text(
            "Запрошення: {about}",
            "{from} запрошує вас: {about}, {organisation}.",
            "Увійдіть тут:\n{link}"),
        clinic: Text(
            "Ваше посилання: {about}",
            "{organisation} надсилає вам посилання до кімнати очікування: {about}.",
            "Відкрийте його, коли настане час прийому:\n{link}"),
        alert: Text(
            "Хтось чекає: {about}",
            "Хтось чекає в кімнаті очікування: {about}.",
            "Подивіться, хто:\n{link}",
            "Ви отримали це повідомлення, бо попросили про це у своїх налаштуваннях."))

    static let thai = MailTexts(
        language: "th",
        greeting: ("เรียน {name}", "สวัสดี"),
        until: "ลิงก์นี้ใช้ได้ถึง {until}",
        closing: "ข้อความนี้ส่งโดยอัตโนมัติ ไม่มีผู้อ่านข้อความตอบกลับ",
        invitation: Text(
            "บัญชีของคุณที่ {organisation}",
            "{from} เชิญคุณเข้าร่วม {organisation}",
            "ตั้งรหัสผ่านเพื่อเริ่มใช้งาน:\n{link}",
            "ลิงก์นี้ใช้ได้ครั้งเดียว หากคุณไม่ได้คาดว่าจะได้รับข้อความนี้ โปรดละเว้น"),
        reset: Text(
            "รหัสผ่านใหม่สำหรับ {organisation}",
            "มีผู้ขอรหัสผ่านใหม่ที่ {organisation} ซึ่งน่าจะเป็นคุณ",
            "ตั้งรหัสผ่านใหม่ที่นี่:\n{link}",
            "ลิงก์นี้ใช้ได้ครั้งเดียว หากไม่ใช่คุณ โปรดละเว้นข้อความนี้ ไม่มีอะไรเปลี่ยนแปลง"),
        room: Text(
            "คำเชิญเข้าร่วม {about}",
            "{from} เชิญคุณเข้าร่วม {about} ที่ {organisation}",
            "เข้าร่วมที่นี่:\n{link}"),
        clinic: Text(
            "ลิงก์ของคุณไปยัง {about}",
            "{organisation} ส่งลิงก์ไปยังห้องรอของ {about} ให้คุณ",
            "เปิดลิงก์เมื่อถึงเวลานัด:\n{link}"),
        alert: Text(
            "มีผู้รออยู่: {about}",
            "มีผู้รออยู่ในห้องรอของ {about}",
            "ดูว่าเป็นใคร:\n{link}",
            "คุณได้รับข้อความนี้เพราะคุณได้ขอไว้ในการตั้งค่าของคุณ"))
}
