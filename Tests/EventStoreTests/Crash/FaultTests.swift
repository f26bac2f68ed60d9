import EventStore
import Foundation
import Testing

/// Each system call of a store's life goes wrong in turn, in each way; then the process or the
/// machine dies, and what stands on the disk is opened again.
@Suite("Crash: every system call", .serialized) struct FaultTests {
    static let faults: [FaultyDisk.Fault] = [
        .powerLoss, .before(code: .inputOutput), .after(code: .inputOutput),
        .midway(code: .inputOutput), .before(code: .noSpace), .midway(code: .noSpace),
    ]

    /// `ANTEROOM_EVERY_LOSS=1` looks at what each kind of crash leaves after each fault, not at one
    /// of them in turn.
    static let looksAtEveryLoss = ProcessInfo.processInfo.environment["ANTEROOM_EVERY_LOSS"] == "1"

    @Test(
        "AUD-1 whatever call fails, what was acknowledged is there once and nothing is half there",
        arguments: faults)
    func everyCall(fault: FaultyDisk.Fault) async throws {
        var number = 1
        var struck = 0
        while true {
            let trial = await Trial(fault, at: number)
            guard trial.disk.struck != nil else { break }
            struck += 1
            try await trial.expectSound(number)
            number += 1
        }
        // The calls of one whole life: opening, rolling, sealing, repacking, merging, opening
        // again.
        #expect(struck > 80)
    }

    @Test("AUD-1 a sync of the log that fails is the end: the process is told, nothing is answered")
    func failedSync() async throws {
        var told = 0
        for fault in [FaultyDisk.Fault.before(code: .inputOutput), .after(code: .inputOutput)] {
            var number = 1
            while true {
                let trial = await Trial(fault, at: number)
                guard let struck = trial.disk.struck else { break }
                number += 1
                guard struck.contains("fdatasync"), struck.hasSuffix(".seg"),
                    !struck.hasSuffix("prepared.seg"), trial.failedToOpen == nil
                else { continue }
                told += 1
                #expect(trial.disk.unknownOutcome != nil, "\(struck)")
                if case .done = trial.after { Issue.record("answered after \(struck)") }
            }
        }
        #expect(told > 20)
    }

    @Test("AUD-1 on a real disk an unknown outcome ends the process")
    func endsTheProcess() async {
        await #expect(processExitsWith: .exitCode(EX_IOERR)) {
            PosixDisk().outcomeUnknown(DiskError(call: "fdatasync", path: "x.seg", code: EIO))
        }
    }

    @Test("AUD-1 what an earlier process left unsynced is durable before it is answered")
    func recoveredThenPowerLoss() async throws {
        var number = 1
        while true {
            let trial = await Trial(.before(code: .inputOutput), at: number)
            guard let struck = trial.disk.struck else { break }
            number += 1
            guard struck.contains("fdatasync") else { continue }
            // The process ends, the machine goes on: what was written is read, though it is on no
            // platter.
            let disk = FaultyDisk(trial.image.afterKill())
            let store = try SegmentStore.open(folder: "log", options: .cramped, disk: disk)
            var ledger = trial.ledger
            var random = Seeded(UInt64(number))
            for entry in trial.ledger.entries where entry.outcome == .unknown {
                guard
                    let found = try store.find(
                        commandID: entry.commit.commandID, in: entry.commit.log)
                else { continue }
                ledger.note(entry.commit, .done(found))
            }
            let image = disk.image.afterPowerLoss(.everything, &random)
            store.close()
            try await Trial.expectSound(image, ledger, "\(struck), killed, opened, power lost")
        }
    }
}

extension SegmentOptions {
    /// A new segment every few commits.
    static let cramped: SegmentOptions = {
        var options = SegmentOptions.tiny
        options.firstSegmentBytes = 2 << 10
        options.segmentBytes = 4 << 10
        options.batchBytes = 2 << 10
        options.mergeRuns = 2
        return options
    }()
}

/// One life of a store on a disk on which one call goes wrong.
struct Trial {
    let disk = FaultyDisk()
    let fault: FaultyDisk.Fault
    private(set) var ledger = Ledger()
    /// What lay on the disk at the end, before the store was closed.
    private(set) var image = Image()
    private(set) var failedToOpen: OpenError?
    /// What one more commit was answered in the end.
    private(set) var after: Ledger.Outcome?

    init(_ fault: FaultyDisk.Fault, at number: Int) async {
        self.fault = fault
        disk.arm(fault, at: number)
        var source = CommitSource(seed: 3)
        for _ in 0..<2 {
            guard await live(source.commits(12)) else { return }
        }
    }

    /// Opens, appends, waits for the work behind, dies. False where it cannot go on.
    private mutating func live(_ commits: [Commit]) async -> Bool {
        do throws(OpenError) {
            let store = try SegmentStore.open(folder: "log", options: .cramped, disk: disk)
            await ledger.ask(store, commits, width: 3)
            store.settle()
            image = disk.image
            if disk.unknownOutcome != nil {
                var more = Ledger()
                await more.ask(store, [commit(1, [.on(.visit)])], width: 1)
                after = more.entries.first?.outcome
                image = disk.image
            }
            store.close()
            return disk.unknownOutcome == nil && fault != .powerLoss
        } catch {
            failedToOpen = error
            image = disk.image
            return false
        }
    }

    /// However the machine or the process ended, all is well at the next start.
    func expectSound(_ number: Int) async throws {
        let losses = Image.Loss.allCases
        let looked = FaultTests.looksAtEveryLoss ? losses : [losses[number % losses.count]]
        for loss in looked {
            var random = Seeded(UInt64(number))
            let note = "\(fault) at \(disk.struck ?? "?"), then power lost with \(loss)"
            try await Trial.expectSound(image.afterPowerLoss(loss, &random), ledger, note)
        }
        if FaultTests.looksAtEveryLoss || number % 2 == 0 {
            let note = "\(fault) at \(disk.struck ?? "?"), then killed"
            try await Trial.expectSound(image.afterKill(), ledger, note)
        }
    }

    static func expectSound(_ image: Image, _ ledger: Ledger, _ note: String) async throws {
        let disk = FaultyDisk(image)
        let store = try SegmentStore.open(folder: "log", options: .cramped, disk: disk)
        defer { store.close() }
        if let reason = store.report.readOnly {
            throw Disagreement(description: "opened read-only: \(reason). \(note)")
        }
        try await ledger.expectKept(by: store, note)
        var later = ledger
        try await later.askAgain(store, note)
        store.settle()
        try await later.expectKept(by: store, "\(note), and went on")
        try agree(try faults(of: store), [], "verify", note)
    }
}
