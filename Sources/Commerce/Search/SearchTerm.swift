import Bytes

/// What a search looks for. A part of one or two bytes stands at the beginning of a word, a longer one anywhere in it.
package enum SearchTerm: Sendable, Equatable {
    case part([UInt8])
    /// Something that a profile has or has not: its country, its channel. Exact.
    case mark(SearchMark, [UInt8])
}

/// Marks stand in the dictionary as words that no text can hold.
package enum SearchMark: UInt8, Sendable {
    case country = 2
    case channel = 3
}

/// Cuts texts into the words of the index. Blanks, `@`, commas and semicolons part words; other punctuation within a word
/// falls away (`Anne-Marie` is annemarie, `S-1000` is s1000); letters are folded as the normalisers do.
package struct SearchWords: ~Copyable {
    /// A longer word counts with its beginning.
    package static let maximumBytes = 60

    private var folded = ByteWriter(capacity: 128)
    private var word = ByteWriter(capacity: 64)

    package init() {}

    /// Calls `body` with each word of a text.
    package mutating func forEach(in text: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
        var start = 0
        for place in 0...text.count where place == text.count || Self.parts(text[place]) {
            if place > start {
                fold(text.extracting(start..<place))
                if word.count > 0 { body(word.span) }
            }
            start = place + 1
        }
    }

    /// Calls `body` with all of a text as one word.
    package mutating func whole(_ text: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
        fold(text)
        if word.count > 0 { body(word.span) }
    }

    /// Calls `body` with the digits of a telephone number, those of its country in front where it can be read.
    package mutating func phone(_ text: Span<UInt8>, country: CountryCode, _ body: (Span<UInt8>) -> Void) {
        guard text.count > 0 else { return }
        folded.removeAll()
        if PhoneNumber.normalise(text, country: country, into: &folded) == .valid {
            return body(folded.span.extracting(1..<folded.count))
        }
        whole(text, body)
    }

    static func parts(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: "@") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
    }

    private mutating func fold(_ text: Span<UInt8>) {
        folded.removeAll()
        word.removeAll()
        Folding.fold(text, into: &folded)
        for place in 0..<folded.count where word.count < Self.maximumBytes {
            let byte = folded.byte(at: place)
            if byte > 0x20 { word.append(byte) }
        }
    }
}

extension SearchTerm {
    /// The most words of one search.
    package static let maximumWords = 12

    /// The words of a text that somebody typed. Groups of digits behind a + or a 0 are one telephone number; zeros in front of a
    /// long number are left out, as they are from the number abroad.
    package static func words(of text: [UInt8]) -> [SearchTerm] {
        var found: [[UInt8]] = []
        var number: [UInt8]?
        func endNumber() {
            if let digits = number { found.append(withoutZeros(digits)) }
            number = nil
        }
        var words = SearchWords()
        for token in text.split(whereSeparator: { SearchWords.parts($0) }) where Array(token) != Array("(0)".utf8) {
            let isNumber = token.allSatisfy { isDigit($0) || "+-./()".utf8.contains($0) }
            if isNumber, number != nil {
                number? += digits(token)
            } else if isNumber, token.first == UInt8(ascii: "+") || token.first == UInt8(ascii: "0") {
                number = digits(token)
            } else {
                endNumber()
                words.forEach(in: Array(token).span) { found.append($0.array) }
            }
        }
        endNumber()
        return found.filter { !$0.isEmpty }.map { .part($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// The digits of a group; a 0 in brackets is not dialled from abroad.
    private static func digits(_ token: ArraySlice<UInt8>) -> [UInt8] {
        String(decoding: token, as: UTF8.self).replacing("(0)", with: "").utf8.filter(isDigit)
    }

    private static func withoutZeros(_ digits: [UInt8]) -> [UInt8] {
        let rest = Array(digits.drop { $0 == UInt8(ascii: "0") })
        return rest.count >= 6 ? rest : digits
    }
}
