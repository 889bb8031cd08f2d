import Bytes
import Testing

@testable import Commerce

/// What is read eight bytes at a time comes to the same as what is read byte by byte.
struct FastPathTests {
    private func fold(_ text: String) -> [UInt8] {
        var output = ByteWriter()
        Folding.fold(Array(text.utf8).span, into: &output)
        return output.copyBytes()
    }

    /// Soft hyphens fold to nothing and keep the text from being folded by the word.
    @Test func foldingByTheWordIsFoldingByTheByte() {
        var corpus = OrderCorpus(seed: 11)
        for _ in 0..<4_000 {
            let text = corpus.letters(corpus.below(40))
            let slowly = text.map { "\($0)\u{AD}" }.joined()
            #expect(fold(text) == fold(slowly), "\(text)")
            #expect(fold("x " + text) == fold("x\u{AD} " + slowly), "\(text)")
        }
        for kind in OrderCorpus.Kind.allCases {
            for text in kind.pieces { #expect(fold(text) == fold(text.map { "\($0)\u{AD}" }.joined()), "\(text)") }
        }
    }

    /// An address between brackets takes the way of the strings.
    @Test func addressesAreJudgedAlikeOnBothWays() {
        func judge(_ address: String) -> [UInt8] {
            var output = ByteWriter()
            let kind = EmailAddress.normalise(Array(address.utf8).span, into: &output)
            return [kind.rawValue] + output.copyBytes()
        }
        var corpus = OrderCorpus(seed: 12)
        for _ in 0..<2_000 {
            let local = corpus.letters(1 + corpus.below(20)).filter { !" ,(".contains($0) }
            let domain = corpus.letters(1 + corpus.below(20)).filter { !" ,(".contains($0) }
            guard !local.isEmpty else { continue }
            let address = "\(local)@\(domain).com"
            #expect(judge(address) == judge("<\(address)>"), "\(address)")
        }
    }

    @Test func dottedWordsAreFound() {
        var corpus = OrderCorpus(seed: 13)
        for _ in 0..<4_000 {
            let text = corpus.letters(corpus.below(24)).replacing(" ", with: ".").replacing("'", with: "_")
            let words = text.split(separator: ".", omittingEmptySubsequences: false)
            func isDotted(_ others: String) -> Bool {
                words.allSatisfy { word in
                    !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || others.contains($0) }
                }
            }
            let bytes = Array(text.utf8)
            #expect(ASCII.isDotted(bytes.span) == isDotted(""), "\(text)")
            #expect(ASCII.isDotted(bytes.span, besides: "_-") == isDotted("_-"), "\(text)")
        }
    }

    /// A member that repeats the one before it is stepped over by its bytes; what follows is read all the same.
    @Test func repeatedMembersAreSteppedOver() throws(Refusal) {
        let address = #"{"name":"Jan Bakker","street":"Dam 1","postalCode":"1012 JS","city":"A}]\"","country":"NL"}"#
        let other = address.replacing("Dam 1", with: "Dam 2")
        for (shipping, isRepeated) in [(address, true), (other, false), (" \(address)", true)] {
            let json = """
                {"channel":"web","number":"1","billing":\(address),"shipping":\(shipping),"currency":"EUR","total":"1",\
                "placedAt":"2026-03-01T10:22:31Z"}
                """
            var decoder = CommandDecoder()
            var output = ByteWriter()
            let hasher = KeyHasher(hash: Hash64(seed: 1), shopName: "main")
            let order = try decoder.order(Array(json.utf8).span, hasher, into: &output)
            let party = PartyRecord(output.span.extracting(order.party.record.range)).members
            #expect(party.has(PartyShape.shippingIsBilling) == isRepeated)
            #expect(party.has(PartyShape.shipping) != isRepeated)
        }
    }
}
