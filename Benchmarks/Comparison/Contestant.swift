import Glibc
import Load

/// One system of the comparison, in one setting.
struct Contestant: Sendable {
    /// As `--only` names them.
    enum Family: String, CaseIterable, Sendable { case dossier, redis, tarantool, postgres }

    let name: String
    let family: Family
    /// What its own settings call the durability.
    let setting: String
    let durability: MeasuredDurability
    let peer: Peer
    /// Orders in one request.
    let batchSize: Int
    /// Whether it puts orders together by equal keys alone, and so must decide as the naive model does.
    let matchesExactly: Bool
    let start: @Sendable () throws(BenchmarkError) -> any ServerUnderTest

    init(
        _ name: String, _ family: Family, _ setting: String, _ durability: MeasuredDurability, _ peer: Peer,
        batchSize: Int = 1, matchesExactly: Bool = true,
        start: @escaping @Sendable () throws(BenchmarkError) -> any ServerUnderTest
    ) {
        self.name = name
        self.family = family
        self.setting = setting
        self.durability = durability
        self.peer = peer
        self.batchSize = batchSize
        self.matchesExactly = matchesExactly
        self.start = start
    }

    /// All that do the whole job; the first is what the others are compared with.
    static let all: [Contestant] =
        ["evidence", "email", "exact"].map { mode in
            // Even by exact keys it finds more than the naive model, for it knows more spellings of names and streets.
            Contestant("Dossier, \(mode)", .dossier, "always", .always, .dossier, matchesExactly: false) {
                () throws(BenchmarkError) in try DossierServer(matchMode: mode, durability: .always)
            }
        }
        + [("always", MeasuredDurability.always), ("everysec", .everysec)].map { setting, durability in
            Contestant("Redis, Lua", .redis, "appendfsync \(setting)", durability, .redis) {
                () throws(BenchmarkError) in try RedisServer(appendfsync: setting, hasFunctions: true)
            }
        }
        + [("fsync", MeasuredDurability.always), ("write", .os)].map { setting, durability in
            Contestant("Tarantool, Lua", .tarantool, "wal_mode \(setting)", durability, .tarantool) {
                () throws(BenchmarkError) in try TarantoolServer(walMode: setting)
            }
        }
        + [("on", MeasuredDurability.always), ("off", .everysec)].map { setting, durability in
            postgres("PostgreSQL, row by row", setting, durability, batchSize: 1)
        } + [postgres("PostgreSQL, batches of 500", "on", .always, batchSize: 500)]

    private static func postgres(
        _ name: String, _ setting: String, _ durability: MeasuredDurability, batchSize: Int
    ) -> Contestant {
        Contestant(name, .postgres, "synchronous_commit \(setting)", durability, .postgres, batchSize: batchSize) {
            () throws(BenchmarkError) in try PostgresServer(synchronousCommit: setting)
        }
    }

    /// Name and setting.
    var label: String { "\(name), \(setting)" }
}

/// The peers' programs, as Debian packages them.
enum PeerPackages {
    private static let packages: [(family: Contestant.Family, program: String, package: String)] = [
        (.redis, "redis-server", "redis-server"), (.tarantool, "tarantool", "tarantool"),
        (.postgres, "initdb", "postgresql"),
    ]

    /// Installs what is missing, where that needs nobody's leave: as root, with apt-get.
    /// - Returns: the families that cannot be had, each with what to do.
    static func install(_ wanted: Set<Contestant.Family>) -> [(family: Contestant.Family, reason: String)] {
        var missing: [(Contestant.Family, String)] = []
        for (family, program, package) in packages where wanted.contains(family) && ProgramRun.find(program) == nil {
            do throws(BenchmarkError) { try install(package) } catch { print("  \(error)") }
            if ProgramRun.find(program) == nil {
                missing.append((family, "\(program) is not installed: apt-get install \(package), as root"))
            }
        }
        return missing
    }

    private static func install(_ package: String) throws(BenchmarkError) {
        guard geteuid() == 0, let apt = ProgramRun.find("apt-get") else { return }
        print("  installing \(package) with apt-get, for the comparison")
        let environment = "DEBIAN_FRONTEND=noninteractive"
        try ProgramRun.output("/usr/bin/env", [environment, apt, "update", "-qq"])
        try ProgramRun.output(
            "/usr/bin/env", [environment, apt, "install", "-y", "-qq", "--no-install-recommends", package])
        // Packages start a server of their own, which nobody here wants.
        guard let service = ProgramRun.find("service") else { return }
        do throws(BenchmarkError) { try ProgramRun.output(service, [package, "stop"]) } catch {
            // Then it was not started either.
        }
    }
}
