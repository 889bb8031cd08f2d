import Bytes

/// Domains under which marketplaces and privacy services forward mail. Such an address names a buyer to one channel (or
/// one app) at best, and must never join profiles of two channels.
///
/// Sources: bol.com Retailer API v10 ("a scrambled email address that can be used to contact the customer") and its
/// partner pages; Amazon SP-API Orders (anonymised `BuyerEmail`); eBay's member aliases; TikTok Shop; Walmart
/// Marketplace (relay.walmart.com); Allegro (allegromail.pl); Apple's "Hide My Email" for apps; Firefox Relay; Airbnb and
/// Booking.com guest aliases.
enum RelayDomains {
    /// - Parameters:
    ///   - domain: lower case.
    ///   - parent: where its last two labels begin.
    static func contains(_ domain: Span<UInt8>, parentAt parent: Int) -> Bool {
        // The parent domains are few: most addresses are done after one look at the last label but one.
        switch domain[parent] {
        case UInt8(ascii: "b"):
            return isWithin(domain, "verkopen.bol.com") || isWithin(domain, "verkopen.test2.bol.com")
                || isWithin(domain, "klantbericht.bol.com") || isWithin(domain, "guest.booking.com")
        case UInt8(ascii: "a"):
            return domain.starts(with: "marketplace.amazon.") || isWithin(domain, "privaterelay.appleid.com")
                || domain.extracting(parent..<domain.count).starts(with: "allegromail.")
                || isWithin(domain, "guest.airbnb.com") || isWithin(domain, "reply.airbnb.com")
        case UInt8(ascii: "e"): return domain.starts(with: "members.ebay.")
        case UInt8(ascii: "c"): return isWithin(domain, "clemarche.com") || isWithinNationalBrand(domain)
        case UInt8(ascii: "t"): return domain.starts(with: "scs.tiktokw.") || domain.starts(with: "scs.tiktok.")
        case UInt8(ascii: "w"): return isWithin(domain, "relay.walmart.com")
        case UInt8(ascii: "m"): return isWithin(domain, "mozmail.com")
        case UInt8(ascii: "n"): return isWithin(domain, "marketplace.newegg.com")
        default: return false
        }
    }

    /// `marketplace.amazon.co.uk`, `members.ebay.com.au`: there the last label but one is "co" or "com".
    private static func isWithinNationalBrand(_ domain: Span<UInt8>) -> Bool {
        domain.starts(with: "marketplace.amazon.co") || domain.starts(with: "members.ebay.co")
    }

    /// Where the last two labels begin.
    static func parentStart(_ domain: Span<UInt8>) -> Int {
        let dot = UInt8(ascii: ".")
        guard let last = ASCII.lastIndex(of: dot, in: domain),
            let other = ASCII.lastIndex(of: dot, in: domain.extracting(0..<last))
        else { return 0 }
        return other + 1
    }

    private static func isWithin(_ domain: Span<UInt8>, _ parent: StaticString) -> Bool {
        guard domain.ends(with: parent) else { return false }
        let rest = domain.count - parent.utf8CodeUnitCount
        return rest == 0 || domain[rest - 1] == UInt8(ascii: ".")
    }
}
