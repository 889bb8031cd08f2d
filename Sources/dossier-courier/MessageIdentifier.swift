import Bytes

/// What the Message-ID of a mail says: which message of which shop it is, so that a mail server that gives it back names it.
/// It stays the same over all attempts, so that a mail that left twice is known.
///
///     <M17.20261122111355941.main@theehuis.nl>              ; the moment at which it was queued, to the millisecond
///     <M17.20261122111355941-0c6f….main@theehuis.nl>        ; with a key: 128 bits that nobody else can make
struct MessageIdentifier: Equatable {
    let message: String
    /// Digits of the moment at which the message was queued.
    let moment: String
    let shop: String

    init(message: String, queuedAt: String, shop: String) {
        self.message = message
        moment = queuedAt.filter { $0.isASCII && $0.isNumber }
        self.shop = shop
    }

    /// - Parameter domain: the sender's.
    func text(domain: String, key: [UInt8]) -> String {
        "<\(message).\(moment)\(key.isEmpty ? "" : "-\(seal(key))").\(shop)@\(domain)>"
    }

    /// Nil where the text is no Message-ID of a courier, or not one of this key.
    init?(_ text: some StringProtocol, key: [UInt8]) {
        let inside = text.prefix { $0 != ">" }.drop { $0 == "<" || $0 == " " }
        guard let at = inside.lastIndex(of: "@") else { return nil }
        let words = inside[..<at].split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count == 3, words[0].first == "M", words[0].count <= 11,
            UInt32(words[0].dropFirst()) != nil, words[0].dropFirst().allSatisfy(Self.isDigit)
        else { return nil }
        let moment = words[1].prefix { Self.isDigit($0) }
        let seal = words[1].dropFirst(moment.count)
        guard moment.count == 17, (1...64).contains(words[2].utf8.count), words[2].allSatisfy(Self.isOfShop) else {
            return nil
        }
        self.init(message: String(words[0]), queuedAt: String(moment), shop: String(words[2]))
        guard key.isEmpty || seal == "-\(self.seal(key))" else { return nil }
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    private static func isOfShop(_ character: Character) -> Bool {
        character.isASCII && (character.isLowercase || character.isNumber || "._-".contains(character))
    }

    /// The first half of the HMAC-SHA-256 (RFC 2104) of message, moment and shop.
    private func seal(_ key: [UInt8]) -> String {
        var block = key.count > 64 ? SHA256.digest(key) : key
        block += Array(repeating: 0, count: 64 - block.count)
        let inner = SHA256.digest(block.map { $0 ^ 0x36 } + Array("\(message) \(moment) \(shop)".utf8))
        let outer = SHA256.digest(block.map { $0 ^ 0x5C } + inner)
        let digits = Array("0123456789abcdef")
        return String(outer.prefix(16).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
