import Bytes
import Commerce

/// A copy of a brochure that is to be sent, and to whom.
package struct BrochureCopy: Sendable {
    /// The requests that it answers, as JSON: the oldest whole, the others by name.
    package let members: [UInt8]
    package let customer: CustomerMembers
}

extension Engine {
    /// A page of what is to be sent, how many copies that are, and how many are held back; with what lists show of each
    /// customer.
    package func brochures(
        _ brochure: String?, offset: Int, limit: Int, for asker: Asker,
        _ completion:
            @escaping Answering<(page: [(copy: BrochureCopy, parts: [DossierPart])], total: Int, heldBack: Int)>
    ) {
        let directory = directory
        directory.lane.run {
            let (page, total, heldBack) = directory.assumeIsolated {
                $0.brochures(brochure, offset: offset, limit: limit, shopNamed: asker.shop)
            }
            self.listParts(of: page.map(\.customer), from: asker.lane) { parts in
                let rows = zip(page, parts).map { (copy: $0, parts: $1) }
                self.lastSequence(from: asker.lane) { completion(.success((rows, total, heldBack)), $0) }
            }
        }
    }
}

extension Directory {
    fileprivate func brochures(
        _ brochure: String?, offset: Int, limit: Int, shopNamed name: String
    ) -> (page: [BrochureCopy], total: Int, heldBack: Int) {
        guard let shop = state.shop(named: name) else { return ([], 0, 0) }
        let (list, heldBack) = state.waitingBrochures(of: shop, brochure: brochure) { isPostRefused($0) }
        let page = list.dropFirst(offset).prefix(limit).map { requests in
            var output = ByteWriter(capacity: 256)
            let profile = state.brochureMembers(ofCopy: requests, into: &output)
            return BrochureCopy(members: output.copyBytes(), customer: members(profile))
        }
        return (page, list.count, heldBack)
    }
}
