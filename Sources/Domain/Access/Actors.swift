/// A kind of actor. All but staff have a closed list of commands and queries (ROLE-7).
package enum ActorKind: String, CaseIterable, Hashable, Sendable {
    /// By the golden table.
    case staff
    /// Somebody in a waiting area: their own visit only.
    case caller
    /// Somebody on file, in the portal: nothing until it comes.
    case client
    /// Somebody who entered a room by a link: that room only.
    case guest
    /// Another system: of this list, what its key was made for (ACC-5).
    case apiKey
    /// The system itself, naming its cause.
    case policy
    /// Who runs the installation, at the command line; also when history comes in (ROLE-5).
    case `operator`
    /// Somebody with read access to history for a limited time (ROLE-6).
    case auditor
    /// Public pages, entry, sign-in.
    case nobody
    /// Somebody from outside, invited into one visit by a link (WA-4).
    case external
}

/// Everything that can be asked, by name. Each names the row of the golden table staff need and the
/// actors that may ask without one: a command or query that is not here does not exist.
package enum Operation: String, CaseIterable, Hashable, Sendable {
    case organisationCreate = "organisation.create"
    case organisationChange = "organisation.change"
    case organisationSetPackage = "organisation.set-package"
    case organisationSetLogo = "organisation.set-logo"
    case organisationRemoveLogo = "organisation.remove-logo"
    case organisationSetCallInterface = "organisation.set-call-interface"
    case clinicCreate = "clinic.create"
    case clinicRename = "clinic.rename"
    case clinicClose = "clinic.close"
    case clinicReopen = "clinic.reopen"
    case clinicSetCallInterface = "clinic.set-call-interface"
    case clinicSetAddOns = "clinic.set-add-ons"

    case roomAdd = "room.add"
    case roomRename = "room.rename"
    case roomNarrow = "room.narrow"
    case roomClose = "room.close"
    case roomMakeGuestLink = "room.make-guest-link"
    case roomRevokeGuestLink = "room.revoke-guest-link"
    case roomInvite = "room.invite"
    case roomEnter = "room.enter"
    case roomEnterByLink = "room.enter-by-link"
    case roomLeave = "room.leave"
    case roomDropOut = "room.drop-out"
    case roomLock = "room.lock"
    case roomUnlock = "room.unlock"
    case appReportError = "app.report-error"

    case staffInvite = "staff.invite"
    case staffAdd = "staff.add"
    case staffAccept = "staff.accept"
    case staffGiveRole = "staff.give-role"
    case staffTakeRole = "staff.take-role"
    case staffSuspend = "staff.suspend"
    case staffRestore = "staff.restore"
    case staffRemove = "staff.remove"
    case staffMarkPractitioner = "staff.mark-practitioner"
    case staffUnmarkPractitioner = "staff.unmark-practitioner"
    case staffChangeProfile = "staff.change-profile"
    case staffIssueToken = "staff.issue-token"
    case staffRevokeToken = "staff.revoke-token"
    case staffSetPhoto = "staff.set-photo"
    case staffRemovePhoto = "staff.remove-photo"

    /// Signing in, which the log holds and no door offers by name.
    case sessionBegin = "session.begin"
    /// A session was used; noted at its own pace.
    case sessionSee = "session.see"
    case sessionEnd = "session.end"
    case sessionEndOthers = "session.end-others"
    /// By a link that was sent.
    case passwordSet = "password.set"
    /// By who knows the one before.
    case passwordChange = "password.change"
    /// A link by e-mail, for who forgot the password.
    case passwordForgotten = "password.forgotten"
    case staffResendInvitation = "staff.resend-invitation"
    case staffExcuseSecondFactor = "staff.excuse-second-factor"
    case totpEnrol = "totp.enrol"
    case totpConfirm = "totp.confirm"
    case totpSwitchOff = "totp.switch-off"
    case totpRenewRecovery = "totp.renew-recovery"
    case securitySetSecondFactor = "security.set-second-factor"
    case securitySwitchSupport = "security.switch-support"
    case apiKeyMake = "api-key.make"
    case apiKeyRevoke = "api-key.revoke"
    /// A key was used; noted at its own pace.
    case apiKeyUse = "api-key.use"
    case supportAsk = "support.ask"
    case supportApprove = "support.approve"
    case supportEnd = "support.end"

    case visitOpen = "visit.open"
    case visitArrive = "visit.arrive"
    case visitAdmit = "visit.admit"
    case visitJoin = "visit.join"
    case visitLeave = "visit.leave"
    case visitGiveUp = "visit.give-up"
    case visitHold = "visit.hold"
    case visitResume = "visit.resume"
    case visitDisconnect = "visit.disconnect"
    case visitComeBack = "visit.come-back"
    case visitDropOut = "visit.drop-out"
    case visitTransfer = "visit.transfer"
    case visitMessage = "visit.message"
    case visitEnd = "visit.end"

    case visitStart = "visit.start"
    case visitLock = "visit.lock"
    case visitUnlock = "visit.unlock"
    case visitCallStaff = "visit.call-staff"
    case visitInvite = "visit.invite"
    case visitRevokeInvitation = "visit.revoke-invitation"
    case visitEnter = "visit.enter"
    case visitSendBack = "visit.send-back"
    case visitDismiss = "visit.dismiss"
    case visitAnswerGroup = "visit.answer-group"
    case groupCallStart = "group-call.start"
    case groupCallAsk = "group-call.ask"
    case groupCallJoin = "group-call.join"
    case groupCallLeave = "group-call.leave"
    case groupCallEnd = "group-call.end"
    case groupCallDisconnect = "group-call.disconnect"
    case groupCallDropOut = "group-call.drop-out"
    case clinicSetWaitingArea = "clinic.set-waiting-area"
    case clinicSwitchWaitingArea = "clinic.switch-waiting-area"
    case announcementMake = "announcement.make"
    case announcementWithdraw = "announcement.withdraw"
    case announcementWithdrawAll = "announcement.withdraw-all"
    case walkInSwitch = "walk-in.switch"
    case walkInSchedule = "walk-in.schedule"

    case clientRegister = "client.register"
    case clientChange = "client.change"
    case appointmentBook = "appointment.book"
    case appointmentDone = "appointment.done"
    case appointmentNoShow = "appointment.no-show"
    case appointmentCancel = "appointment.cancel"
    case appointmentChooseQuestionnaire = "appointment.choose-questionnaire"
    case questionnairePublish = "questionnaire.publish"
    case answersStart = "answers.start"
    case answersGive = "answers.give"
    case importRun = "import.run"
    case dayClose = "day.close"
    case reportsConfigure = "reports.configure"

    case anonymisationSetDays = "anonymisation.set-days"
    case anonymisationAnnounce = "anonymisation.announce"
    case anonymisationHold = "anonymisation.hold"
    case anonymisationLift = "anonymisation.lift"
    case anonymisationEraseClient = "anonymisation.erase-client"

    case roomsRead = "rooms.read"
    case roomRead = "room.read"
    case logoRead = "logo.read"
    case callInterfaceRead = "call-interface.read"
    case clinicCallInterfaceRead = "clinic-call-interface.read"
    case presenceTell = "presence.tell"
    case entryRead = "entry.read"
    case waitingAreaSettingsRead = "waiting-area-settings.read"
    case announcementsRead = "announcements.read"
    case practitionersRead = "practitioners.read"
    case groupCallRead = "group-call.read"
    case clinicSendLink = "clinic.send-link"
    case staffSetAlerts = "staff.set-alerts"
    case staffSetAlertWebhook = "staff.set-alert-webhook"
    case signOnSet = "sign-on.set"
    case signOnSwitch = "sign-on.switch"
    case signOnRemove = "sign-on.remove"
    case signOnEnter = "sign-on.enter"
    case signOnRead = "sign-on.read"
    case alertsRaise = "alerts.raise"
    case mailSettle = "mail.settle"
    case ownAlertsRead = "own-alerts.read"
    case mailsRead = "mails.read"
    case auditorGrant = "auditor.grant"
    case auditorRevoke = "auditor.revoke"

    case waitingAreaRead = "waiting-area.read"
    case visitRead = "visit.read"
    case visitsRead = "visits.read"
    case clientRead = "client.read"
    case clientsSearch = "clients.search"
    case appointmentsRead = "appointments.read"
    case questionnaireRead = "questionnaire.read"
    case answersRead = "answers.read"
    case clinicsRead = "clinics.read"
    case organisationRead = "organisation.read"
    case staffRead = "staff.read"
    case staffExport = "staff.export"
    case ownProfileRead = "own-profile.read"
    case staffPhotoRead = "staff-photo.read"
    case ownAccessRead = "own-access.read"
    case ownSessionsRead = "own-sessions.read"
    case securityRead = "security.read"
    case apiKeysRead = "api-keys.read"
    case supportRead = "support.read"
    case accessRead = "access.read"
    case clientAccessRead = "client-access.read"
    case logRead = "log.read"
    case reportRead = "report.read"
    case reportSettingsRead = "report-settings.read"
    case reportStaffRead = "report-staff.read"
    case reportsQuery = "reports.query"
    case anonymisationRead = "anonymisation.read"
    case anonymisationPlan = "anonymisation.plan"
    case auditorRead = "auditor.read"
}

