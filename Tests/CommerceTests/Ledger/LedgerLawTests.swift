import Bytes
import Testing

@testable import Commerce

/// Random operations against a naive model: the ledger always adds up, numbers have neither gap nor double, and the
/// events alone bring the same ledger back.
@Suite struct LedgerLawTests {
    private struct ModelVoucher {
        var owed: Int64
        var extra: Int64
        var redemptions: [String: (amount: Int64, isReversed: Bool)] = [:]
        var startsAt: Int64
        var expiresAt: Int64
        var taken: Int64?
        var isPaid = false
        var code: VoucherCode
        var redeemed: Int64 { redemptions.values.reduce(0) { $1.isReversed ? $0 : $0 + $1.amount } }
        var left: Int64 { taken == nil ? owed + extra - redeemed : 0 }
    }

    private struct ModelDocument {
        var total: Int64
        var invoice: Int?
        var number: UInt32?
        var isDiscarded = false
    }

    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 31)
        }
    }

    private struct Model {
        var vouchers: [ModelVoucher] = []
        var documents: [ModelDocument] = []
        var redemptionIds = 0
        func left(of invoice: Int) -> Int64 {
            documents[invoice].total
                - documents.reduce(0) { $1.invoice == invoice && !$1.isDiscarded ? $0 + $1.total : $0 }
        }
        var posted: [[UInt32]] {
            [false, true].map { isCredit in
                documents.filter { ($0.invoice != nil) == isCredit }.compactMap(\.number).sorted()
            }
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func theLedgerAddsUp(seed: UInt64) throws {
        var generator = Generator(state: seed &* 977 &+ 13)
        var harness = try LedgerHarness()
        for number in 0..<4 { try harness.putOrder(number) }
        var model = Model()
        for _ in 0..<400 {
            harness.now = Timestamp(
                milliseconds: harness.now.milliseconds + Int64.random(in: 0...40, using: &generator))
            if Bool.random(using: &generator) {
                try voucherStep(&harness, &model, &generator, seed)
            } else {
                try documentStep(&harness, &model, &generator, seed)
            }
            try check(harness, model, seed)
        }
        let again = try LedgerHarness(replaying: harness.journal)
        try check(again, model, seed)
        #expect(dossier(again) == dossier(harness), "seed \(seed)")
    }

    private func voucherStep(
        _ harness: inout LedgerHarness, _ model: inout Model, _ generator: inout Generator, _ seed: UInt64
    ) throws {
        let now = harness.now.milliseconds
        guard let number = model.vouchers.indices.randomElement(using: &generator), !oneIn(5, &generator) else {
            return try issue(&harness, &model, &generator)
        }
        let voucher = model.vouchers[number]
        let isAlive = voucher.taken == nil && now >= voucher.startsAt && now < voucher.expiresAt
        switch Int.random(in: 0..<8, using: &generator) {
        case 0:
            let result = try harness.perform(.takeCheque(.id(UInt32(number)), reason: ""))
            let amount = max(0, voucher.owed - voucher.redeemed)
            if voucher.taken != nil { return #expect(result.decision == .duplicate(UInt32(number))) }
            #expect((result.decision == .written) == (isAlive && amount > 0), "seed \(seed)")
            if result.decision == .written { model.vouchers[number].taken = amount }
        case 1:
            let result = try harness.perform(.payCheque(.id(UInt32(number)), reference: "p"))
            #expect((result.decision != nil) == (voucher.taken != nil), "seed \(seed)")
            if result.decision != nil { model.vouchers[number].isPaid = true }
        case 2:
            guard let (id, redemption) = voucher.redemptions.first else { return }
            let result = try harness.perform(.reverse(id: id, reason: ""))
            if redemption.isReversed { return #expect(result.decision == .duplicate(UInt32(number))) }
            #expect((result.decision == .written) == (voucher.taken == nil), "seed \(seed)")
            if result.decision == .written { model.vouchers[number].redemptions[id]?.isReversed = true }
        default:
            let isRepeat = oneIn(4, &generator) && !voucher.redemptions.isEmpty
            let id = isRepeat ? voucher.redemptions.keys.sorted()[0] : "r\(model.redemptionIds)"
            model.redemptionIds += 1
            let known = voucher.redemptions[id]
            let amount = known?.amount ?? Int64.random(in: 1...6_000, using: &generator)
            let result = try harness.perform(
                .redeem(
                    RedeemRequest(
                        voucher: .code(voucher.code), amount: Decimal64(units: amount, scale: 2), currency: "EUR",
                        id: id, place: .store, order: "")))
            if let known {
                return #expect((result.decision == .duplicate(UInt32(number))) == !known.isReversed, "seed \(seed)")
            }
            #expect((result.decision == .written) == (isAlive && amount <= voucher.left), "seed \(seed)")
            if isAlive, amount > voucher.left { #expect(result.refusal?.code == .conflict) }
            if result.decision == .written { model.vouchers[number].redemptions[id] = (amount, false) }
        }
    }

    private func issue(
        _ harness: inout LedgerHarness, _ model: inout Model, _ generator: inout Generator
    ) throws {
        var terms = VoucherTerms()
        terms.currency = "EUR"
        terms.owed = Int64.random(in: 0...10_000, using: &generator)
        terms.extra = oneIn(3, &generator) ? Int64.random(in: 1...2_000, using: &generator) : 0
        let now = harness.now.milliseconds
        if oneIn(3, &generator) { terms.startsAt = now + Int64.random(in: 0...500, using: &generator) }
        if oneIn(3, &generator) {
            terms.expiresAt = (terms.startsAt ?? now) + Int64.random(in: 1...3_000, using: &generator)
        }
        let code = harness.freshCode()
        let result = try harness.perform(.issue(terms, code: code, customer: 1, creditNote: nil))
        #expect((result.decision == .written) == (terms.owed + terms.extra > 0))
        guard result.decision == .written else { return }
        model.vouchers.append(
            ModelVoucher(
                owed: terms.owed, extra: terms.extra, startsAt: terms.startsAt ?? now,
                expiresAt: terms.expiresAt ?? .max, code: code))
    }

    private func documentStep(
        _ harness: inout LedgerHarness, _ model: inout Model, _ generator: inout Generator, _ seed: UInt64
    ) throws {
        let number = model.documents.indices.randomElement(using: &generator) ?? 0
        switch Int.random(in: 0..<4, using: &generator) {
        case 0:
            let total = Int64.random(in: 1...20_000, using: &generator)
            let order = UInt32.random(in: 0..<4, using: &generator)
            #expect(try harness.perform(.draft(harness.draft(order: order, total: total))).decision == .written)
            model.documents.append(ModelDocument(total: total))
        case 1 where !model.documents.isEmpty:
            let document = model.documents[number]
            var request = harness.draft(order: 0, total: Int64.random(in: 1...9_000, using: &generator))
            request.kind = .creditNote
            request.invoice = UInt32(number)
            request.reason = .damage
            let isAllowed =
                document.number != nil && document.invoice == nil && request.total <= model.left(of: number)
            let result = try harness.perform(.draft(request))
            #expect((result.decision == .written) == isAllowed, "seed \(seed)")
            if isAllowed { model.documents.append(ModelDocument(total: request.total, invoice: number)) }
        case 2 where !model.documents.isEmpty:
            let document = model.documents[number]
            let result = try harness.perform(.post(harness.postRequest(UInt32(number))))
            if document.number != nil { return #expect(result.decision == .duplicate(UInt32(number))) }
            #expect((result.decision == .written) == !document.isDiscarded, "seed \(seed)")
            guard !document.isDiscarded else { return }
            model.documents[number].number = (model.posted[document.invoice == nil ? 0 : 1].last ?? 0) + 1
        case 3 where !model.documents.isEmpty && oneIn(3, &generator):
            let document = model.documents[number]
            let result = try harness.perform(.discard(.id(UInt32(number))))
            #expect((result.decision != nil) == (document.number == nil), "seed \(seed)")
            if document.number == nil { model.documents[number].isDiscarded = true }
        default: break
        }
    }

    // MARK: The law

    private func check(_ harness: borrowing LedgerHarness, _ model: Model, _ seed: UInt64) throws {
        #expect(harness.state.ledger.vouchers.count == model.vouchers.count)
        for (number, expected) in model.vouchers.enumerated() {
            let entry = harness.state.ledger.vouchers[number]
            let parts = [entry.redeemed, entry.taken, entry.lapsed, entry.left]
            #expect(parts.allSatisfy { $0 >= 0 } && entry.owed + entry.extra == parts.reduce(0, +), "seed \(seed)")
            #expect(entry.left == expected.left && entry.redeemed == expected.redeemed, "seed \(seed)")
            #expect(entry.taken == expected.taken ?? 0 && (entry.paidAt != 0) == expected.isPaid, "seed \(seed)")
        }
        for (number, expected) in model.documents.enumerated() {
            let entry = harness.state.ledger.documents[number]
            #expect(
                entry.documentStanding
                    == (expected.isDiscarded ? .discarded : expected.number == nil ? .draft : .posted))
            if expected.invoice == nil { #expect(entry.left == model.left(of: number), "seed \(seed)") }
            guard let place = expected.number else { continue }
            let posting = harness.state.ledger.open(entry.latest, PostFacts())
            #expect(posting.place == place, "seed \(seed)")
        }
        for numbers in model.posted { #expect(numbers == Array(1..<UInt32(numbers.count + 1)), "seed \(seed)") }
    }

    private func dossier(_ harness: borrowing LedgerHarness) -> [UInt8] {
        harness.state.ledgerPart(of: [0, 1, 2, 3], at: Timestamp(milliseconds: 1_790_000_000_000)).bytes
    }

    private func oneIn(_ count: Int, _ generator: inout Generator) -> Bool {
        Int.random(in: 0..<count, using: &generator) == 0
    }
}
