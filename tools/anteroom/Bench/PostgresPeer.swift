import CPQ
import Foundation

/// PostgreSQL with its default durability and a plain events table; started on loopback for this
/// run alone.
struct PostgresServer {
    private let folder: URL
    let port: Int
    private let binaries: URL

    /// Nil where no server is installed (Debian's path).
    static func installed() -> URL? {
        let root = URL(filePath: "/usr/lib/postgresql")
        var versions: [URL] = []
        do {
            versions = try FileManager.default.contentsOfDirectory(
                at: root, includingPropertiesForKeys: nil)
        } catch { return nil }  // No such folder: not installed.
        return versions.map { $0.appending(path: "bin") }
            .filter {
                FileManager.default.isExecutableFile(atPath: $0.appending(path: "initdb").path)
            }
            .max { $0.path.compare($1.path, options: .numeric) == .orderedAscending }
    }

    /// initdb and start in a folder of its own, as an ordinary user: PostgreSQL refuses to run as
    /// root.
    init(binaries: URL, folder: URL, port: Int) throws {
        self.binaries = binaries
        self.folder = folder
        self.port = port
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if getuid() == 0 {
            guard chown(folder.path, PostgresServer.ordinary.uid, PostgresServer.ordinary.gid) == 0
            else {
                throw BenchError(message: "cannot hand \(folder.path) to an ordinary user")
            }
        }
        try run("initdb", "-D", data, "-A", "trust", "-U", "bench", "--locale=C", "-E", "UTF8")
        let options = """
            -c listen_addresses=127.0.0.1 -c port=\(port) -c unix_socket_directories='' \
            -c max_connections=100
            """
        try run(
            "pg_ctl", "-D", data, "-w", "-l", folder.appending(path: "server.log").path, "-o",
            options, "start")
    }

    func stop() throws { try run("pg_ctl", "-D", data, "-m", "fast", "-w", "stop") }

    private var data: String { folder.appending(path: "data").path }

    /// Who the server runs as when the bench is root's: `postgres` where there is one, else
    /// `nobody`.
    private static let ordinary: (uid: uid_t, gid: gid_t, name: String) = {
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) {
                return (entry.pointee.pw_uid, entry.pointee.pw_gid, name)
            }
        }
        return (65534, 65534, "nobody")
    }()

    private func run(_ program: String, _ arguments: String...) throws {
        var words = [binaries.appending(path: program).path] + arguments
        if getuid() == 0 {
            words = ["/usr/sbin/runuser", "-u", PostgresServer.ordinary.name, "--"] + words
        }
        // Not Foundation's Process: it waits for everyone who inherited its descriptors, and the
        // server that pg_ctl leaves behind did.
        let texts = words.map { strdup($0) }
        defer { for text in texts { free(text) } }
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&files, descriptor, "/dev/null", O_WRONLY, 0)
        }
        var child = pid_t()
        var status: Int32 = 0
        guard posix_spawn(&child, words[0], &files, nil, texts + [nil], environ) == 0,
            waitpid(child, &status, 0) == child, status == 0
        else { throw BenchError(message: "\(program) failed (\(status))") }
    }
}

/// One connection: blocking, so each has a thread of its own.
final class PostgresConnection {
    private let connection: OpaquePointer

    static let schema = """
        create table if not exists events (
          position bigint generated always as identity primary key,
          stream uuid not null, version bigint not null, type text not null,
          recorded_at bigint not null,
          data jsonb not null, unique (stream, version))
        """

    init(port: Int) throws {
        guard let connection = PQconnectdb("host=127.0.0.1 port=\(port) user=bench dbname=postgres")
        else {
            throw BenchError(message: "PostgreSQL: no connection")
        }
        self.connection = connection
        guard PQstatus(connection) == CONNECTION_OK else { throw failure() }
    }

    deinit { PQfinish(connection) }

    func run(_ sql: String) throws { try finish(PQexec(connection, sql), PGRES_COMMAND_OK) }

    func prepare() throws {
        try run("set client_min_messages = warning")
        try run(PostgresConnection.schema)
        let append = """
            insert into events (stream, version, type, recorded_at, data)
            select $1::uuid, $2::bigint, $3, $4::bigint, $5::jsonb
            where coalesce((select max(version) from events where stream = $1::uuid), -1)
              = $2::bigint - 1
            """
        try finish(PQprepare(connection, "append", append, 5, nil), PGRES_COMMAND_OK)
        let stream = """
            select version, type, recorded_at, data::text from events
            where stream = $1::uuid order by version
            """
        try finish(PQprepare(connection, "stream", stream, 1, nil), PGRES_COMMAND_OK)
    }

    /// One durable commit of one event, its stream's version checked.
    func append(_ event: BenchEvent) throws {
        let json = String(decoding: event.json, as: UTF8.self)
        let result = execute(
            "append",
            [
                hexadecimal(event.stream), "\(event.version)", event.type, "\(event.recordedAt)",
                json,
            ])
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK,
            String(cString: PQcmdTuples(result)) == "1"
        else {
            throw failure()
        }
    }

    func readStream(_ id: UInt128) throws -> Int {
        let result = execute("stream", [hexadecimal(id)])
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_TUPLES_OK else { throw failure() }
        return Int(PQntuples(result))
    }

    /// Every row, fetched 10,000 at a time through a cursor.
    func readAll() throws -> Int {
        try run("begin")
        let select = "select position, stream, version, type, recorded_at, data::text from events"
        try run("declare everything no scroll cursor for \(select) order by position")
        var rows = 0
        while true {
            let result = PQexec(connection, "fetch 10000 from everything")
            defer { PQclear(result) }
            guard PQresultStatus(result) == PGRES_TUPLES_OK else { throw failure() }
            if PQntuples(result) == 0 { break }
            rows += Int(PQntuples(result))
        }
        try run("commit")
        return rows
    }

    private func execute(_ statement: String, _ values: [String]) -> OpaquePointer? {
        let texts = values.map { strdup($0) }
        defer { for text in texts { free(text) } }
        let parameters = texts.map { UnsafePointer<CChar>($0) }
        return PQexecPrepared(connection, statement, Int32(values.count), parameters, nil, nil, 0)
    }

    private func finish(_ result: OpaquePointer?, _ wanted: ExecStatusType) throws {
        defer { PQclear(result) }
        guard PQresultStatus(result) == wanted else { throw failure() }
    }

    private func failure() -> BenchError {
        BenchError(message: "PostgreSQL: \(String(cString: PQerrorMessage(connection)))")
    }

    private func hexadecimal(_ id: UInt128) -> String {
        let digits = String(id, radix: 16)
        return String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }
}

/// `connections` threads, each with its own connection and its own streams, until `events` are
/// committed; a second.
func postgresCommits(port: Int, connections: Int, events: [BenchEvent]) throws -> Double {
    let lanes = (0..<connections).map { lane in
        events.filter { Int(truncatingIfNeeded: $0.stream % UInt128(connections)) == lane }
    }
    let opened = try lanes.map { _ in
        let connection = try PostgresConnection(port: port)
        try connection.prepare()
        return Unshared(connection)
    }
    let failures = Failures()
    let taken = seconds {
        let group = DispatchGroup()
        for (connection, lane) in zip(opened, lanes) {
            group.enter()
            Thread {
                failures.catching { for event in lane { try connection.value.append(event) } }
                group.leave()
            }.start()
        }
        group.wait()
    }
    try failures.rethrow()
    return Double(events.count) / taken
}
