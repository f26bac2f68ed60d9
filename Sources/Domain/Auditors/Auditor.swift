/// Somebody outside the golden table who may read history, access logs and anonymisation reports,
/// for a limited time and purpose; ciphertext only, unless more was granted. Source: ROLE-6.
package enum Auditor: Decider {
    /// Days a grant is good for at most.
    package static let daysMax = 366

    package enum Standing: String, CaseIterable, Hashable, Sendable {
        case unknown, granted, revoked
    }

    package struct State: Hashable, Sendable {
        package var standing = Standing.unknown
        package var until: Instant?
        package var opensPersonal = false
        package var secretHash: Digest?
        package var paper: Sealed<AuditorPaper>?

        /// Whether the grant lets anybody on at `now`.
        package func isGood(at now: Instant) -> Bool {
            standing == .granted && until.map { now <= $0 } ?? false
        }
    }

    package static let initial = State()

    package static func decide(
        _ command: AuditorCommand, _ state: State
    ) throws(AuditorRejection) -> [AuditorEvent] {
        switch (command, state.standing) {
        case (.grant(let at, let paper, let key, let terms), .unknown):
            try check(paper)
            guard terms.until > at else { throw .untilPast }
            guard terms.until <= at + .days(Int64(daysMax)) else {
                throw .grantTooLong(limit: daysMax)
            }
            return [
                .granted(
                    AuditorGranted(
                        at: at, paper: Sealed(paper, under: key), until: terms.until,
                        opensPersonal: terms.opensPersonal, secretHash: terms.secretHash))
            ]
        case (.grant, .granted), (.grant, .revoked): throw .auditorExists
        case (.revoke, .unknown): throw .auditorUnknown
        case (.revoke(let at), .granted): return [.revoked(AuditorRevoked(at: at))]
        case (.revoke, .revoked): return []
        }
    }

    private static func check(_ paper: AuditorPaper) throws(AuditorRejection) {
        guard !paper.name.isEmpty else { throw .nameMissing }
        guard !paper.purpose.isEmpty else { throw .purposeMissing }
        for text in [paper.name, paper.email ?? ""] {
            guard text.unicodeScalars.count <= AuditorPaper.textMax else {
                throw .paperTooLong(limit: AuditorPaper.textMax)
            }
        }
        guard paper.purpose.unicodeScalars.count <= AuditorPaper.purposeMax else {
            throw .paperTooLong(limit: AuditorPaper.purposeMax)
        }
    }

    package static func evolve(_ state: inout State, _ event: AuditorEvent) {
        switch event {
        case .granted(let granted):
            state.standing = .granted
            state.until = granted.until
            state.opensPersonal = granted.opensPersonal
            state.secretHash = granted.secretHash
            state.paper = granted.paper
        case .revoked: state.standing = .revoked
        }
    }
}
