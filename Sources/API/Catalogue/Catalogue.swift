/// Every command there is. Source: design.md "API".
package struct Catalogue: Sendable {
    /// In the order of the reference page.
    package let commands: [CommandEntry]
    private let byName: [String: CommandEntry]

    package init(commands: [CommandEntry]) {
        self.commands = commands
        byName = Dictionary(
            commands.map { ($0.name, $0) },
            uniquingKeysWith: { one, _ in preconditionFailure("two commands called \(one.name)") })
    }

    package func command(_ name: String) -> CommandEntry? { byName[name] }

    package static let all = Catalogue(
        commands: organisationCommands + clinicCommands + staffCommands + photoCommands
            + sessionCommands
            + secondFactorCommands + securityCommands
            + visitCommands
            + clientCommands + appointmentCommands + answerCommands + reportCommands
            + anonymisationCommands + roomCommands + callInterfaceCommands
            + runningCallCommands + groupCallCommands
            + waitingAreaCommands + mailCommands + signOnCommands + auditorCommands)
}
