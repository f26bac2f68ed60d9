/// What one staff member may do now: their events folded to the log's head, never a lagging
/// projection.
package struct Authority: Hashable, Sendable {
    /// Sorted; none unless active.
    package let grants: [Grant]

    package init(of state: Staff.State) {
        switch state.standing {
        case .active: grants = state.grants.sorted()
        case .unknown, .invited, .suspended, .removed: grants = []
        }
    }

    /// The grant to act by, which the log will name; nil: refused.
    ///
    /// - Parameter chosen: the grant the staff member chose to act in (ROLE-1); nil: the first that
    ///   allows it.
    package func grant(
        for permission: Permission, in clinic: ID<Clinic>?, actingAs chosen: Grant? = nil
    ) -> Grant? {
        Roles.allowing(permission, grants.filter { chosen == nil || $0 == chosen }, in: clinic)
    }

    /// The clinics whose list entries they see (ROLE-1); nil: all of the organisation.
    package var clinicsSeen: Set<ID<Clinic>>? {
        let seeing = grants.filter { Roles.reach(.seeClinics, of: $0.role) != .no }
        if seeing.contains(where: { !$0.role.isOfClinic }) { return nil }
        return Set(seeing.compactMap(\.clinic))
    }
}

extension Staff.State {
    /// The token with that hash, where it is good and its holder may act; nil: sign-in refused.
    package func token(_ secretHash: Digest, at now: Instant) -> ID<Token>? {
        guard standing == .active else { return nil }
        return tokens.filter { $0.value.secretHash == secretHash && $0.value.isGood(at: now) }
            .keys.min()
    }
}