/// What a staff member needs for an operation.
package enum StaffNeed: Hashable, Sendable {
    /// It is not for staff.
    case never
    case permission(Permission)
    /// The permission for each role concerned: ``Roles/mayManage(_:holding:)``.
    case manage
    /// ``Roles/mayTransfer(_:from:to:)``.
    case transfer
    /// ``Permission/organisationReports``; for a report of one clinic
    /// ``Permission/clinicReports`` there.
    case reports
    /// The row of the room's kind: ``Roles/permission(toAdd:)``.
    case addRooms
    /// ``Roles/mayUse(_:of:in:_:holding:)``; for a list, a role in the clinic that may use or add
    /// rooms of any kind.
    case useRooms
}

extension Operation {
    package var need: StaffNeed {
        switch self {
        case .organisationCreate, .organisationSetPackage, .staffAdd, .staffAccept,
            .staffIssueToken, .visitGiveUp, .visitDropOut, .importRun, .dayClose, .logRead,
            .passwordSet, .passwordForgotten, .supportAsk, .apiKeyUse, .roomEnterByLink,
            .roomDropOut, .groupCallDisconnect, .groupCallDropOut, .mailSettle, .alertsRaise,
            .signOnEnter:
            .never
        case .staffInvite, .staffGiveRole, .staffTakeRole, .staffSuspend, .staffRestore,
            .staffRemove, .staffResendInvitation, .staffExcuseSecondFactor:
            .manage
        case .visitTransfer: .transfer
        case .roomAdd, .roomRename, .roomNarrow, .roomClose: .addRooms
        case .roomMakeGuestLink, .roomRevokeGuestLink, .roomInvite, .roomEnter, .roomLeave,
            .roomLock, .roomUnlock, .roomsRead, .roomRead:
            .useRooms
        case .organisationSetLogo, .organisationRemoveLogo, .organisationChange, .clinicClose,
            .clinicReopen, .organisationRead, .staffRead, .staffPhotoRead, .staffExport:
            .permission(.manageOrganisation)
        case .mailsRead: .permission(.manageOrganisation)
        case .clinicSendLink: .permission(.sendClinicLinks)
        case .staffSetAlerts, .staffSetAlertWebhook, .ownAlertsRead: .permission(.useOwnProfile)
        case .clinicCreate: .permission(.createClinics)
        case .clinicRename, .clinicSetCallInterface, .clinicSetAddOns:
            .permission(.configureClinics)
        case .organisationSetCallInterface, .callInterfaceRead:
            .permission(.configureCallInterface)
        case .clinicsRead, .clinicCallInterfaceRead, .appReportError: .permission(.seeClinics)
        case .staffMarkPractitioner, .staffUnmarkPractitioner: .permission(.manageClinicStaff)
        case .staffChangeProfile, .staffSetPhoto, .staffRemovePhoto, .staffRevokeToken,
            .ownProfileRead, .ownAccessRead,
            .anonymisationRead, .sessionBegin, .sessionSee, .sessionEnd, .sessionEndOthers,
            .passwordChange, .totpEnrol, .totpConfirm, .totpSwitchOff, .totpRenewRecovery,
            .ownSessionsRead, .logoRead, .presenceTell:
            .permission(.useOwnProfile)
        case .visitOpen, .visitArrive, .visitDisconnect, .visitComeBack, .visitMessage,
            .waitingAreaRead, .visitRead, .visitsRead:
            .permission(.useWaitingArea)
        case .visitAdmit, .visitJoin, .visitLeave, .visitHold, .visitResume, .visitEnd:
            .permission(.joinCalls)
        case .visitStart, .visitLock, .visitUnlock, .visitCallStaff, .visitInvite,
            .visitRevokeInvitation, .visitSendBack, .visitDismiss, .groupCallStart, .groupCallAsk,
            .groupCallJoin, .groupCallLeave, .groupCallEnd:
            .permission(.joinCalls)
        case .visitEnter, .visitAnswerGroup: .never
        case .clinicSetWaitingArea, .clinicSwitchWaitingArea, .waitingAreaSettingsRead:
            .permission(.configureClinics)
        case .announcementMake, .announcementWithdraw, .announcementWithdrawAll:
            .permission(.editTexts)
        case .walkInSwitch, .walkInSchedule: .permission(.useRecords)
        case .entryRead, .announcementsRead, .practitionersRead, .groupCallRead:
            .permission(.useWaitingArea)
        case .clientRegister, .clientChange, .appointmentBook, .appointmentDone,
            .appointmentNoShow, .appointmentCancel, .appointmentChooseQuestionnaire, .answersStart,
            .answersGive, .clientRead, .clientsSearch, .appointmentsRead, .answersRead,
            .questionnaireRead:
            .permission(.useRecords)
        case .reportRead: .reports
        case .reportSettingsRead, .reportStaffRead, .reportsQuery:
            .permission(.organisationReports)
        case .questionnairePublish, .reportsConfigure, .anonymisationSetDays,
            .anonymisationAnnounce,
            .anonymisationHold, .anonymisationLift, .anonymisationEraseClient,
            .anonymisationPlan, .securitySetSecondFactor, .securitySwitchSupport, .securityRead,
            .apiKeyMake, .apiKeyRevoke, .apiKeysRead, .supportApprove, .supportEnd, .supportRead,
            .signOnSet, .signOnSwitch, .signOnRemove, .signOnRead,
            .auditorGrant, .auditorRevoke, .auditorRead:
            .permission(.administer)
        case .accessRead, .clientAccessRead: .permission(.readAccessLogs)
        }
    }

