import API
import Crypto
import Domain
import EventStore
import Foundation
import TestSupport
import Testing

/// Attacks on a stolen data folder, one for each line of design.md "What must not tell".
@Suite("What must not tell") struct WhatMustNotTellTests {
    @Test("ANON-1 no personal text stands anywhere in the folder, however written")
    func noPlainText() async throws {
        try await PlantedDay.after { day, folder in
            #expect(day.canaries.count > 40)
            let controls = folder.hits(day.control)
            #expect(controls.contains { $0.hasSuffix(".seg unpacked") }, "\(controls)")
            #expect(
                controls.contains { $0.contains("read/") && $0.hasSuffix(" rows") },
                "\(controls) \(folder.parts.map(\.name))")
            for canary in day.canaries {
                let hits = folder.hits(canary)
                #expect(hits.isEmpty, "\(canary.place) as \(hits)")
            }
        }
    }

    @Test("ANON-1 a search that could not find its canary would fail")
    func formsAreFound() throws {
        let canary = Canary("nowhere", SeededIDs(seed: 5).next())
        let plain = Array(canary.text.utf8)
        for before in 0..<6 {
            let text = Array(repeating: UInt8(ascii: "x"), count: before) + plain + [0x2E]
            let written: [[UInt8]] = [
                text, Array(Data(text).base64EncodedData()), Array(hexText(text).utf8),
                text.flatMap { [$0, 0] }, text.flatMap { [0, $0] },
            ]
            for bytes in written {
                #expect(canary.forms.contains { contains(bytes, $0.bytes) })
            }
        }
    }

    @Test("ANON-3 no commit, correlation or cause spans a person's stream and a record's")
    func nothingSpans() async throws {
        try await PlantedDay.after { day, folder in
            let events = folder.events
            let persons: Set = ["client"]
            let records: Set = ["visit", "appointment", "agenda", "answers", "access"]
            var groups: [String: Set<String>] = [:]
            for event in events {
                let category = event.stream.category.description
                groups["commit \(event.commandID)", default: []].insert(category)
                if event.context.correlation != 0 {
                    groups["correlation \(event.context.correlation)", default: []]
                        .insert(category)
                }
                if let cause = event.context.cause {
                    groups["cause \(cause)", default: []].insert(category)
                    let origin = try #require(events.first { $0.position == cause })
                    groups["cause \(cause)", default: []]
                        .insert(origin.stream.category.description)
                }
            }
            #expect(groups.values.contains { !$0.isDisjoint(with: persons) })
            #expect(groups.values.contains { !$0.isDisjoint(with: records) })
            for (name, categories) in groups {
                #expect(
                    categories.isDisjoint(with: persons) || categories.isDisjoint(with: records),
                    "\(name) spans \(categories.sorted())")
            }
        }
    }

    @Test("ANON-3 a caller's actor is the word self and nothing else")
    func actorIsAWord() async throws {
        try await PlantedDay.after { day, folder in
            let own = folder.events.filter {
                $0.context.actor.kind.description == "self"
            }
            #expect(own.contains { $0.type.description == "visit.message-sent" })
            #expect(own.allSatisfy { $0.context.actor.id == 0 })
        }
    }

    @Test("ANON-3 whose a record is stands in its sealed part only")
    func tieIsSealed() async throws {
        try await PlantedDay.after { day, folder in
            let client = try #require(UInt128(day.client, radix: 16))
            let written = idForms(client)
            for event in folder.events where event.stream.category != "client" {
                for form in written {
                    #expect(
                        !contains(Array(event.storedBytes), form),
                        "the client's id in \(event.type) at \(event.position)")
                }
            }
            let records = try day.records.flatMap { idForms(try #require(UInt128($0, radix: 16))) }
            let holding = folder.rows.filter { row in
                written.contains { contains(row.bytes, $0) }
            }
            #expect(!holding.isEmpty)
            for row in holding {
                #expect(!records.contains { contains(row.bytes, $0) }, "a row of \(row.name)")
            }
        }
    }

    @Test("ANON-3 a key seals one record, and no event shows keys of two")
    func keysTieNothing() async throws {
        try await PlantedDay.after { day, folder in
            var homes: [UInt128: Set<StreamName>] = [:]
            var seen = 0
            for event in folder.events {
                let keys = try Coding.sealedKeys(Coding.new(event))
                seen += keys.count
                #expect(Set(keys).count <= 1, "\(event.type) at \(event.position) shows two keys")
                guard event.stream.category != "access" else { continue }
                for key in keys { homes[key.bits, default: []].insert(event.stream) }
            }
            #expect(seen > 20)
            for (_, streams) in homes { #expect(streams.count == 1, "one key in \(streams)") }
        }
    }

    @Test("ANON-3 no command id and no fingerprint is a hash of what a thief may know")
    func namesAreKeyed() async throws {
        try await PlantedDay.after { day, folder in
            let organisation = try #require(UInt128(day.organisation, radix: 16))
            let prefix = bigEndian(organisation)
            var guesses: [[UInt8]] = []
            for command in day.commands {
                let key = Array(command.key.utf8)
                let bodies = [command.body, JSON.orNull(command.body).canonical.bytes]
                for text in [key, prefix + key, prefix + [0] + key] + bodies {
                    guesses += [
                        Array(SHA256.hash(data: text)), Array(SHA512.hash(data: text)),
                        Array(Insecure.SHA1.hash(data: text)), Array(Insecure.MD5.hash(data: text)),
                        Array(
                            HMAC<SHA256>.authenticationCode(
                                for: text, using: SymmetricKey(data: prefix))),
                    ]
                }
            }
            let ids = folder.events.flatMap { [$0.commandID, $0.context.fingerprint] }
            let known = Set(ids.flatMap(idForms))
            for guess in guesses {
                for start in [0, guess.count - 16] {
                    #expect(!known.contains(Array(guess[start..<start + 16])))
                }
            }
        }
    }
}

/// An id as it may be written: highest byte first or last, and as text.
private func idForms(_ bits: UInt128) -> [[UInt8]] {
    let big = bigEndian(bits)
    return [big, big.reversed(), Array(hexText(big).utf8), Array(hexText(big).uppercased().utf8)]
}

private func bigEndian(_ bits: UInt128) -> [UInt8] {
    (0..<16).map { UInt8(truncatingIfNeeded: bits >> UInt128(120 - 8 * $0)) }
}
