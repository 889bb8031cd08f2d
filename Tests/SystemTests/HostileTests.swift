import Client
import Foundation
import Testing

extension SystemTests {
    /// Clients that misbehave: the server stays, its memory stays bounded, others are served.
    @Suite struct HostileTests {
        /// Runs `attack` beside a client that behaves, which is served before, after, and whenever it is asked to be.
        private func attack(
            _ options: [String] = [], megabytes: Int = 64, _ body: (RunningServer, Talk) throws -> Void
        ) throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start("data", options)
                let bystander = try server.connect()
                try Story.tell(bystander)
                let sophie = try bystander.ask("CUSTOMER.360 C1")
                let before = try bystander.info("residentBytes")
                try body(server, bystander)
                #expect(try bystander.ask("CUSTOMER.360 C1") == sophie)
                let grown = (try bystander.info("residentBytes") - before) >> 20
                #expect(grown <= megabytes, "memory has grown by \(grown) MiB")
                // The server would wait for us to hang up as well, so that no reply is lost.
                bystander.client.close()
                try server.stop()
            }
        }

        @Test func randomBytes() throws {
            var random = Seeded(42)
            try attack { server, bystander in
                for round in 0..<60 {
                    let raw = try RawConnection(server.port)
                    let bytes = (0..<(round * 997)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                    try raw.send(bytes)
                    raw.finishSending()
                    for line in String(decoding: try raw.readToEnd(), as: UTF8.self).split(separator: "\n") {
                        #expect(line.hasPrefix("ERR "), "\(line.prefix(80))")
                    }
                    #expect(try bystander.ask("PING").isOK)
                }
            }
        }

        /// Lines of the protocol with bytes changed, cut and doubled.
        @Test func garbledRequests() throws {
            var random = Seeded(43)
            let models = [Story.order("bol", "x", customer: #""email":"x@vanderlinden.nl""#), "ORDER.PUT " + Story.order]
                + Story.questions
            try attack { server, bystander in
                let raw = try RawConnection(server.port)
                for _ in 0..<3_000 {
                    var bytes = Array(models[Int(random.next() % UInt64(models.count))].utf8)
                    for _ in 0...(random.next() % 4) {
                        let place = Int(random.next() % UInt64(bytes.count))
                        switch random.next() % 3 {
                        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                        case 1: bytes.remove(at: place)
                        default: bytes.insert(contentsOf: bytes[(place / 2)...place], at: place)
                        }
                        if bytes.isEmpty { bytes = [0x20] }
                    }
                    bytes.removeAll { $0 == 0x0A }
                    try raw.send(Array("SHOP garbled\n".utf8) + bytes + Array("\nPING tag=end\n".utf8))
                    var line = ""
                    while !line.contains("\"tag\":\"end\"") {
                        guard let next = try raw.readLines(1).first else { throw TestFailure("closed by \(bytes)") }
                        line = String(next)
                        #expect(["OK", "ROW", "ERR"].contains(line.prefix { $0 != " " }), "\(line.prefix(80))")
                    }
                }
                #expect(try bystander.ask("PING").isOK)
            }
        }

        @Test func linesPastTheLimit() throws {
            try attack(["--line-bytes", "4096"]) { server, _ in
                let raw = try RawConnection(server.port)
                for length in [4_090, 4_091, 4_092, 5_000, 300_000, 3_000_000] {
                    try raw.send("PING " + String(repeating: "x", count: length) + "\nPING\n")
                    let replies = try raw.readLines(2)
                    #expect(replies.first?.hasPrefix(length + 5 > 4_096 ? "ERR TOOLARGE" : "ERR SYNTAX") == true)
                    #expect(replies.last == "OK {\"pong\":true}")
                }
            }
        }

        @Test func aLineOf200Megabytes() throws {
            try attack { server, bystander in
                let raw = try RawConnection(server.port)
                let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
                for index in 0..<200 {
                    #expect(try raw.send(chunk))
                    if index % 50 == 0 { #expect(try bystander.ask("PING").isOK) }
                }
                try raw.send("\nPING\n")
                let replies = try raw.readLines(2)
                #expect(replies.first?.hasPrefix("ERR TOOLARGE") == true && replies.last == "OK {\"pong\":true}")
            }
        }

        @Test func idleConnections() throws {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let count = min(5_000, Int(limit.rlim_max) - 500)
            if count < 5_000 { print("LEFT OUT, LOUDLY: only \(count) idle connections, this process may open no more") }
            try attack { server, bystander in
                let idle = try (0..<count).map { _ in try RawConnection(server.port) }
                #expect(try bystander.info("connections") >= count)
                for connection in [idle[0], idle[count / 2], idle[count - 1]] {
                    try connection.send("PING\n")
                    #expect(try connection.readLines(1) == ["OK {\"pong\":true}"])
                }
            }
        }

        @Test func moreConnectionsThanAllowed() throws {
            try attack(["--connections", "20"]) { server, _ in
                let crowd = try (0..<30).map { _ in try RawConnection(server.port) }
                let refused = try crowd.suffix(5).map { String(decoding: try $0.readToEnd(), as: UTF8.self) }
                #expect(refused.allSatisfy { $0.hasPrefix("ERR BUSY") })
            }
        }

        @Test func aClientThatNeverReads() throws {
            try attack { server, bystander in
                let deaf = try RawConnection(server.port, receiveBuffer: 4_096)
                let questions = Array(String(repeating: "CUSTOMER.360 C1\nPING\nHELP\n", count: 400).utf8)
                let taken = try deaf.sendUntilStuck(questions, limit: 200 << 20, milliseconds: 1_500)
                #expect(taken < 64 << 20, "it took \(taken) bytes of requests that nobody reads the replies of")
                for _ in 0..<20 { #expect(try bystander.ask("PING").isOK) }
            }
        }

        @Test(arguments: ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST /x HTTP/1.1\r\n\r\nPING\n", "\u{16}\u{3}\u{1}\n"])
        func otherProtocols(request: String) throws {
            try attack { server, _ in
                let raw = try RawConnection(server.port)
                try raw.send(request)
                let reply = String(decoding: try raw.readToEnd(), as: UTF8.self)
                #expect(!reply.contains("pong") && !reply.contains("OK"))
            }
        }

        @Test func halfALineAndAHangUp() throws {
            try attack { server, bystander in
                let sequence = try bystander.sequence()
                for length in [1, 9, 10, 11, 100, Story.order.utf8.count] {
                    let raw = try RawConnection(server.port)
                    try raw.send(("ORDER.PUT " + Story.order.replacing("S-1000123", with: "half")).utf8.prefix(length))
                    raw.finishSending()
                    #expect(try raw.readToEnd() == [])
                }
                for _ in 0..<200 { try RawConnection(server.port).send("ORDER.PUT {\"channel\":") }
                #expect(try bystander.sequence() == sequence)
            }
        }

        /// Questions make the server pause its reading; the end of the input must not overtake what was sent before it.
        @Test func halfCloseGetsAllReplies() throws {
            try attack { server, _ in
                for lines in [["PING"], ["CUSTOMER.360 C1", "PING"], ["INFO", "PING", "CUSTOMER.FIND limit=1"]] {
                    let raw = try RawConnection(server.port)
                    let count = 600
                    try raw.send(String(repeating: lines.joined(separator: "\n") + "\n", count: count))
                    raw.finishSending()
                    let replies = String(decoding: try raw.readToEnd(), as: UTF8.self).split(separator: "\n")
                    #expect(replies.count { !$0.hasPrefix("ROW ") } == count * lines.count, "\(lines)")
                    #expect(replies.allSatisfy { !$0.hasPrefix("ERR ") })
                }
            }
        }

        @Test func fiftyThousandPings() throws {
            try attack { server, _ in
                let talk = try server.connect()
                let replies = try talk.pipeline(Array(repeating: "PING", count: 50_000))
                #expect(replies.count == 50_000 && replies.allSatisfy { $0.isOK })
            }
        }

        /// All sent before anything is read: the server must neither buffer without end nor lose its place.
        @Test func fiftyThousandPingsUnread() throws {
            try attack { server, _ in
                let raw = try RawConnection(server.port)
                try raw.send(String(repeating: "PING\n", count: 50_000))
                #expect(try raw.readLines(50_000).count { $0 == "OK {\"pong\":true}" } == 50_000)
            }
        }
    }
}
