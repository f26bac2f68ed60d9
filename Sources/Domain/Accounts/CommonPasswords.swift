/// Passwords that others try first, of those long enough to pass: all of 13 characters and more in
/// two lists, in lower case.
///
/// Source: Django 4.2.16, `common-passwords.txt.gz` (BSD licence; the 20,000 most common of Royce
/// Williams' list), and zxcvbn 4.5.0, `frequency_lists` (MIT licence; 30,000 of the Xato list).
enum CommonPasswords {
    static let all = Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))

    private static let text = """
        111111111111111 111222333444555 122333444455555 1234567887654321 12345678900987654321
        1234567890123 12345678901234567890 1234567890987654321 1234567890qaz 1234567890qwe
        1234567890qwerty 1234567890qwertyuiop 1234567890zzz 1234567891011 123456789101112
        123456789123456 1234567891234567 123456789123456789 1234567892000 12345678987654321
        123456789987654321 123456789qwer 123456789qwerty 1234567qwertyu 1234qwerasdfzxcv
        1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i 1q2w3e4r5t6y7u8i9o 1q2w3e4r5t6y7u8i9o0p 1qa2ws3ed4rf5tg
        1qaz2wsx3edc4rfv 1qazxsw23edcvfr4 23176djivanfros 31217221027711 32615948worms
        4815162342lost 520love101182 5532361cnjqrf 59382113kevinp 89876065093rax ??????@mail.ru
        admin18533362 administrator amadeusptfcor an83546921an13 arabella24630 bltynbabrfwbz
        bpgjldsgjldthnf chickenwing101 contortionist cookiemonster counterstrike demon1q2w3e4r
        demon1q2w3e4r5t dfg5fhg5vgfh1 domainlock2005 doomsayer.2.7mords.v doomsayer.2.7mords.vv
        familiyafamiliya fktrcfylhjdbx fktrcfylhjdyf flvbybcnhfnjh frederiksberg ghbdtnrfrltkf
        ghjcnjqgfhjkm ghjcnjrdfibyj ghjnbdjcnjzybt hannahmontana hd764nw5d7e1vb1 ihatethisgame
        ilovemyfamily inactive1996aug international internazionale iseedeadpeople
        john!20130605at1753 jundian2011xr kartoffelpuffer knackwurst8853 laurel12creek
        lhbjkjubz2957704 lightpower12345 lost4815162342 lydcc20091314 lytghjgtnhjdcr
        mailcreated5240 manchesterunited maprchem56458 marek14michal masterbaiting maurolarastefy
        mega_pizdetz666 megaparol12345 michaeljackson migrationschool momsanaladventure
        morganstanley nemvxyheqdd5oqxyxyzi neworleans12345 newproject2004 nhecsyfujkjdt
        nhfdvfnjkju123 olcrackmaster paraklast1974 password12345 password123456 passwordstandard
        pe#5gz29ptzmse polniypizdec0211 polniypizdec1102 polniypizdec110211 projectsadminx
        q1w2e3r4t5y6u7 q1w2e3r4t5y6u7i8 q1w2e3r4t5y6u7i8o9p0 qazwsxedcrfvtgb qwegta13091990
        qwertasdfgzxcvb qwerty123456789 qwertyuiop123 qwertyuiop12345 s8ylpe9jdpvym
        sdf7asdf6asdg8df seniseviyorum sojdlg123aljg somanypickles27 starwarsfan10 stefangreil1983
        systemofadown telechargement thecakeisalie total12scherz websolutionssu weihnachtsbau
        weihnachtsbaum whosyourdaddy yandi20080527 yfdbufnjh10305070 z1x2c3v4b5n6m7
        zqjphsyf6ctifgu zxcvbnm123456789
        """
}
