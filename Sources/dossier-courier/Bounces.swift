import Client

// Mail that came back: what mail servers tell later of messages that were sent.
extension Courier {
    /// What a mail that came in has led to.
    enum Reading: Equatable {
        /// The server knows now, or knew already.
        case reported(String)
        /// Nothing is to be done: the mail is about no message of ours, or says nothing final.
        case ignored(String)
    }

    /// Reads one mail, and reports what it says of a message.
    func read(_ mail: [UInt8]) throws(Trouble) -> Reading {
        guard let notice = DeliveryNotice(mail) else { return .ignored("no delivery status notification") }
        var word = "names no message of this courier"
        for text in notice.identifiers {
            guard let identifier = MessageIdentifier(text, key: options.key) else { continue }
            guard options.shops.contains(identifier.shop) else {
                word = "names shop \(identifier.shop), which is none of --shop"
                continue
            }
            guard try isKnown(identifier) else {
                word = "names \(identifier.message), which was never queued at that moment"
                continue
            }
            return try report(notice, of: identifier)
        }
        return .ignored(word)
    }

    /// Whether the message is there and was queued in the very millisecond that the Message-ID names.
    private func isKnown(_ identifier: MessageIdentifier) throws(Trouble) -> Bool {
        try bind(identifier.shop)
        let reply: Reply
        do throws(ClientError) { reply = try connected().request("MESSAGE.SHOW \(identifier.message)") } catch {
            throw .client(error)
        }
        switch reply.outcome {
        case .ok(let text):
            let queuedAt = text.flatMap { JSONValue(ifParsing: $0)?["queuedAt"]?.text } ?? ""
            return identifier
                == MessageIdentifier(message: identifier.message, queuedAt: queuedAt, shop: identifier.shop)
        case .error("NOTFOUND", _): return false
        case .error(let code, let text): throw .refused("\(code) \(text)")
        }
    }

    private func report(_ notice: DeliveryNotice, of identifier: MessageIdentifier) throws(Trouble) -> Reading {
        let name = "\(identifier.shop) \(identifier.message)"
        switch notice.outcome {
        case .failed:
            let reason = CommandText.argument("reason", Self.short(notice.reason))
            return try done(identifier, "state=bounced \(reason)", "\(name): bounced: \(notice.reason)")
        case .delivered: return try done(identifier, "state=delivered", "\(name): delivered")
        case .delayed: return .ignored("\(name) is late, and still being tried: \(notice.reason)")
        case .passedOn: return .ignored("\(name) was passed on to a server that tells no more")
        }
    }

    private func done(
        _ identifier: MessageIdentifier, _ state: String, _ word: String
    ) throws(Trouble) -> Reading {
        let line = "OUTBOX.DONE \(identifier.message) \(state)"
        let reply: Reply
        do throws(ClientError) { reply = try connected().request(line) } catch { throw .client(error) }
        guard case .error(let code, let text) = reply.outcome else { return .reported(word) }
        // Nobody has taken it: what tells of it is not ours.
        guard code == "REFUSED" else { throw .refused("\(code) \(text), to \(line.prefix(60))") }
        return .ignored("\(identifier.shop) \(text)")
    }
}

/// `--bounces`: reads mails, one on standard input or those of a Maildir or mbox, and ends.
enum BounceProgram {
    /// Exit statuses of sysexits.h, by which a mail server knows whether to hand the mail over again.
    private enum Exit {
        static let ok: Int32 = 0
        static let noInput: Int32 = 66
        static let tryAgain: Int32 = 75
    }

    static func run(_ options: CourierOptions, _ source: MailSource) -> Int32 {
        let courier = Courier(options)
        do throws(UsageError) {
            for mail in try source.mails() {
                do throws(Courier.Trouble) {
                    switch try courier.read(try noted(mail.bytes)) {
                    case .reported(let word): Console.say("\(mail.name): \(word)")
                    case .ignored(let word): Console.say("\(mail.name): ignored: \(word)")
                    }
                } catch {
                    switch error {
                    case .client(let problem): Console.say("\(problem)")
                    case .refused(let reason): Console.say(reason)
                    }
                    return Exit.tryAgain
                }
                try mail.finish()
            }
            return Exit.ok
        } catch {
            Console.say(error.reason)
            return Exit.noInput
        }
    }

    private static func noted(_ bytes: () throws(UsageError) -> [UInt8]) throws(Courier.Trouble) -> [UInt8] {
        do throws(UsageError) { return try bytes() } catch { throw .refused(error.reason) }
    }
}