    /// Whether `actor` may ask it at all; for staff the golden table has the last word.
    package func isOpen(to actor: ActorKind) -> Bool {
        switch actor {
        case .staff: need != .never
        case .caller: Operation.callers.contains(self)
        case .policy: Operation.policies.contains(self)
        case .operator: Operation.operators.contains(self)
        case .nobody: Operation.publicly.contains(self)
        case .guest: Operation.guests.contains(self)
        case .external: Operation.externals.contains(self)
        case .auditor: Operation.auditors.contains(self) || opensPersonalToAuditors
        case .apiKey: self == .apiKeyUse || KeyScope.allCases.contains { $0.operation == self }
        case .client: false
        }
    }

    private static let policies: Set<Operation> = [
        .roomDropOut, .visitDisconnect, .visitDropOut, .visitEnd, .groupCallDisconnect,
        .groupCallDropOut, .groupCallEnd, .dayClose, .mailSettle, .alertsRaise, .signOnEnter,
    ]

    /// Whether a supporter who acts as a staff member may ask it: no exports, no change of roles,
    /// keys, passwords or of who is let in (ROLE-4).
    package var isOpenToSupport: Bool {
        need != .manage && !Operation.closedToSupport.contains(self)
    }

    /// Whether a supporter may ask it for being one, whatever the roles of whom they act as: to end
    /// what they were let into (ROLE-4).
    package var isOwnToSupport: Bool { Operation.ownToSupport.contains(self) }

