/// A function the operator's package may hold or not (ROLE-5).
package enum PackageFunction: Int, GrowingEnum {
    case sms = 0
    case animation = 1
    case rating = 2
    case customFrame = 3
    case customRoom = 4
    case questionnaires = 5
    case disclaimer = 6
    case payments = 7
    case chatWidget = 8

    /// `customFrame`: as commands and answers write it.
    package var word: String { "\(self)" }
}

/// The functions of a package: all there are, or these.
package enum PackageFunctions: Hashable, Sendable {
    case all
    case only(Set<PackageFunction>)

    package func allows(_ function: PackageFunction) -> Bool {
        switch self {
        case .all: true
        case .only(let functions): functions.contains(function)
        }
    }

    /// Nil: all there are. In order.
    package var list: [PackageFunction]? {
        switch self {
        case .all: nil
        case .only(let functions): functions.sorted { $0.rawValue < $1.rawValue }
        }
    }

    /// - Parameter list: nil: all there are.
    package init(_ list: [PackageFunction]?) {
        self = list.map { .only(Set($0)) } ?? .all
    }
}

/// An optional function that is switched per clinic (ORG-7).
package enum AddOn: Int, GrowingEnum {
    case payments = 0
    case questionnaires = 1
    case sms = 2
    case rating = 3
    case chatWidget = 4

    /// `chatWidget`: as commands and answers write it.
    package var word: String { "\(self)" }

    /// What the package has to hold.
    package var function: PackageFunction {
        switch self {
        case .payments: .payments
        case .questionnaires: .questionnaires
        case .sms: .sms
        case .rating: .rating
        case .chatWidget: .chatWidget
        }
    }
}
