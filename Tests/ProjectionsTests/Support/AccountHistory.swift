import Domain
import EventStore
import Projections

// What accounts, mail and rooms add to a history: every event of these families, on streams few
// enough that they meet.
extension History {
    /// Families every event of which comes in a history, and the categories they stand in.
    static let accountFamilies: [any EventFamily.Type] = [
        AccountEvent.self, APIKeyEvent.self, SupportEvent.self, SecurityEvent.self,
        SignOnEvent.self, AlertEvent.self, MailEvent.self, RoomEvent.self, GuestStayEvent.self,
    ]

    mutating func accountEvent(_ log: LogID, _ at: Instant) -> NewEvent {
        switch random.below(17) {
        case 0, 1, 2: return .of(account(at), account(random.id(5)))
        case 3, 4: return .of(apiKey(at), stream(Category.apiKey, ID<APIKey>.self, 4))
        case 5, 6: return .of(support(at), stream(Category.support, ID<Support>.self, 4))
        case 7: return .of(security(at), StreamName(Category.security, log.bits))
        case 8: return .of(signOn(at), StreamName(Category.signOn, log.bits))
        case 9, 13, 14, 15: return .of(alerts(at), stream(Category.alert, ID<Staff>.self, 5))
        case 10:
            let raised = AlertRaised(at: at, cause: random.below(200), mails: random.below(3))
            return .of(AlertEvent.raised(raised), stream(Category.alert, ID<Clinic>.self, 3))
        case 11: return .of(erasure(at), StreamName(Category.erasure, log.bits))
        case 12: return .of(answers(at), stream(Category.answers, ID<Answers>.self, 6))
        default:
            return .of(
                ClientAccessEvent.carried(look(at)),
                StreamName(
                    Category.clientAccess, (random.id(4) as ID<Client>).bits, part: 2_024))
        }
    }

    private func account(_ staff: ID<Staff>) -> StreamName {
        StreamName(Category.account, staff.bits)
    }

    private mutating func stream<Subject>(
        _ category: Word, _: ID<Subject>.Type, _ count: Int
    ) -> StreamName {
        StreamName(category, (random.id(count) as ID<Subject>).bits)
    }

    private var hash: Digest { Digest(high: 1, low: 2) }

    private mutating func account(_ at: Instant) -> AccountEvent {
        let session: ID<Session> = random.id(6)
        switch random.below(12) {
        case 0:
            return .linkMade(LinkMade(at: at, purpose: .reset, secretHash: hash, until: at))
        case 1:
            let password = Sealed(PasswordHash("$scrypt$"), under: random.id(99))
            return .passwordSet(PasswordSet(at: at, password: password, means: .reset))
        case 2: return .addressChanged(AddressChanged(at: at))
        case 3: return .sessionSeen(SessionSeen(at: at, session: session))
        case 4: return .sessionEnded(SessionEnded(at: at, session: session, why: .revoked))
        case 5:
            let secret = Sealed(TOTPSecret(base32: "GEZDGNBV"), under: random.id(99))
            return .totpBegun(TOTPBegun(at: at, secret: secret))
        case 6: return .totpConfirmed(TOTPConfirmed(at: at, step: 1, recovery: [hash]))
        case 7: return .recoveryRenewed(RecoveryRenewed(at: at, codes: [hash]))
        case 8:
            return .totpSwitchedOff(TOTPSwitchedOff(at: at, byOther: random.below(2) == 0))
        default:
            return .sessionBegun(
                SessionBegun(at: at, session: session, secretHash: hash, kind: .app))
        }
    }

    private mutating func apiKey(_ at: Instant) -> APIKeyEvent {
        switch random.below(4) {
        case 0: return .used(APIKeyUsed(at: at))
        case 1: return .revoked(APIKeyRevoked(at: at))
        default:
            let scopes: [KeyScope] =
                random.below(2) == 0 ? [.clientRegister, .visitsRead] : [.clinicsRead]
            return .made(
                APIKeyMade(at: at, name: .of("CRM"), scopes: scopes, secretHash: hash))
        }
    }

    private mutating func support(_ at: Instant) -> SupportEvent {
        switch random.below(4) {
        case 0: return .approved(SupportApproved(at: at, until: at))
        case 1:
            return .ended(
                SupportEnded(
                    at: at, why: random.below(2) == 0 ? .bySupporter : .byOrganisation))
        default:
            let details = SupportDetails(supporter: "Sam", reason: "ticket 7")
            return .asked(
                SupportAsked(
                    at: at, staff: random.id(5), details: Sealed(details, under: random.id(99)),
                    secretHash: hash))
        }
    }

    private mutating func security(_ at: Instant) -> SecurityEvent {
        if random.below(2) == 0 { return .secondFactorSet(SecondFactorSet(at: at, rule: .offered)) }
        return .supportSwitched(SupportSwitched(at: at, isOn: random.below(2) == 0))
    }

    private mutating func signOn(_ at: Instant) -> SignOnEvent {
        switch random.below(4) {
        case 0:
            let settings = ProviderSettings(
                issuer: .of("https://id.example.org"), clientID: .of("anteroom"), domains: [],
                buttonText: .of("Sign in"), createdRole: .teamMember, createdClinic: random.id(3))
            return .providerSet(
                ProviderSet(
                    at: at, name: .of("work"), settings: settings,
                    secret: Sealed(ClientSecret("secret"), under: random.id(99))))
        case 1:
            return .switched(
                ProviderSwitched(at: at, name: .of("work"), isOn: random.below(2) == 0))
        case 2: return .removed(ProviderRemoved(at: at, name: .of("work")))
        default: return .linked(UserLinked(at: at, staff: random.id(5)))
        }
    }

    private mutating func alerts(_ at: Instant) -> AlertEvent {
        switch random.below(8) {
        case 0:
            let webhook = AlertWebhook(
                staff: random.id(5), url: "https://hooks.example.org/", secret: "whsec_AA==")
            return .webhookSet(
                AlertWebhookSet(
                    at: at, target: Sealed(AlertTarget(webhook), under: random.id(99))))
        case 1: return .webhookRemoved(AlertWebhookRemoved(at: at, isGone: random.below(2) == 0))
        default: break
        }
        let clinics: [ID<Clinic>] = random.below(3) == 0 ? [] : [random.id(3)]
        return .set(
            AlertsSet(
                at: at,
                settings: AlertSettings(
                    clinics: clinics, byMail: random.below(4) > 0, sound: random.below(2) == 0,
                    bySMS: random.below(4) == 0)))
    }

    /// Of any kind of record: ids of all kinds are alike.
    private mutating func erasure(_ at: Instant) -> ErasureEvent {
        let order = random.below(20)
        if random.below(3) == 0 { return .carriedOut(ErasureCarriedOut(at: at, order: order)) }
        return .ordered(
            ErasureOrdered(
                at: at, order: order, keys: [random.id(99)], records: [random.id(12)], claims: []))
    }

    private mutating func answers(_ at: Instant) -> AnswersEvent {
        .given(
            AnswersGiven(
                at: at, questionnaire: random.id(2), version: 1,
                visit: random.below(2) == 0 ? random.id(12) : nil,
                answers: Sealed(AnswerSet([]), under: random.id(99))))
    }

    private mutating func look(_ at: Instant) -> AccessCarried {
        guard let day = LocalDate(day: 19_800) else { preconditionFailure("a day of 2024") }
        let past = PastAccess(
            day: day, actor: "staff", staff: random.id(5), role: "teamMember", basis: "role",
            origin: "http", action: .read)
        return AccessCarried(at: at, look: Sealed(past, under: random.id(99)))
    }
}