    private static let ownToSupport: Set<Operation> = [.supportEnd]

    private static let closedToSupport: Set<Operation> = [
        .reportRead, .reportsQuery, .reportsConfigure, .staffExport, .staffChangeProfile,
        .staffSetPhoto, .staffRemovePhoto, .staffSetAlertWebhook,
        .staffRevokeToken, .sessionBegin, .sessionEnd, .sessionEndOthers, .passwordChange,
        .totpEnrol, .totpConfirm, .totpSwitchOff, .totpRenewRecovery, .ownSessionsRead,
        .securitySetSecondFactor, .securitySwitchSupport, .apiKeyMake, .apiKeyRevoke,
        .signOnSet, .signOnSwitch, .signOnRemove, .supportApprove, .clinicCreate, .auditorGrant,
        .auditorRevoke,
        .anonymisationSetDays, .anonymisationAnnounce,
        .anonymisationEraseClient, .accessRead, .clientAccessRead,
    ]

    /// In their own visit only.
    private static let callers: Set<Operation> = [
        .visitLeave, .visitGiveUp, .visitDisconnect, .visitComeBack, .visitMessage, .visitRead,
        .answersStart, .answersGive, .questionnaireRead, .visitAnswerGroup, .entryRead,
        .presenceTell, .appReportError, .clinicCallInterfaceRead, .logoRead,
    ]

