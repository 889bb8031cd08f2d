import Bytes

/// What a mail provider does with the local part.
///
/// Sources, each the provider's own help: Gmail ("dots don't matter", "use + to filter", googlemail.com is the same
/// mailbox), Outlook.com, iCloud Mail, Fastmail, Proton, Posteo, mailbox.org and HEY (plus addressing), Yahoo
/// (disposable addresses: base name, hyphen, keyword; a Yahoo ID itself has no hyphen), Yandex (one mailbox under every
/// Yandex domain). Where nothing is documented nothing is assumed: GMX, web.de, T-Online and the rest stay as they are.
struct MailProvider {
    /// The byte at which a label begins; 0 where there are none.
    var label: UInt8 = 0
    var ignoresDots = false
    /// The domain that stands for all of the provider's domains; empty where each is its own.
    var domain: StaticString = ""

    var isPlain: Bool { label == 0 && domain.utf8CodeUnitCount == 0 }

    private static let plain = MailProvider()
    private static let plusLabels = MailProvider(label: UInt8(ascii: "+"))
    private static let gmail = MailProvider(label: UInt8(ascii: "+"), ignoresDots: true, domain: "gmail.com")
    private static let yahoo = MailProvider(label: UInt8(ascii: "-"))
    private static let yandex = MailProvider(domain: "yandex.ru")

    /// - Parameter domain: lower case.
    static func of(_ domain: Span<UInt8>) -> MailProvider {
        switch domain[0] {
        case UInt8(ascii: "g"):
            return domain.equals("gmail.com") || domain.equals("googlemail.com") ? gmail : plain
        case UInt8(ascii: "h"):
            return isNational(domain, of: "hotmail.") || domain.equals("hey.com") ? plusLabels : plain
        case UInt8(ascii: "o"):
            return isNational(domain, of: "outlook.") ? plusLabels : plain
        case UInt8(ascii: "l"):
            return isNational(domain, of: "live.") ? plusLabels : plain
        case UInt8(ascii: "m"):
            let isKnown =
                domain.equals("me.com") || domain.equals("msn.com") || domain.equals("mac.com")
                || domain.equals("mailbox.org")
            return isKnown ? plusLabels : plain
        case UInt8(ascii: "i"):
            return domain.equals("icloud.com") ? plusLabels : plain
        case UInt8(ascii: "f"):
            return domain.equals("fastmail.com") || domain.equals("fastmail.fm") ? plusLabels : plain
        case UInt8(ascii: "p"):
            return isProtonOrPosteo(domain) ? plusLabels : plain
        case UInt8(ascii: "w"):
            return domain.equals("windowslive.com") ? plusLabels : plain
        case UInt8(ascii: "r"):
            return domain.equals("rocketmail.com") ? yahoo : plain
        case UInt8(ascii: "y"):
            return yahooOrYandex(domain)
        default:
            return plain
        }
    }

    private static func isProtonOrPosteo(_ domain: Span<UInt8>) -> Bool {
        domain.equals("proton.me") || domain.equals("pm.me") || domain.equals("protonmail.com")
            || domain.equals("protonmail.ch") || isNational(domain, of: "posteo.")
    }

    private static func yahooOrYandex(_ domain: Span<UInt8>) -> MailProvider {
        if domain.equals("ymail.com") { return yahoo }
        // Yahoo Japan is another company with its own rules.
        if isNational(domain, of: "yahoo.") { return domain.equals("yahoo.co.jp") ? plain : yahoo }
        if domain.equals("ya.ru") || isNational(domain, of: "yandex.") { return yandex }
        return plain
    }

    /// The brand under a country's domain: `live.nl`, `hotmail.co.uk`, `outlook.com.br`, `live.com`.
    private static func isNational(_ domain: Span<UInt8>, of brand: StaticString) -> Bool {
        guard domain.starts(with: brand) else { return false }
        let tail = domain.extracting(brand.utf8CodeUnitCount..<domain.count)
        if tail.count == 2 || tail.equals("com") { return true }
        return (tail.count == 5 && tail.starts(with: "co.")) || (tail.count == 6 && tail.starts(with: "com."))
    }
}
