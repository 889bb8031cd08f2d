import Client
import Glibc
import Synchronization

/// The program from its arguments to its exit status.
enum CourierProgram {
    static func run(_ arguments: [String]) -> Int32 {
        do throws(UsageError) {
            let options = try CourierOptions(arguments)
            guard !options.wantsHelp else {
                Console.print(CourierOptions.helpText)
                return 0
            }
            Interruption.catchSignals()
            if let source = options.bounces { return BounceProgram.run(options, source) }
            return run(options)
        } catch {
            Console.say("\(error.reason); --help lists the options")
            // To a mail server that pipes a mail here the statuses of sysexits.h speak.
            return arguments.contains("--bounces") ? 64 : 2
        }
    }

    private static func run(_ options: CourierOptions) -> Int32 {
        let courier = Courier(options)
        var hasResumed = false
        while !Interruption.isAsked {
            do throws(Courier.Trouble) {
                if !hasResumed { try courier.resume() }
                hasResumed = true
                let count = try courier.round()
                if options.isOnce { return 0 }
                if count == 0 { Interruption.wait(seconds: options.interval) }
            } catch {
                switch error {
                case .client(let problem): Console.say("\(problem)")
                case .refused(let reason): Console.say(reason)
                }
                courier.disconnect()
                if options.isOnce { return 3 }
                Interruption.wait(seconds: options.interval)
            }
        }
        return 0
    }
}

enum Console {
    static func print(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// A line of the log.
    static func say(_ text: String) { write("dossier-courier: \(text)\n", to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

/// SIGTERM and SIGINT: the message in hand is still reported.
enum Interruption {
    private static let asked = Atomic<Bool>(false)

    static var isAsked: Bool { asked.load(ordering: .relaxed) }

    static func catchSignals() {
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGTERM, SIGINT] { signal(number) { _ in Interruption.asked.store(true, ordering: .relaxed) } }
    }

    /// Waits, until a signal comes.
    static func wait(seconds: Int) {
        var wanted = timespec(tv_sec: seconds, tv_nsec: 0)
        var left = timespec()
        while !isAsked, nanosleep(&wanted, &left) != 0, errno == EINTR { wanted = left }
    }
}
