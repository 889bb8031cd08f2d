import Bytes

// The ledger: what must stand in one total order because it is money or law. Which number comes next, what was
// credited of which invoice, what is left of a voucher. A state machine of its own: `decide` says what becomes of a
// command, `evolve` takes the event in; neither knows a disk, a clock or chance.
//
// What a document says (recipient, lines, texts) lives on the shard of its order's profile; the ledger holds what has
// to be decided by, and where the facts of its events lie for showing.
//
// Invariants
// 1. The posted documents of a shop, kind and year have the numbers first...last of their series, each once.
// 2. invoice.credited is the sum of its credit notes that were not discarded.
// 3. voucher: owed + extra = redeemed + taken + lapsed + left, none of them below zero; left is 0 once it is taken.
// 4. creditNote.vouchered is the sum of `owed` of the vouchers issued from it.

/// Where a document stands. The raw values are written to disk.
package enum LedgerDocumentStanding: UInt8, Sendable {
    case draft = 1
    case posted = 2
    case discarded = 3

    var text: StaticString {
        switch self {
        case .draft: "draft"
        case .posted: "posted"
        case .discarded: "discarded"
        }
    }
}

/// Amounts are minor units; numbers that may be missing are plus one, zero for none.
struct LedgerDocument: BitwiseCopyable, Sendable {
    /// `DraftFacts`.
    var draft: ByteArena.Reference
    /// `PostFacts`, or the `DocumentFacts` of the last edit or of the discarding; the draft's until there are any.
    var latest: ByteArena.Reference
    var keyHash: UInt64 = 0
    var total: Int64
    /// Of an invoice: all its credit notes that stand.
    var credited: Int64 = 0
    /// Of a credit note: what was owed by the vouchers issued from it.
    var vouchered: Int64 = 0
    var createdAt: Int64
    /// When it was posted or discarded, or edited last.
    var changedAt: Int64
    /// The event that changed it last.
    var version: UInt64
    var profile: UInt32
    /// Where its content lies on the profile's shard.
    var row: UInt32
    var invoice: UInt32
    var newestCredit: UInt32 = 0
    /// The invoice's credit note before this one.
    var nextCredit: UInt32 = 0
    /// The profile's document before this one.
    var nextOfProfile: UInt32
    var digits: UInt8
    var kind: UInt8
    var standing: UInt8
    var unused: UInt8 = 0
    var shop: UInt16
    var unused2: UInt16 = 0
}

struct LedgerVoucher: BitwiseCopyable, Sendable {
    /// `IssueFacts`.
    var issue: ByteArena.Reference
    /// `MoneyFacts` of the taking in, then of the paying out.
    var taking: ByteArena.Reference
    var payment: ByteArena.Reference
    /// The first eight bytes of the code's SHA-256.
    var codeHash: UInt64
    var idHash: UInt64
    /// What was owed to the customer, and what was given on top of it.
    var owed: Int64
    var extra: Int64
    var redeemed: Int64 = 0
    /// What was taken in, to be paid in money.
    var taken: Int64 = 0
    /// What lapsed by that, since the extra is no money; or what was left when its end came.
    var lapsed: Int64 = 0
    var issuedAt: Int64
    var startsAt: Int64
    /// `Int64.max` for never.
    var expiresAt: Int64
    var takenAt: Int64 = 0
    var paidAt: Int64 = 0
    var version: UInt64
    /// Plus one.
    var profile: UInt32
    var creditNote: UInt32
    var nextOfProfile: UInt32
    var newestRedemption: UInt32 = 0
    var digits: UInt8
    /// 1: its end has come, and `lapsed` is what was left then; 2: it has another code than it was issued with.
    var marks: UInt8 = 0
    var shop: UInt16
    var unused2: UInt32 = 0

    var left: Int64 { owed + extra - redeemed - taken - lapsed }
    var isTaken: Bool { takenAt != 0 }
    func hasExpired(at now: Int64) -> Bool { now >= expiresAt }
    var isExpired: Bool { marks & 1 != 0 }
    var isRenewed: Bool { marks & 2 != 0 }
}

struct LedgerRedemption: BitwiseCopyable, Sendable {
    /// `RedeemFacts`.
    var facts: ByteArena.Reference
    /// `MoneyFacts` of the reversal.
    var reversal: ByteArena.Reference
    var idHash: UInt64
    var amount: Int64
    var at: Int64
    /// Zero while it stands.
    var reversedAt: Int64 = 0
    var sequence: UInt64
    var voucher: UInt32
    var next: UInt32
}

/// What a shop has said for its documents.
struct LedgerShop {
    var seller: Seller?
    var sellerVersion: UInt64 = 0
    var sellerActor = ""
    /// By the kind's raw value.
    var series: [UInt8: NumberSeries] = [:]

    func series(_ kind: LedgerDocumentKind) -> NumberSeries {
        series[kind.rawValue] ?? NumberSeries(pattern: kind.standardPattern)
    }
}

