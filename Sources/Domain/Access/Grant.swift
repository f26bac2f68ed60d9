/// A role somebody holds, and where. One person may hold several; they choose the one they act in
/// (ROLE-1).
package struct Grant: Hashable, Sendable, Comparable {
    package let role: Role
    /// Nil for the roles of the organisation.
    package let clinic: ID<Clinic>?

    package init(_ role: Role, in clinic: ID<Clinic>? = nil) {
        self.role = role
        self.clinic = clinic
    }

    /// Whether a clinic is named just where the role wants one.
    package var isWhole: Bool { role.isOfClinic == (clinic != nil) }

    package static func < (one: Grant, other: Grant) -> Bool {
        (one.role.rawValue, one.clinic?.bits ?? 0) < (other.role.rawValue, other.clinic?.bits ?? 0)
    }
}
