// Runs one scenario a given number of times and nothing else: `tools/bench/check` counts its
// instructions and allocations under valgrind. What a scenario needs is made before, and is the
// same for every number.
import Foundation

let arguments = CommandLine.arguments
guard arguments.count == 3, let count = Int(arguments[2]), count >= 0,
    let scenario = Scenario(rawValue: arguments[1])
else {
    let names = Scenario.allCases.map(\.rawValue).joined(separator: "|")
    FileHandle.standardError.write(Data("usage: counts \(names) COUNT\n".utf8))
    exit(2)
}
do {
    let checksum = try scenario.run(count)
    // Printed so that no work can be optimised away.
    print(checksum)
} catch {
    FileHandle.standardError.write(Data("\(scenario.rawValue): \(error)\n".utf8))
    exit(1)
}
