package import Domain
import Glibc

/// What time it is: handed in from outside, so that tests and imports say when they are.
package protocol Clock: Sendable {
    func now() -> Instant
}

/// The machine's clock.
package struct SystemClock: Clock {
    package init() {}

    package func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

/// Random names: handed in from outside, so that a test can say which it will be.
package protocol IDSource: Sendable {
    /// 128 bits nobody can guess; never zero.
    func next() -> UInt128
}

/// The kernel's random bytes.
package struct RandomIDs: IDSource {
    package init() {}

    package func next() -> UInt128 {
        var generator = SystemRandomNumberGenerator()
        return UInt128.random(in: 1...UInt128.max, using: &generator)
    }
}
