import Domain

extension QuestionnaireMark: PackedElement {
    package static var bytes: Int { 17 }

    /// `state, 1 byte ‖ questionnaire, 16 bytes`
    package func write(to output: inout [UInt8]) {
        output.append(UInt8(truncatingIfNeeded: state.rawValue))
        questionnaire.write(to: &output)
    }

    package init?(packed input: UnsafeRawBufferPointer) {
        guard let state = QuestionnaireState(rawValue: Int(input[0])),
            let questionnaire = ID<Questionnaire>(
                packed: UnsafeRawBufferPointer(rebasing: input[1...]))
        else { return nil }
        self.init(questionnaire, state)
    }
}
