/// What can be asked of a staff member. Those that change who counts as administrator, or who takes
/// a place of the package, are decided by ``Staffing``, over the streams of organisation and
/// clinics too.
package enum StaffCommand: Hashable, Sendable {
    /// The profile and every later reason are sealed under `key`.
    case invite(at: Instant, Invitation, key: ID<RecordKey>)
    /// Invited and accepted at once: someone known already, the first administrator, history.
    case add(at: Instant, Invitation, key: ID<RecordKey>)
    case accept(at: Instant)
    case giveRole(at: Instant, Grant, reason: Reason)
    case takeRole(at: Instant, Grant, reason: Reason)
    case markPractitioner(at: Instant, clinic: ID<Clinic>)
    case unmarkPractitioner(at: Instant, clinic: ID<Clinic>)
    case changeProfile(at: Instant, StaffProfile)
    case suspend(at: Instant, reason: Reason)
    case restore(at: Instant, reason: Reason)
    case remove(at: Instant, reason: Reason)
    case issueToken(at: Instant, token: ID<Token>, secretHash: Digest, until: Instant?)
    case revokeToken(at: Instant, token: ID<Token>)
    case setPhoto(at: Instant, [UInt8])
    case removePhoto(at: Instant)
}

/// Who is invited, to what, and why.
package struct Invitation: Hashable, Sendable {
    package var profile: StaffProfile
    /// At least one.
    package var grants: [Grant]
    package var reason: Reason

    package init(profile: StaffProfile, grants: [Grant], reason: Reason) {
        self.profile = profile
        self.grants = grants
        self.reason = reason
    }
}

/// Why a staff member's record refuses. In order: where two reasons apply, the earlier is thrown.
package enum StaffRejection: Rejected {
    case staffUnknown
    case staffExists
    case staffRemoved
    case notAccepted
    case alreadyAccepted
    case notActive
    case notSuspended
    case invitationLapsed
    case reasonMissing
    case reasonTooLong(limit: Int)  // Characters.
    case nameMissing
    case profileTooLong(ProfileField, limit: Int)  // Characters; languages: how many.
    case roleMissing
    case clinicMissing
    case clinicNotWanted
    case referrerNeedsClinicRole
    case lastRole
    case notOfClinic
    case tooManyRoles(limit: Int)
    case tooManyTokens(limit: Int)
    case tokenExists
    case untilPast
    case addressMissing
    case addressTaken
    case photoTooLarge(limit: Int)  // Bytes.
    case photoUnknownForm

    package var told: Told {
        switch self {
        case .staffUnknown: Told("staffUnknown", "There is no such staff member.", field: "staff")
        case .staffExists: Told("staffExists", "This staff member exists.", field: "staff")
        case .staffRemoved: Told("staffRemoved", "This staff member was removed.", field: "staff")
        case .notAccepted: Told("notAccepted", "The invitation has not been accepted yet.")
        case .alreadyAccepted: Told("alreadyAccepted", "The invitation has been accepted.")
        case .notActive: Told("notActive", "This staff member is suspended; restore them first.")
        case .notSuspended: Told("notSuspended", "This staff member is not suspended.")
        case .invitationLapsed:
            Told(
                "invitationLapsed",
                "The invitation has lapsed: whoever invites removes it, and invites again.")
        case .reasonMissing: Told("reasonMissing", "Say why.", field: "reason")
        case .reasonTooLong(let limit):
            Told(
                "reasonTooLong", "A reason has at most \(limit) characters.", field: "reason",
                limit: limit)
        case .nameMissing:
            Told("nameMissing", "A staff member has a name.", field: "profile.name")
        case .profileTooLong(let field, let limit):
            Told(
                "fieldTooLong", "At most \(limit) are taken.", field: "profile.\(field.rawValue)",
                limit: limit)
        case .roleMissing: Told("roleMissing", "Name at least one role.", field: "role")
        case .clinicMissing:
            Told("clinicMissing", "This role is held in a clinic: name it.", field: "clinic")
        case .clinicNotWanted:
            Told("clinicNotWanted", "This role is of the whole organisation.", field: "clinic")
        case .referrerNeedsClinicRole:
            Told(
                "referrerNeedsClinicRole",
                "A referrer holds another role in some clinic of the organisation first.",
                field: "role")
        case .lastRole:
            Told("lastRole", "This is their last role; remove them instead.", field: "role")
        case .notOfClinic:
            Told("notOfClinic", "They hold no role in this clinic.", field: "clinic")
        case .tooManyRoles(let limit):
            Told("tooManyRoles", "One person holds at most \(limit) roles.", limit: limit)
        case .tooManyTokens(let limit):
            Told(
                "tooManyTokens", "At most \(limit) tokens are good at once; revoke one.",
                limit: limit)
        case .tokenExists: Told("tokenExists", "This token was issued already.", field: "token")
        case .addressMissing:
            Told(
                "addressMissing", "They have no e-mail address that mail can be sent to.",
                field: "profile.email")
        case .addressTaken:
            Told(
                "addressTaken", "Somebody else here has this e-mail address.",
                field: "profile.email")
        case .photoTooLarge(let limit):
            Told(
                "photoTooLarge", "A photo has at most \(limit) bytes.", field: "picture",
                limit: limit)
        case .photoUnknownForm:
            Told("photoUnknownForm", "A photo is a PNG or JPEG picture.", field: "picture")
        case .untilPast: Told("untilPast", "The end lies in the past.", field: "until")
        }
    }
}
