import Bytes
import Testing

@testable import Commerce

@Suite struct EmailAddressTests {
    static func normalise(_ bytes: [UInt8]) -> (EmailClass, [UInt8]) {
        var output = ByteWriter()
        output.append("before")
        let verdict = EmailAddress.normalise(bytes.span, into: &output)
        return (verdict, output.copyBytes(from: 6))
    }

    static func normalise(_ text: String) -> (verdict: EmailClass, text: String) {
        let (verdict, bytes) = normalise(Array(text.utf8))
        return (verdict, String(decoding: bytes, as: UTF8.self))
    }

    @Test(arguments: [
        ("  Jan.Jansen@Example.COM ", "jan.jansen@example.com"),
        ("mailto:Jan@example.com?subject=x", "jan@example.com"),
        ("Jan Jansen <jan@example.com>", "jan@example.com"),
        ("J.a.n+bol@GoogleMail.com", "jan@gmail.com"),
        ("jan+bol@outlook.de", "jan@outlook.de"),
        ("jan+bol@hotmail.co.uk", "jan@hotmail.co.uk"),
        ("jan+bol@live.nl", "jan@live.nl"),
        ("jan+a+b@icloud.com", "jan@icloud.com"),
        ("jan-shop@yahoo.de", "jan@yahoo.de"),
        ("jan-shop@yahoo.co.jp", "jan-shop@yahoo.co.jp"),
        ("jan.p+x@posteo.de", "jan.p@posteo.de"),
        ("jan+shop@example.com", "jan+shop@example.com"),
        ("jan.p@ya.ru", "jan.p@yandex.ru"),
        ("Müller@Bücher.example", "müller@xn--bcher-kva.example"),
        ("jan@STRASSE.de", "jan@strasse.de"),
        ("mu\u{308}ller@example.com", "müller@example.com"),
        ("\"jan\"@example.com", "jan@example.com"),
        ("o'brien@example.ie", "o'brien@example.ie"),
        ("info@none.nl", "info@none.nl"),
        ("test@example.com", "test@example.com"),
        ("anna@anna.de", "anna@anna.de"),
    ])
    func real(raw: String, expected: String) {
        let result = Self.normalise(raw)
        #expect(result.verdict == .real)
        #expect(result.text == expected)
    }

    @Test(arguments: [
        "2b5iva@verkopen.bol.com", "x@verkopen.test2.bol.com", "q@klantbericht.bol.com",
        "5vlhEXAMPLEh9h5@marketplace.amazon.com", "abc@marketplace.amazon.co.uk", "abc@marketplace.amazon.com.be",
        "d9f@members.ebay.de", "d9f@members.ebay.co.uk", "k2@privaterelay.appleid.com", "x@scs.tiktokw.us",
        "x@relay.walmart.com", "x+1@user.allegromail.pl", "x@user.allegromail.cz", "x@scs.tiktokw.eu",
        "a@marketplace.amazon.com.au", "a@marketplace.amazon.sa", "a@members.ebay.com.au", "a@members.ebay.it",
        "jan.12@guest.booking.com", "blacklisted-12345@amazon.de",
    ])
    func relay(raw: String) {
        let result = Self.normalise(raw)
        #expect(result.verdict == .relay)
        #expect(result.text == raw.lowercased())
    }

    @Test(arguments: [
        "no-reply-amazon-iba-buyer@marketplace.amazon.it", "noreply@shop.nl", "No-Reply@shop.nl", "do_not_reply@x.com",
        "no.reply+12@x.com", "mailer-daemon@x.com", "abc@partnerklantenservice.bol.com",
    ])
    func constant(raw: String) {
        #expect(Self.normalise(raw) == (.constant, ""))
    }

    @Test(arguments: [
        "none@example.com", "test@test", "test@test.com", "n/a", "N/A", "-", "unknown@shop.nl", "0@0.nl", "0@shop.nl",
        "noemail@noemail.com", "no-email@shop.de", "x@x.com", "geen-email@shop.nl", "asdf@asdf.de", "aaa@bbb.com",
        "none",
        "onbekend", "000",
    ])
    func placeholder(raw: String) {
        #expect(Self.normalise(raw) == (.placeholder, ""))
    }

    @Test(arguments: [
        "", "   ", "jan", "jan@", "@example.com", "jan@example", "a b@example.com", "jan@exa mple.com", "jan@-x.com",
        "jan@x-.com", "jan..p@example.com", ".jan@example.com", "jan.@example.com", "jan@x..com", "jan@x.c0m",
        "+a@gmail.com",
        "jan@shop.invalid", "jan@host.localhost", "jan@[192.0.2.1]", "jan@example.com.", "\"@example.com",
        "j\"n@example.com",
        "jan＠example.com", "\"a\\é\"@example.com", "\"a\u{7F}\"@example.com",
    ])
    func invalid(raw: String) {
        #expect(Self.normalise(raw) == (.invalid, ""))
    }

    @Test(arguments: [UInt64(1), 2, 3]) func junkNeverCrashesAndNormalisingTwiceChangesNothing(seed: UInt64) {
        var junk = Junk(seed: seed)
        for _ in 0..<20_000 {
            let raw = junk.bytes(alphabet: "ab.-+@@\"<>\\ ,ÄßĲé端.comgmailyahoo@GMAIL.COM.nl", longest: 30)
            let (verdict, once) = Self.normalise(raw)
            guard verdict == .real || verdict == .relay else {
                #expect(once.isEmpty)
                continue
            }
            let twice = Self.normalise(once)
            #expect(twice.1 == once, "seed \(seed): \(String(decoding: raw, as: UTF8.self))")
        }
    }

    @Test func longJunkIsRefusedAtOnce() {
        #expect(Self.normalise([UInt8](repeating: UInt8(ascii: "@"), count: 1 << 20)).0 == .invalid)
        #expect(Self.normalise([UInt8](repeating: UInt8(ascii: "a"), count: 300) + Array("@x.com".utf8)).0 == .invalid)
    }
}
