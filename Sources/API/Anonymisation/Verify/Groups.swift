/// How many share what is left of them, and whether what is left tells more (ANON-7).
///
/// Groups are told apart by a hash of 64 bits: of a million groups two are taken for one with a
/// chance of one in forty million.
struct Groups {
    private struct Group {
        var count = 0
        let told: Int
        var isOfOneMind = true
    }

    private var groups: [Int: Group] = [:]
    private(set) var members = 0

    /// - Parameters:
    ///   - left: combines what is left of the member.
    ///   - told: combines what somebody who finds the group would learn.
    mutating func add(_ left: (inout Hasher) -> Void, tells told: (inout Hasher) -> Void = { _ in })
    {
        let told = Groups.hash(told)
        members += 1
        var group = groups[Groups.hash(left)] ?? Group(told: told)
        group.count += 1
        if group.told != told { group.isOfOneMind = false }
        groups[Groups.hash(left)] = group
    }

    private static func hash(_ combine: (inout Hasher) -> Void) -> Int {
        var hasher = Hasher()
        combine(&hasher)
        return hasher.finalize()
    }

    /// 0 where there is none.
    var smallest: Int { groups.values.lazy.map(\.count).min() ?? 0 }

    /// Members that share with nobody.
    var alone: Int { groups.values.count { $0.count == 1 } }

    /// Members of groups in which all tell the same.
    var ofOneMind: Int {
        groups.values.reduce(0) { $0 + ($1.isOfOneMind ? $1.count : 0) }
    }
}
