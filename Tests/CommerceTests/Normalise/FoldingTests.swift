import Bytes
import Testing

@testable import Commerce

@Suite struct FoldingTests {
    static func fold(_ bytes: [UInt8]) -> [UInt8] {
        var output = ByteWriter()
        output.append("x")
        Folding.fold(bytes.span, into: &output)
        return output.copyBytes(from: 1)
    }

    static func fold(_ text: String) -> String { String(decoding: fold(Array(text.utf8)), as: UTF8.self) }

    @Test(arguments: [
        ("", ""), ("  Jan  Jansen ", "jan jansen"), ("O'Brien-Smith", "o brien smith"), ("Müller", "muller"),
        ("Mueller", "muller"), ("Mu\u{308}ller", "muller"), ("Bauer", "bauer"), ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("STRAẞE", "strasse"), ("Øresund", "oresund"), ("Oeresund", "oresund"), ("Århus", "arhus"), ("Aarhus", "arhus"),
        ("van Dijk", "van dyk"), ("van Dĳk", "van dyk"), ("IJsselstein", "ysselstein"), ("Ælfred", "alfred"),
        ("İstanbul Işık", "istanbul isik"), ("Łódź", "lodz"), ("Nguyễn Đăng", "nguyen dang"), ("Þór", "thor"),
        ("Γιάννης", "γιαννησ"), ("ΓΙΆΝΝΗΣ", "γιαννησ"), ("Ёлкин Йод", "елкин иод"), ("ＡＢＣ１２", "abc12"),
        ("ﬁn", "fin"), ("東京", "東京"), ("a\u{200B}b", "ab"), ("12-2/3", "12 2 3"), ("…a…", "a"),
    ])
    func table(raw: String, expected: String) {
        #expect(Self.fold(raw) == expected)
    }

    @Test(arguments: [UInt64(1), 2, 3]) func foldingTwiceChangesNothing(seed: UInt64) {
        var junk = Junk(seed: seed)
        for _ in 0..<20_000 {
            let raw = junk.bytes(alphabet: "aeoiujyq AEOUIJ -'./äößĳÿœÆåŁıİΰςЇй東ｱﾞ½²Ａ한ǅﬁ\u{301}ạ", longest: 24)
            let once = Self.fold(raw)
            #expect(Self.fold(once) == once, "seed \(seed): \(String(decoding: raw, as: UTF8.self))")
        }
    }
}
