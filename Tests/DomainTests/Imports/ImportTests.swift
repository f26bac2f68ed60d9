import Domain
import Testing

@Suite("Import") struct ImportTests {
    @Test("The same file is the same import: opened again it adds nothing, closed or not")
    func again() {
        Given<Import>().when(Self.open(1)).then(Self.opened).when(Self.open(1)).then()
        Given<Import>(Self.opened, Self.closed).when(Self.open(1)).then()
        Given<Import>(Self.opened).when(Self.open(2)).refused(.otherFile)
        Given<Import>(Self.opened)
            .when(.open(at: second(0), kind: .visits, fingerprint: Self.file(1), secret: id(1)))
            .refused(.otherKind)
    }

    @Test("A killed import goes on at its next step")
    func steps() {
        let taken = Given<Import>(Self.opened).when(.noteSteps(at: second(1), steps: 1...256))
            .then(Self.taken(1, 256))
        taken.when(.noteSteps(at: second(2), steps: 1...256)).then()
        taken.when(.noteSteps(at: second(2), steps: 300...400)).refused(.stepsNotNext(next: 257))
        taken.when(.noteSteps(at: second(2), steps: 257...300)).then(
            .stepsTaken(StepsTaken(at: second(2), firstStep: 257, lastStep: 300)))
        #expect(Import.fold([Self.opened, Self.taken(1, 256)]).nextStep == 257)
    }

    @Test("Closed, it takes no more, and says how many rows it could not take")
    func close() {
        Given<Import>(Self.opened, Self.taken(1, 256))
            .when(.close(at: second(9), rows: 250, refused: 33)).then(Self.closed)
            .when(.close(at: second(10), rows: 250, refused: 33)).then()
        Given<Import>(Self.opened, Self.taken(1, 256), Self.closed)
            .when(.noteSteps(at: second(10), steps: 1...256)).then()
            .when(.noteSteps(at: second(10), steps: 257...258)).refused(.importClosed)
        for (rows, refused) in [(-1, 0), (5, 6), (5, -1)] {
            Given<Import>(Self.opened)
                .when(.close(at: second(9), rows: rows, refused: refused))
                .refused(.countsDoNotFit)
        }
    }

    @Test("Before it is opened there is nothing to import into")
    func unknown() {
        Given<Import>().when(.noteSteps(at: second(1), steps: 1...2)).refused(.importUnknown)
        Given<Import>().when(.close(at: second(1), rows: 0, refused: 0)).refused(.importUnknown)
    }

    private static let opened = ImportEvent.opened(
        ImportOpened(
            at: second(0), kind: .appointments, fingerprint: file(1), secret: id(1)))
    private static let closed = ImportEvent.closed(
        ImportClosed(at: second(9), rows: 250, refused: 33))

    private static func file(_ number: Int) -> Digest { Digest(high: 1, low: UInt128(number)) }
    private static func open(_ number: Int) -> ImportCommand {
        .open(at: second(0), kind: .appointments, fingerprint: file(number), secret: id(1))
    }
    private static func taken(_ first: Int, _ last: Int) -> ImportEvent {
        .stepsTaken(StepsTaken(at: second(1), firstStep: first, lastStep: last))
    }
}
