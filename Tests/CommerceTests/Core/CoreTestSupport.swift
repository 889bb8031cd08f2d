import Bytes
import Testing

@testable import Commerce

/// The hasher of shop `main` in these tests.
let mainHasher = KeyHasher(hash: Hash64(seed: 7), shopName: "main")

/// A command's packed form with the bytes that its ranges lie in.
struct Packed<Command> {
    let command: Command
    let bytes: [UInt8]
}

func decodeOrder(_ json: String, _ hasher: KeyHasher = mainHasher) throws(Refusal) -> Packed<PreparedOrder> {
    var decoder = CommandDecoder()
    var output = ByteWriter()
    let bytes = [UInt8](json.utf8)
    let order = try decoder.order(bytes.span, hasher, into: &output)
    return Packed(command: order, bytes: output.copyBytes())
}

func decodeProfile(_ json: String, _ hasher: KeyHasher = mainHasher) throws(Refusal) -> Packed<PreparedProfile> {
    var decoder = CommandDecoder()
    var output = ByteWriter()
    let bytes = [UInt8](json.utf8)
    let profile = try decoder.profile(bytes.span, hasher, into: &output)
    return Packed(command: profile, bytes: output.copyBytes())
}

func decodeDocument(_ json: String, _ hasher: KeyHasher = mainHasher) throws(Refusal) -> Packed<PreparedDocument> {
    var decoder = CommandDecoder()
    var output = ByteWriter()
    let bytes = [UInt8](json.utf8)
    let document = try decoder.document(bytes.span, hasher, into: &output)
    return Packed(command: document, bytes: output.copyBytes())
}

func decodeFact(_ kind: FactKind, of order: String, _ json: String) throws(Refusal) -> Packed<PreparedFact> {
    var decoder = CommandDecoder()
    var output = ByteWriter()
    let bytes = [UInt8](json.utf8)
    let name = [UInt8](order.utf8)
    let fact = try decoder.fact(kind, of: name.span, bytes.span, into: &output)
    return Packed(command: fact, bytes: output.copyBytes())
}

/// The refusal that `body` ends with; nil if it does not.
func refusal(_ body: () throws(Refusal) -> Void) -> Refusal? {
    do throws(Refusal) {
        try body()
        return nil
    } catch {
        return error
    }
}

extension Packed {
    /// A packed record as JSON again.
    func json(_ range: ByteRange, _ shape: [Member]) -> String {
        var writer = ByteWriter()
        writer.openObject()
        writer.members(PackedRecord(bytes.span.extracting(range.range), shape), shape)
        writer.closeObject()
        return writer.span.text
    }

    /// A packed party's members as JSON again, the shipping address also where it is the billing address.
    func partyJSON(_ range: ByteRange) -> String {
        let party = PartyRecord(bytes.span.extracting(range.range)).members
        var writer = ByteWriter()
        writer.openObject()
        writer.members(party, PartyShape.members)
        if party.has(PartyShape.shippingIsBilling) {
            writer.key("shipping")
            writer.address(party[PartyShape.billing])
        }
        writer.closeObject()
        return writer.span.text
    }

    func keys(_ range: ByteRange) -> [IdentityKey] {
        var keys: [IdentityKey] = []
        PartyRecord.forEachKey(of: bytes.span.extracting(range.range)) { keys.append($0) }
        return keys
    }
}

extension Packed<PreparedOrder> {
    var name: String { bytes.span.text(command.name.range) }
    var recordJSON: String { json(command.record, OrderShape.members) }
    var partyJSON: String { partyJSON(command.party.record) }
    var keys: [IdentityKey] { keys(command.party.record) }
}

extension JSONValue {
    init(_ text: String) throws(JSONError) {
        let bytes = [UInt8](text.utf8)
        self = try JSONValue(parsing: bytes.span)
    }

    /// The same document with the members of every object in the order of their names.
    var sorted: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.sorted))
        case .object(let members):
            .object(members.map { JSONMember($0.name, $0.value.sorted) }.sorted { $0.name < $1.name })
        default: self
        }
    }
}
