/// A rule's no, in a form that can be answered: every aggregate's `Rejection` is one.
///
/// Closed enums, cases in order of precedence; they carry limits and never anything personal.
package protocol Rejected: Error, Hashable, Sendable {
    var told: Told { get }
}

/// What whoever asked is told of a ``Rejected``.
package struct Told: Hashable, Sendable {
    /// Stable for ever, such as `callFull`: programs depend on it.
    package let code: String
    /// A sentence somebody can act on. May change.
    package let words: String
    /// The command's field at fault, such as `clinic`; nil where it is the state that says no.
    package let field: String?
    /// The bound that was met, in the unit the words name.
    package let limit: Int?

    package init(_ code: String, _ words: String, field: String? = nil, limit: Int? = nil) {
        self.code = code
        self.words = words
        self.field = field
        self.limit = limit
    }
}

extension Rejected {
    package var code: String { told.code }
    package var words: String { told.words }
    package var field: String? { told.field }
    package var limit: Int? { told.limit }
}
