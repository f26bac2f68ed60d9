/// What the app reports of itself, for the organisation's error log: a closed list, so that nothing
/// personal can stand in it (ORG-7, REP-1). One stream per UTC day.
package enum AppErrors: Decider {
    package struct State: Hashable, Sendable {
        package var reported = 0
    }

    package static let initial = State()

    package static func decide(
        _ command: AppErrorCommand, _ state: State
    ) throws(AppErrorRejection) -> [AppEvent] {
        switch command {
        case .report(let at, let error, let clinic):
            [.errorReported(AppErrorReported(at: at, error: error, clinic: clinic))]
        }
    }

    package static func evolve(_ state: inout State, _ event: AppEvent) {
        switch event {
        case .errorReported: state.reported += 1
        }
    }
}

/// What can be reported.
package enum AppErrorCommand: Hashable, Sendable {
    case report(at: Instant, AppError, clinic: ID<Clinic>)
}

/// A report is a fact, and never refused.
package enum AppErrorRejection: Rejected {
    package var told: Told {
        switch self {
        }
    }
}

/// What went wrong, or right again, in an app or a browser.
package enum AppError: Int, GrowingEnum {
    /// The camera check failed.
    case cameraFailed = 0
    /// It failed before, and does no more.
    case cameraRestored = 1
    case microphoneFailed = 2
    case microphoneRestored = 3
    case connectionLost = 4
    case connectionRestored = 5
    case unsupportedBrowser = 6
    case permissionDenied = 7

    /// `cameraFailed`: as commands and reports write it.
    package var word: String { "\(self)" }
}

/// What can happen in apps.
package enum AppEvent: Hashable, Sendable {
    case errorReported(AppErrorReported)
}

extension AppEvent: EventFamily {
    package static let category = "app"
    package static let members = Members<AppEvent>(
        Member(AppErrorReported.self, AppEvent.errorReported))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .errorReported(let event): try visitor.visit(event)
        }
    }
}

/// An app reported an error, or that it is over. Which visit or room it was in does not stand here:
/// that would tie who reported it to them.
package struct AppErrorReported: Hashable, Sendable {
    package let at: Instant
    package let error: AppError
    package let clinic: ID<Clinic>

    package init(at: Instant, error: AppError, clinic: ID<Clinic>) {
        self.at = at
        self.error = error
        self.clinic = clinic
    }
}

extension AppErrorReported: Event {
    package static let name = "app.error-reported"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        error = try f(2, "error", \.error)
        clinic = try f(3, "clinic", \.clinic)
    }
}
