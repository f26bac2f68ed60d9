import Domain
import Foundation
import Testing

@Suite("Event families") struct FamilyTests {
    @Test(
        "AUD-1 every case of a family's enumeration is one of its members", arguments: allFamilies)
    func complete(family: any EventFamily.Type) throws {
        func check<Family: EventFamily>(_ family: Family.Type) {
            #expect(Family.members.all.count == caseCount(of: family), "\(family)")
        }
        check(family)
    }

    @Test("AUD-1 every member reads as its own case, and is found by its name alone")
    func consistent() throws {
        func check<Family: EventFamily>(_ family: Family.Type) throws {
            for member in Family.members.all {
                var samples = Samples(seed: 1)
                var bytes: [UInt8] = []
                let head = try member.sample(&samples).encode(into: &bytes)
                #expect(head == EventHead(name: member.name, number: member.number))
                #expect(Family.members.member(member.name)?.name == member.name)
            }
        }
        for family in allFamilies { try check(family) }
    }

    @Test("AUD-1 EventFamilies.all names every family of the sources")
    func allNamed() throws {
        var declared: Set<String> = []
        for file in try Checkout.sources("Sources/Domain") {
            let source = try String(contentsOf: file, encoding: .utf8)
            for match in source.matches(
                of: /(?m)^ *(?:package )?(?:extension|enum) (\w+)\s*:[^{\/]*\bEventFamily\b/)
            {
                declared.insert(String(match.1))
            }
        }
        #expect(declared == Set(EventFamilies.all.map { "\($0)" }))
    }

    @Test("AUD-1 a name nobody knows and a number from the future are both called newer")
    func newer() throws {
        let unknown = EventName("sample.unheard-of")
        #expect(throws: WireError.newer(name: unknown, number: 1)) {
            try SampleEvent.decode(unknown, number: 1, [][...])
        }
        let known = EventName(SampleNothing.name)
        #expect(throws: WireError.newer(name: known, number: 2)) {
            try SampleEvent.decode(known, number: 2, [][...])
        }
        #expect(WireError.newer(name: known, number: 2).isNewer)
        #expect(try SampleEvent.decode(known, number: 1, [][...]) == .nothing(SampleNothing()))
    }

    @Test("AUD-1 a payload of an older schema is refused where no upcaster raised it")
    func older() throws {
        let name = EventName(SampleTypical.name)
        #expect(throws: WireError.older(name: name, number: 1)) {
            try SampleEvent.decode(name, number: 1, [][...])
        }
    }
}

/// How many cases an enumeration has, from the type's own metadata (docs/ABI/TypeMetadata.rst of
/// the compiler: an enum's descriptor counts cases with and without payload at bytes 20 and 24).
private func caseCount(of type: Any.Type) -> Int {
    let metadata = unsafeBitCast(type, to: UnsafePointer<UnsafeRawPointer>.self)
    let descriptor = metadata[1]
    let withPayload = descriptor.load(fromByteOffset: 20, as: UInt32.self) & 0xFF_FFFF
    return Int(withPayload) + Int(descriptor.load(fromByteOffset: 24, as: UInt32.self))
}
