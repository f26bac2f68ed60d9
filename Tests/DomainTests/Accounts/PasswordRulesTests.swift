import Domain
import Testing

@Suite("Password rules") struct PasswordRulesTests {
    private static let words = ["Grace Hopper", "grace.hopper@navy.example", "City Hospital"]

    @Test(
        "ACC-2 long, and nothing more is asked",
        arguments: [
            "short of thir", "aaaaaaaaaaaab", "correct horse battery staple", "ÄÖÜ sind Umlaute",
            "zxcvbnmasdfgh", "Grace likes long walks",
        ])
    func good(password: String) throws {
        try PasswordRules.check(password, words: Self.words)
    }

    @Test("ACC-2 refused: short, long, common, repeated, a run, or one's own words")
    func bad() {
        for (password, reason) in [
            ("twelve chars", PasswordRejection.passwordTooShort(limit: 13)),
            (long(257), .passwordTooLong(limit: 256)),
            ("ManchesterUnited", .passwordCommon), ("aaaaaaaaaaaaa", .passwordCommon),
            ("abc123abc123abc1", .passwordCommon), ("abcdefghijklmnop", .passwordCommon),
            ("3210987654321", .passwordCommon), ("GraceHopper12", .passwordPersonal),
            ("cityhospital2026", .passwordPersonal), ("Hopper.Grace.navy", .passwordPersonal),
        ] as [(String, PasswordRejection)] {
            #expect(throws: reason, "\(password)") {
                try PasswordRules.check(password, words: Self.words)
            }
        }
    }
}
