import Bytes

/// Something that only the records tell, asked of the shard where the profile lives. Explanations need these for people:
/// the directory itself holds hashes.
package enum RecordQuestion: Hashable, Sendable {
    /// What a row of features was made of: a text for each `MatchField`, empty where there is none.
    case values(ComparedRow)
    /// The value behind an identity key, as the profile gave it: one text, or none. The hash may be the key's own or that
    /// of matching, which is bound to the shop.
    case key(profile: UInt32, IdentityKeyKind, hash: UInt64, shop: UInt16)
    /// The name of an order: `channel:number`, `channel/store:number`.
    case order(profile: UInt32, row: UInt32)
    /// The number of a document.
    case document(profile: UInt32, row: UInt32)
    /// How exports name the profile.
    case name(profile: UInt32)
    /// A variant of the profile as a JSON object.
    case party(profile: UInt32, row: UInt32)

    /// Lives on the shard that can answer.
    package var profile: UInt32 {
        switch self {
        case .values(let row): row.profile
        case .key(let profile, _, _, _), .order(let profile, _), .document(let profile, _), .name(let profile),
            .party(let profile, _):
            profile
        }
    }
}

extension ShardState {
    /// Answers a question about a profile that lives here.
    package func answer(_ question: RecordQuestion, hasher: KeyHasher) -> [String] {
        switch question {
        case .values(let row): return values(of: row)
        case .key(let profile, let kind, let hash, let shop):
            return value(of: profile, kind, hash, shop: shop, hasher: hasher).map { [$0] } ?? []
        case .order(_, let row): return [orderName(row)]
        case .document(_, let row):
            return [PackedRecord(records[documents[Int(row)].record], DocumentShape.members).text(DocumentShape.number)]
        case .name(let profile): return [profileName(profile)]
        case .party(_, let row):
            var json = ByteWriter(capacity: 512)
            json.buyer(records[variants[Int(row)].record])
            return [String(decoding: json.copyBytes(), as: UTF8.self)]
        }
    }

    private func orderName(_ row: UInt32) -> String {
        let order = orders[Int(row)]
        let party = PartyRecord(records[variants[Int(order.variant)].record]).members
        let number = self.number(of: order.record).text
        let store = party.text(PartyShape.store)
        return party.text(PartyShape.channel) + (store == "main" ? "" : "/\(store)") + ":\(number)"
    }

    // MARK: What was compared

    /// The texts of the variant that the features came from, or of the newest when a newer one took its place.
    private func values(of row: ComparedRow) -> [String] {
        var extractor = FeatureExtractor()
        var found: [String]?
        var newest: [String] = []
        forEachVariant(of: row.profile) { _, variant in
            guard found == nil else { return }
            let bytes = records[variant.record]
            let isIt = MatchIndex.hash(of: extractor.features(of: bytes)) == row.hash
            guard isIt || newest.isEmpty else { return }
            newest = PartyRecord(bytes).members.matchValues(isSecondAddress: row.isSecondAddress)
            if isIt { found = newest }
        }
        return found ?? newest
    }
}

extension PackedRecord {
    /// A party's text for each `MatchField`.
    fileprivate func matchValues(isSecondAddress: Bool) -> [String] {
        let billing = PackedRecord(self[PartyShape.billing], AddressShape.members)
        let shipping = PackedRecord(self[PartyShape.shipping], AddressShape.members)
        let full = first(text(PartyShape.name), billing.text(AddressShape.name))
        let given = first(text(PartyShape.firstName), billing.text(AddressShape.firstName))
        let family = first(text(PartyShape.lastName), billing.text(AddressShape.lastName))
        let door = addressTexts(isSecondAddress)
        return MatchField.allCases.map { field in
            switch field {
            case .firstName: first(given, full)
            case .lastName: first(family, full)
            case .company: first(text(PartyShape.company), billing.text(AddressShape.company))
            case .birthDate: text(PartyShape.birthDate)
            case .email:
                first(text(PartyShape.email), billing.text(AddressShape.email), shipping.text(AddressShape.email))
            case .phone:
                first(text(PartyShape.phone), billing.text(AddressShape.phone), shipping.text(AddressShape.phone))
            case .vat: first(text(PartyShape.vatId), billing.text(AddressShape.vatId))
            case .generation: first(full, "\(given) \(family)")
            case .street: door[0]
            // A street may hold the number too.
            case .houseNumber: first(door[1], door[0])
            case .addition: first(door[2], door[1], door[0])
            case .postalCode: door[3]
            case .city: door[4]
            case .state: door[5]
            }
        }
    }

    private func first(_ texts: String...) -> String { texts.first { !$0.isEmpty } ?? "" }

    /// Street, number, addition, postcode, town and state of the first address, or of the first that differs from it.
    private func addressTexts(_ isSecond: Bool) -> [String] {
        var all: [[String]] = []
        for place in [PartyShape.billing, PartyShape.shipping] where has(place) { all.append(doorTexts(self[place])) }
        forEachElement(PartyShape.addresses) { all.append(doorTexts($0)) }
        guard let one = all.first else { return [String](repeating: "", count: 6) }
        return isSecond ? all.first { $0 != one } ?? one : one
    }

    private func doorTexts(_ address: Span<UInt8>) -> [String] {
        let record = PackedRecord(address, AddressShape.members)
        return [
            AddressShape.street, AddressShape.houseNumber, AddressShape.addition, AddressShape.postalCode,
            AddressShape.city, AddressShape.state,
        ].map { record.text($0) }
    }
}
