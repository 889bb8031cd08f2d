import Commerce
import Synchronization

/// What came contradicts what is known, and nothing says which is newer. The directory decides so and holds hashes only: the
/// shard that has the other version compares the two in its turn of the events, so that the reply tells of the version
/// that was decided against, whatever has come since.
package final class Conflict: Sendable {
    /// What came, packed.
    enum Sent: Sendable {
        case order(party: [UInt8], record: [UInt8])
        case document([UInt8])
        case fact([UInt8])
    }

    /// Whose shard compares; nil where the directory itself holds the other version.
    package let profile: UInt32?
    private let row: UInt32
    private let sent: Sent
    private let differences: Mutex<[String]>

    /// - Parameter row: of the other version on the profile's shard.
    init(_ sent: Sent, profile: UInt32?, row: UInt32, differences: [String] = []) {
        self.sent = sent
        self.profile = profile
        self.row = row
        self.differences = Mutex(differences)
    }

    /// Compares with the version that `state` has now.
    func compare(with state: borrowing ShardState) {
        let names =
            switch sent {
            case .order(let party, let record):
                state.orderDifferences(row: row, party: party.span, record: record.span)
            case .document(let record): state.documentDifferences(row: row, record: record.span)
            case .fact(let record): state.factDifferences(row: row, record: record.span)
            }
        differences.withLock { $0 = names }
    }

    /// What the client is told; whole once the shard has compared.
    package var refusal: Refusal {
        let names = differences.withLock { $0 }
        let text = names.isEmpty ? "updatedAt" : names.joined(separator: ", ")
        return Refusal(
            .conflict, "differs in \(text) and no newer updatedAt says that it may; send updatedAt to replace it")
    }
}