    /// In the room they entered only.
    private static let guests: Set<Operation> = [
        .roomEnter, .roomLeave, .roomRead, .presenceTell, .appReportError,
        .clinicCallInterfaceRead, .logoRead,
    ]

    /// Public pages, entry, sign-in.
    private static let publicly: Set<Operation> = [
        .visitOpen, .visitArrive, .passwordSet, .passwordForgotten, .roomEnterByLink, .logoRead,
        .entryRead,
    ]

    /// In the one visit they were invited to.
    private static let externals: Set<Operation> = [
        .visitEnter, .visitLeave, .visitDisconnect, .visitComeBack, .visitRead, .presenceTell,
        .appReportError, .clinicCallInterfaceRead, .logoRead,
    ]

    /// History, access logs and anonymisation reports, ciphertext as it is (ROLE-6).
    private static let auditors: Set<Operation> = [
        .logRead, .accessRead, .clientAccessRead, .anonymisationRead, .anonymisationPlan,
    ]

    /// Shows personal data in the clear: to an auditor to whom that was granted too.
    package var opensPersonalToAuditors: Bool {
        self == .visitRead || self == .clientRead || self == .answersRead
    }

    /// What makes and runs organisations, and what history consists of: nobody else was there to
    /// say it. Nothing that shows personal data (ROLE-5).
    private static let operators: Set<Operation> = [
        .organisationCreate, .organisationChange, .organisationSetPackage, .organisationRead,
        .organisationSetLogo, .organisationRemoveLogo, .logoRead,
        .clinicCreate, .clinicRename, .clinicClose, .clinicReopen, .clinicsRead,
        .staffInvite, .staffAdd, .staffAccept, .staffGiveRole, .staffTakeRole, .staffSuspend,
        .staffRestore, .staffRemove, .staffMarkPractitioner, .staffUnmarkPractitioner,
        .staffIssueToken, .staffRevokeToken, .staffResendInvitation, .supportAsk, .supportEnd,
        .visitOpen, .visitArrive, .visitAdmit, .visitJoin, .visitLeave, .visitGiveUp,
        .visitDisconnect, .visitComeBack, .visitDropOut, .visitEnd,
        .clientRegister, .clientChange, .appointmentBook, .appointmentDone, .appointmentNoShow,
        .appointmentCancel, .questionnairePublish, .answersGive, .importRun,
        .visitsRead, .appointmentsRead, .logRead, .reportsConfigure, .reportRead,
        .reportSettingsRead, .reportStaffRead,
        .anonymisationSetDays, .anonymisationAnnounce, .anonymisationHold, .anonymisationLift,
        .anonymisationEraseClient, .anonymisationRead, .anonymisationPlan,
    ]
}