package struct LedgerState: ~Copyable, Sendable {
    var shops: [UInt16: LedgerShop] = [:]
    var documents = PagedArray<LedgerDocument>()
    var vouchers = PagedArray<LedgerVoucher>()
    var redemptions = PagedArray<LedgerRedemption>()
    /// The facts of the events, as they were written.
    var facts = ByteArena()

    // Derived.
    var documentIndex = HashIndex()
    var codeIndex = HashIndex()
    /// Ids under which vouchers were issued and redeemed.
    var issueIndex = HashIndex()
    var redemptionIndex = HashIndex()
    /// By profile, plus one.
    var newestDocument: [UInt32: UInt32] = [:]
    var newestVoucher: [UInt32: UInt32] = [:]
    /// Vouchers with something left, by the moment of their end.
    var expiries = DueQueue()

    /// A snapshot's tables of unknown length, while they are read.
    var loadedShops: [UInt8] = []
    var loadedFacts: [UInt8] = []

    package init() {}

    package var allocatedBytes: Int {
        documents.allocatedBytes + vouchers.allocatedBytes + redemptions.allocatedBytes + facts.allocatedBytes
            + documentIndex.allocatedBytes + codeIndex.allocatedBytes + issueIndex.allocatedBytes
            + redemptionIndex.allocatedBytes
    }
}

// MARK: - Look-ups

extension LedgerState {
    /// Opens the facts of an event that was taken in.
    func open<Facts: FieldCoded>(_ reference: ByteArena.Reference, _ blank: Facts) -> Facts {
        do throws(ByteReaderError) { return try blank.reading(facts[reference]) } catch {
            preconditionFailure("facts of the ledger do not read: \(error)")
        }
    }

    func document(withKey hash: UInt64) -> UInt32? {
        documentIndex.find(hash) { documents[$0].keyHash == hash }.map { UInt32($0) }
    }

    /// The profile of a posted document by the hash of its kind and number.
    func profile(ofDocument hash: UInt64) -> UInt32? { document(withKey: hash).map { documents[Int($0)].profile } }

    func voucher(withCode hash: [UInt8]) -> UInt32? {
        let prefix = Self.prefix(of: hash)
        return codeIndex.find(prefix) {
            vouchers[$0].codeHash == prefix && open(vouchers[$0].issue, IssueFacts()).codeHash == hash
        }.map { UInt32($0) }
    }

    /// The voucher that once had this code, which is dead.
    func voucher(renewedFrom hash: [UInt8]) -> UInt32? {
        codeIndex.find(Self.prefix(of: hash)) {
            vouchers[$0].isRenewed
                && open(vouchers[$0].issue, IssueFacts()).renewals.contains { $0.codeHash == hash }
        }.map { UInt32($0) }
    }

    func voucher(issuedAs id: String, shop: UInt16) -> UInt32? {
        let hash = Self.hash(id, shop)
        return issueIndex.find(hash) {
            vouchers[$0].idHash == hash && vouchers[$0].shop == shop
                && open(vouchers[$0].issue, IssueFacts()).terms.id == id
        }.map { UInt32($0) }
    }

    func redemption(_ id: String, shop: UInt16) -> Int? {
        let hash = Self.hash(id, shop)
        return redemptionIndex.find(hash) {
            redemptions[$0].idHash == hash && vouchers[Int(redemptions[$0].voucher)].shop == shop
                && open(redemptions[$0].facts, RedeemFacts()).id == id
        }
    }

    static func prefix(of hash: [UInt8]) -> UInt64 { hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }

    /// Only finds candidates; what they are called is compared.
    static func hash(_ id: String, _ shop: UInt16) -> UInt64 {
        Hash64(seed: 0).hash([UInt8](id.utf8).span, salt: UInt64(shop))
    }

    func forEachDocument(of profile: UInt32, _ body: (UInt32, LedgerDocument) -> Void) {
        var next = newestDocument[profile] ?? 0
        while next != 0 {
            let document = documents[Int(next - 1)]
            body(next - 1, document)
            next = document.nextOfProfile
        }
    }

    func forEachVoucher(of profile: UInt32, _ body: (UInt32, LedgerVoucher) -> Void) {
        var next = newestVoucher[profile] ?? 0
        while next != 0 {
            let voucher = vouchers[Int(next - 1)]
            body(next - 1, voucher)
            next = voucher.nextOfProfile
        }
    }

    func forEachCredit(of invoice: UInt32, _ body: (UInt32, LedgerDocument) -> Void) {
        var next = documents[Int(invoice)].newestCredit
        while next != 0 {
            let credit = documents[Int(next - 1)]
            body(next - 1, credit)
            next = credit.nextCredit
        }
    }

    func forEachRedemption(of voucher: UInt32, _ body: (LedgerRedemption) -> Void) {
        var next = vouchers[Int(voucher)].newestRedemption
        while next != 0 {
            let redemption = redemptions[Int(next - 1)]
            body(redemption)
            next = redemption.next
        }
    }
}

extension LedgerDocument {
    var documentKind: LedgerDocumentKind { LedgerDocumentKind(rawValue: kind) ?? .invoice }
    var documentStanding: LedgerDocumentStanding { LedgerDocumentStanding(rawValue: standing) ?? .draft }
    /// What may still be credited, of an invoice.
    var left: Int64 { total - credited }
}
