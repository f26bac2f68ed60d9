package import Domain

extension Fact.Body {
    /// The event's fields as one JSON object.
    package func json() throws(WireError) -> String {
        switch self {
        case .organisation(_, let event): try event.json()
        case .subdomain(_, let event): try event.json()
        case .clinic(_, let event): try event.json()
        case .staff(_, let event): try event.json()
        case .account(_, let event): try event.json()
        case .security(_, let event): try event.json()
        case .apiKey(_, let event): try event.json()
        case .support(_, let event): try event.json()
        case .visit(_, let event): try event.json()
        case .client(_, let event): try event.json()
        case .appointment(_, let event): try event.json()
        case .agenda(_, _, let event): try event.json()
        case .questionnaire(_, let event): try event.json()
        case .answers(_, let event): try event.json()
        case .access(_, let event): try event.json()
        case .erasure(_, let event): try event.json()
        case .clientAccess(_, let event): try event.json()
        case .anonymisation(_, let event): try event.json()
        case .imports(_, let event): try event.json()
        case .days(_, let event): try event.json()
        case .reports(_, let event): try event.json()
        case .mail(_, let event): try event.json()
        case .auditor(_, let event): try event.json()
        case .alert(_, let event): try event.json()
        case .signOn(_, let event): try event.json()
        case .room(_, let event): try event.json()
        case .guest(_, let event): try event.json()
        case .callInterface(_, let event): try event.json()
        case .app(_, let event): try event.json()
        case .groupCall(_, let event): try event.json()
        case .announcement(_, let event): try event.json()
        case .walkIn(_, let event): try event.json()
        case .nothing(_, let event): try event.json()
        case .unread: "{}"
        }
    }
}
